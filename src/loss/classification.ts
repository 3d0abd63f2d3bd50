/** The cross-entropy, and the likelihood of labels, under scores of classes along any axis. */
import { promote } from '../DType.js'
import { checkedLater, integer, share } from '../internal/options.js'
import { requireTensor, tensorKind } from '../internal/require.js'
import { guardedMul } from '../primitive/elementwise.js'
import { ShapeError, normalizeAxis, show } from '../shape/model.js'
import {
  add,
  cast,
  expandDims,
  gather,
  logSoftmax,
  mul,
  neg,
  notEqual,
  reshape,
  squeeze,
  sum,
  takeAlongAxis
} from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { areIndices, requireLabels } from './check.js'
import { type Parts, both, makeLoss, maskOf } from './make.js'
import type { AxisLoss, Options } from './model.js'

/**
 * The options of `nll`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.NllOptions = { ignoreIndex: -100 }
 * Loss.nll(T.of([[-1, -2], [-3, -4]]), T.of([1, -100], 'int32'), options) // => T.scalar(2)
 */
export interface NllOptions extends Options {
  /** The axis of the classes; the last by default. For images [n, classes, h, w] it is 1. */
  readonly axis?: number
  /** A weight for each class, of shape [classes]: a label counts as much as its class. */
  readonly classWeights?: Tensor
  /** The label of rows that do not count. */
  readonly ignoreIndex?: number
}

/**
 * The options of `crossEntropy`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.CrossEntropyOptions = { labelSmoothing: 0.1 }
 * Loss.crossEntropy(T.of([[0, 0]]), T.of([1], 'int32'), options) // => T.scalar(0.6931472)
 */
export interface CrossEntropyOptions extends NllOptions {
  /** The probability e that is spread evenly over all classes: labels become (1 - e) p + e / classes. 0 by default. */
  readonly labelSmoothing?: number
}

/** The weights of classes, laid along their axis. */
const along = (operation: string, weights: Tensor, scores: Tensor, axis: number): Tensor => {
  const classes = scores.shape[axis]!
  if (weights.shape.length === 1 && weights.shape[0] === classes) {
    return reshape(
      weights,
      scores.shape.map((_, i) => (i === axis ? classes : 1))
    )
  }
  throw new ShapeError(
    operation,
    [weights.shape, scores.shape],
    `classWeights have shape ${show(weights.shape)}; expected [${classes}], one weight for each class`
  )
}

/** `logs` are log-probabilities of classes. */
const likelihood = (
  operation: string,
  logs: Tensor,
  labels: Tensor,
  axis: number,
  { classWeights, ignoreIndex, labelSmoothing = 0, mask }: Partial<CrossEntropyOptions>
): Parts => {
  const classes = logs.shape[axis]!
  const laid = classWeights && along(operation, classWeights, logs, axis)
  const ignored = ignoreIndex === undefined ? undefined : notEqual(labels, ignoreIndex)
  const counted = both(ignored, maskOf(operation, mask, labels.shape))
  const known = requireLabels(operation, labels, classes, counted)
  const ofLabel = neg(squeeze(takeAlongAxis(logs, expandDims(known, axis), { axis }), { axis }))
  const counts = classWeights && gather(classWeights, known)
  const own = counts ? guardedMul(counts, ofLabel) : ofLabel
  if (labelSmoothing === 0) return { losses: own, counts, mask: ignored }
  const spread = neg(sum(laid ? guardedMul(laid, logs) : logs, { axis }))
  const losses = add(mul(own, 1 - labelSmoothing), mul(spread, labelSmoothing / classes))
  return { losses, counts, mask: ignored }
}

