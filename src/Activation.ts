/**
 * Activations: elementwise functions between layers, and softmax. All are finite, with finite derivatives, for every
 * finite input that has a finite square.
 */
export {
  hardShrink,
  hardSigmoid,
  hardTanh,
  softShrink,
  softsign,
  step,
  tanhShrink,
  threshold
} from './activation/bounded.js'
export { gelu, geluTanh, glu, mish, silu, silu as swish } from './activation/gates.js'
export { maxout, softmin, sparsemax } from './activation/lanes.js'
export { celu, elu, leakyRelu, prelu, relu6, rrelu, selu } from './activation/rectifiers.js'
export { logSigmoid, logSoftmax, relu, sigmoid, softmax, softplus, tanh } from './Tensor.js'
