/**
 * Initialisers: distributions of first parameters by shape. The fan-in of a weight of shape [outputs, inputs] is the
 * number of inputs, its fan-out that of outputs; of a convolution kernel [outputs, inputs, ...window] both times the size of
 * the window; of a vector both its length.
 */
export {
  type Initializer,
  type TruncationOptions,
  constant,
  normal,
  ones,
  truncatedNormal,
  uniform,
  zeros
} from './init/distributions.js'
export {
  type DiracOptions,
  type OrthogonalOptions,
  type SparseOptions,
  dirac,
  identity,
  orthogonal,
  sparse
} from './init/matrices.js'
export {
  type Nonlinearity,
  type ScalingOptions,
  gain,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling
} from './init/scaling.js'
