/**
 * Losses: how far predictions are from what is right. By default the mean over the batch; `{ reduction: 'sum' }` and
 * `{ reduction: 'none' }` give the sum, and the losses one by one.
 */
export {
  type MulticlassHingeOptions,
  binaryCrossEntropy,
  crossEntropy,
  hinge,
  multiclassHinge
} from './loss/classification.js'
export { type ClassLoss, type ElementwiseLoss, type Loss, type Options, type Reduction } from './loss/model.js'
export { type HuberOptions, huber, l2, meanAbsoluteError, meanSquaredError } from './loss/regression.js'
