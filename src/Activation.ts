/**
 * Activations: elementwise functions between layers, and softmax. All are finite, with finite derivatives, for every
 * finite input that has a finite square.
 */
export { elu, gelu, geluTanh, hardTanh, leakyRelu, mish, selu, silu, silu as swish } from './activation/rectifiers.js'
export { logSigmoid, logSoftmax, relu, sigmoid, softmax, softplus, tanh } from './Tensor.js'