/** `logs` are log-probabilities of classes, and targets probabilities of the same shape. */
const ofDistributions = (
  operation: string,
  logs: Tensor,
  targets: Tensor,
  axis: number,
  { classWeights, ignoreIndex, labelSmoothing = 0 }: Partial<CrossEntropyOptions>
): Tensor => {
  if (ignoreIndex !== undefined) {
    throw new TypeError(`${operation}: ignoreIndex is given with probabilities; expected class indices, or use mask`)
  }
  const smooth =
    labelSmoothing === 0
      ? targets
      : add(
          mul(cast(targets, promote(targets.dtype, logs.dtype)), 1 - labelSmoothing),
          labelSmoothing / logs.shape[axis]!
        )
  const laid = classWeights && along(operation, classWeights, logs, axis)
  return neg(sum(guardedMul(laid ? mul(laid, smooth) : smooth, logs), { axis }))
}

const axisOf = (operation: string, scores: Tensor, axis: number): number =>
  scores.shape.length === 0 ? 0 : normalizeAxis(operation, axis, scores.shape)

/**
 * The cross-entropy of labels under the softmax of scores, -log softmax(s)_y, in nats; one loss per row of the scores.
 *
 * Scores have shape [..., classes]. Labels are class indices (int32, shape [...]), or probabilities of the classes, which
 * may be one-hot (shape [..., classes]): then it is -sum_j p_j log softmax(s)_j, where 0 times log 0 is 0. With `axis` the
 * classes lie along another axis, which indices do not have.
 *
 * With `classWeights` w the loss of a class index is w_y times as large, and the mean is divided by the sum of the w_y; for
 * probabilities each term has its weight, and the mean is divided by their number.
 *
 * @throws ShapeError when the labels have another shape
 * @throws DTypeError when class indices are not int32
 * @throws RangeError when a class index is out of range
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[3.2, 5.1, -1.7], [1.3, 4.9, 2], [2.2, 2.5, -3.1]], 'float64')
 * const labels = T.of([0, 1, 2], 'int32')
 * const losses = Loss.crossEntropy(scores, labels, { reduction: 'none' })
 * T.toNested(losses) // ≈ [2.0404, 0.0791, 6.1565]
 * Loss.crossEntropy(T.zeros([2, 3, 8, 8]), T.zeros([2, 8, 8], 'int32'), { axis: 1 }) // => T.scalar(1.0986123)
 */
export const crossEntropy: AxisLoss<'crossEntropy', true, CrossEntropyOptions> = makeLoss<
  AxisLoss<'crossEntropy', true, CrossEntropyOptions>,
  CrossEntropyOptions
>(
  'crossEntropy',
  (scores, labels, given) => {
    requireTensor('crossEntropy', scores, 'the argument scores')
    const axis = axisOf('crossEntropy', scores, given.axis ?? -1)
    const indices = areIndices('crossEntropy', scores, labels, true, axis)
    const logs = logSoftmax(scores, { axis })
    return (indices ? likelihood : ofDistributions)('crossEntropy', logs, labels, axis, given)
  },
  {
    axis: checkedLater,
    classWeights: tensorKind,
    ignoreIndex: integer,
    labelSmoothing: share
  }
)

/**
 * The negative log-likelihood of labels, -l_y, where l are log-probabilities of classes, such as `T.logSoftmax` gives; one loss per
 * row.
 *
 * Log-probabilities have shape [..., classes], or their classes lie along `axis`; labels are class indices (int32, shape [...]).
 * `classWeights` weigh as in `crossEntropy`.
 *
 * @throws ShapeError when the labels have another shape
 * @throws DTypeError when the labels are not int32
 * @throws RangeError when a label is out of range
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.nll(T.log(T.of([[0.5, 0.5], [0.25, 0.75]])), T.of([0, 0], 'int32'), { reduction: 'none' }) // => T.of([0.6931472, 1.3862944])
 */
export const nll: AxisLoss<'nll', false, NllOptions> = makeLoss<AxisLoss<'nll', false, NllOptions>, NllOptions>(
  'nll',
  (logs, labels, given) => {
    requireTensor('nll', logs, 'the argument scores')
    const axis = axisOf('nll', logs, given.axis ?? -1)
    areIndices('nll', logs, labels, false, axis)
    return likelihood('nll', logs, labels, axis, given)
  },
  { axis: checkedLater, classWeights: tensorKind, ignoreIndex: integer }
)
