/**
 * Regularisers: penalties of parameters, to be added to a loss by `Loss.regularized`, a projection, and the noise of networks in training.
 * Penalties are functions of trees, and choose leaves by path; noise is a function of a key and a tensor.
 */
export {
  type DepthOptions,
  type DropOptions,
  type NoiseOptions,
  type SpatialDropOptions,
  alphaDropout,
  dropConnect,
  dropout,
  gaussianNoise,
  spatialDropout,
  stochasticDepth
} from './regularizer/noise.js'
export {
  type Groups,
  type Leaves,
  type Regularizer,
  elasticNet,
  groupLasso,
  l1,
  l2,
  maxNorm,
  orthogonality,
  spectral
} from './regularizer/penalties.js'
