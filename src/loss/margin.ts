/** Losses that ask the score of the right class, or of the right ones, to lead by a margin; one loss per row of scores. */
import { finite, number, oneOf } from '../internal/options.js'
import { guardedMul } from '../primitive/elementwise.js'
import {
  add,
  cast,
  cumsum,
  div,
  equal,
  expandDims,
  greater,
  logicalNot,
  max,
  mean,
  neg,
  oneHot,
  pow,
  relu,
  softplus,
  square,
  sub,
  sum,
  takeAlongAxis,
  where
} from '../Tensor.js'
import { ShapeError } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { areIndices, requireLabels, requireSameShape } from './check.js'
import { both, makeLoss, maskOf } from './make.js'
import type { ClassLoss, Loss, Options } from './model.js'

const margin = finite

/** Refuses scores without an axis of classes, and labels of another shape. */
const requireClassAxis = (operation: string, scores: Tensor, labels: Tensor): void => {
  requireSameShape(operation, scores, labels, ['scores', 'labels'])
  if (scores.shape.length > 0) return
  throw new ShapeError(operation, [[]], 'the scores are a scalar; expected an axis of classes')
}
const power = number('a number, 1 or more', (p) => p >= 1 && p < Infinity)

/** max(0, x)^p, whose derivative at 0 is 0. */
const powerOf = (x: Tensor, p: number): Tensor => (p === 1 ? relu(x) : p === 2 ? square(relu(x)) : pow(relu(x), p))

/** By how much each score comes too near to that of the label, or passes it, and where the label is. */
const lags = (
  operation: string,
  scores: Tensor,
  labels: Tensor,
  given: Options,
  by: number
): readonly [Tensor, Tensor] => {
  areIndices(operation, scores, labels, false)
  const classes = scores.shape.at(-1)!
  const known = requireLabels(operation, labels, classes, maskOf(operation, given.mask, labels.shape))
  const right = takeAlongAxis(scores, expandDims(known, -1))
  return [add(sub(scores, right), by), oneHot(known, classes, 'bool')]
}

/**
 * The options of the multiclass hinge loss.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.MulticlassHingeOptions = { margin: 2 }
 * Loss.multiclassHinge(T.of([[1, 0]]), T.of([0], 'int32'), options) // => T.scalar(1)
 */
export interface MulticlassHingeOptions extends Options {
  /** By how much the right score must lead; 1 by default. */
  readonly margin?: number
  /** The power of each term; 1 by default. */
  readonly power?: number
  /** Which scores are compared; `'westonWatkins'` by default. */
  readonly kind?: 'westonWatkins' | 'crammerSinger' | 'oneVsAll'
}

/**
 * The multiclass hinge loss, sum over j != y of max(0, s_j - s_y + margin)^power; one loss per row of the scores.
 *
 * Scores have shape [..., classes], labels are class indices (int32, shape [...]). The derivative at a kink is 0. The kinds are
 *
 * - `'westonWatkins'`: the sum above;
 * - `'crammerSinger'`: the largest of its terms alone;
 * - `'oneVsAll'`: max(0, margin - s_y)^power + sum over j != y of max(0, margin + s_j)^power, a hinge loss for each class.
 *
 * J. Weston and C. Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN 1999; K. Crammer and Y. Singer, On the
 * Algorithmic Implementation of Multiclass Kernel-based Vector Machines, JMLR 2 (2001).
 *
 * @throws ShapeError when the labels have another shape
 * @throws DTypeError when the labels are not int32
 * @throws RangeError when a label is out of range
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[3.2, 5.1, -1.7], [1.3, 4.9, 2], [2.2, 2.5, -3.1]], 'float64')
 * const labels = T.of([0, 1, 2], 'int32')
 * const losses = Loss.multiclassHinge(scores, labels, { reduction: 'none' })
 * T.toNested(losses) // ≈ [2.9, 0, 12.9]
 */
export const multiclassHinge: ClassLoss<'multiclassHinge', false, MulticlassHingeOptions> = makeLoss<
  ClassLoss<'multiclassHinge', false, MulticlassHingeOptions>,
  MulticlassHingeOptions
