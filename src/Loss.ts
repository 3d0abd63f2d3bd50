/**
 * Losses: how far predictions are from what is right. By default the mean over the batch; `{ reduction: 'sum' }` and
 * `{ reduction: 'none' }` give the sum, and the losses one by one. `weights` and `mask` say how much each counts.
 */
export {
  type DiceOptions,
  type FocalOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  dice,
  focal,
  hinge,
  softMargin,
  squaredHinge
} from './loss/binary.js'
export { type CrossEntropyOptions, type NllOptions, crossEntropy, nll } from './loss/classification.js'
export {
  type MarginOptions,
  type TripletOptions,
  contrastive,
  cosineEmbedding,
  marginRanking,
  triplet
} from './loss/embedding.js'
export {
  type GaussianNllOptions,
  type KlOptions,
  type PoissonOptions,
  gaussianNll,
  kl,
  poisson
} from './loss/likelihood.js'
export {
  type MultiMarginOptions,
  type MulticlassHingeOptions,
  multiLabelMargin,
  multiLabelSoftMargin,
  multiMargin,
  multiclassHinge
} from './loss/margin.js'
export {
  type AxisLoss,
  type ClassLoss,
  type ElementwiseLoss,
  type Loss,
  type Options,
  type Reduction,
  type TripleLoss
} from './loss/model.js'
export {
  type HuberOptions,
  type QuantileOptions,
  type SmoothL1Options,
  huber,
  l2,
  logCosh,
  meanAbsoluteError,
  meanAbsoluteError as mae,
  meanSquaredError,
  meanSquaredError as mse,
  quantile,
  smoothL1
} from './loss/regression.js'
export { regularized } from './loss/regularized.js'