>(
  'multiclassHinge',
  (scores, labels, given) => {
    const { margin: by = 1, power: p = 1, kind = 'westonWatkins' } = given
    const [lag, isRight] = lags('multiclassHinge', scores, labels, given, by)
    if (kind === 'oneVsAll') return sum(powerOf(add(where(isRight, neg(scores), scores), by), p), { axis: -1 })
    const terms = where(isRight, 0, powerOf(lag, p))
    return kind === 'crammerSinger' ? max(terms, { axis: -1 }) : sum(terms, { axis: -1 })
  },
  { margin, power, kind: oneOf('westonWatkins', 'crammerSinger', 'oneVsAll') }
)

/**
 * The options of `multiMargin`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.MultiMarginOptions = { power: 2 }
 * Loss.multiMargin(T.of([[0, 1]]), T.of([0], 'int32'), options) // => T.scalar(2)
 */
export interface MultiMarginOptions extends Options {
  /** By how much the right score must lead; 1 by default. */
  readonly margin?: number
  /** The power of each term; 1 by default. */
  readonly power?: number
}

/**
 * The multiclass hinge loss divided by the number of classes, sum over j != y of max(0, s_j - s_y + margin)^power / classes; one loss
 * per row of the scores. The derivative at a kink is 0.
 *
 * @throws ShapeError when the labels have another shape
 * @throws DTypeError when the labels are not int32
 * @throws RangeError when a label is out of range
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.multiMargin(T.of([[0.1, 0.2, 0.4, 0.8]]), T.of([3], 'int32')) // ≈ Tensor<[], float32> 0.325
 */
export const multiMargin: ClassLoss<'multiMargin', false, MultiMarginOptions> = makeLoss<
  ClassLoss<'multiMargin', false, MultiMarginOptions>,
  MultiMarginOptions
>(
  'multiMargin',
  (scores, labels, given) => {
    const [lag, isRight] = lags('multiMargin', scores, labels, given, given.margin ?? 1)
    return mean(where(isRight, 0, powerOf(lag, given.power ?? 1)), { axis: -1 })
  },
  { margin, power }
)

/**
 * The hinge loss of several right classes, sum over right y and wrong j of max(0, 1 - (s_y - s_j)) / classes; one loss per row
 * of the scores. The derivative at a kink is 0.
 *
 * Labels have the shape of the scores, [..., classes], and are int32: the class indices of a row, then -1 in the places that are left.
 *
 * @throws ShapeError when the shapes differ
 * @throws DTypeError when the labels are not int32
 * @throws RangeError when a label is neither a class nor -1
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[0.1, 0.2, 0.4, 0.8]])
 * Loss.multiLabelMargin(scores, T.of([[3, 0, -1, 1]], 'int32')) // ≈ Tensor<[], float32> 0.85
 */
export const multiLabelMargin: Loss = makeLoss<Loss>('multiLabelMargin', (scores, labels, given) => {
  requireClassAxis('multiLabelMargin', scores, labels)
  const classes = scores.shape.at(-1)!
  const mask = maskOf('multiLabelMargin', given.mask, scores.shape.slice(0, -1))
  const listed = equal(cumsum(cast(equal(labels, -1), 'int32'), { axis: -1 }), 0)
  const known = requireLabels('multiLabelMargin', labels, classes, both(listed, mask && expandDims(mask, -1)))
  // how often each class is listed, [..., classes]
  const counts = sum(where(expandDims(listed, -1), oneHot(known, classes, scores.dtype), 0), { axis: -2 })
  const isWrong = logicalNot(greater(counts, 0))
  const lag = relu(sub(add(expandDims(scores, -2), 1), expandDims(scores, -1)))
  const terms = where(expandDims(isWrong, -2), guardedMul(expandDims(counts, -1), lag), 0)
  return div(sum(terms, { axis: [-2, -1] }), classes)
})

/**
 * The cross-entropy of several labels, each 0 or 1, under the sigmoid of scores, its mean over the classes; one loss per row of the
 * scores. Labels have the shape of the scores, [..., classes].
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.multiLabelSoftMargin(T.of([[0, 1000]]), T.of([[1, 1]])) // ≈ Tensor<[], float32> 0.3465736
 */
export const multiLabelSoftMargin: Loss = makeLoss<Loss>('multiLabelSoftMargin', (scores, labels) => {
  requireClassAxis('multiLabelSoftMargin', scores, labels)
  const terms = add(guardedMul(labels, softplus(neg(scores))), guardedMul(sub(1, labels), softplus(scores)))
  return mean(terms, { axis: -1 })
})
