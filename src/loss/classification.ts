/** Losses on scores of classes. */
import { finite } from '../internal/options.js'
import { guardedMul } from '../primitive/elementwise.js'
import {
  add,
  logSoftmax,
  mul,
  neg,
  oneHot,
  relu,
  softplus,
  squeeze,
  sub,
  sum,
  takeAlongAxis,
  where
} from '../Tensor.js'
import {
  type ClassLoss,
  type ElementwiseLoss,
  type Options,
  areIndices,
  labelColumn,
  makeLoss,
  requireSameShape
} from './model.js'

/**
 * The cross-entropy of labels under the softmax of scores, -log softmax(s)_y, in nats; one loss per row of the scores.
 *
 * Scores have shape [..., classes]. Labels are class indices (int32, shape [...]), or probabilities of the classes, which
 * may be one-hot (shape [..., classes]): then it is -sum_j p_j log softmax(s)_j, where 0 times log 0 is 0.
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
 */
export const crossEntropy: ClassLoss<'crossEntropy', true> = makeLoss('crossEntropy', (scores, labels) => {
  if (!areIndices('crossEntropy', scores, labels, true)) {
    return neg(sum(guardedMul(labels, logSoftmax(scores)), { axis: -1 }))
  }
  const column = labelColumn('crossEntropy', scores, labels)
  return neg(squeeze(takeAlongAxis(logSoftmax(scores), column), { axis: -1 }))
})

/**
 * The cross-entropy of binary labels under the sigmoid of scores, -y log s(x) - (1 - y) log s(-x), elementwise and stable
 * for every score. Targets have the shape of the scores and lie between 0 and 1.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const loss = (score: T.Tensor<[]>) => Loss.binaryCrossEntropy(score, T.scalar(1))
 * loss(T.scalar(-50)) // => T.scalar(50)
 * grad(loss)(T.scalar(-50)) // => T.scalar(-1)
 */
export const binaryCrossEntropy: ElementwiseLoss<'binaryCrossEntropy'> = makeLoss(
  'binaryCrossEntropy',
  (scores, targets) => {
    requireSameShape('binaryCrossEntropy', scores, targets)
    return add(guardedMul(targets, softplus(neg(scores))), guardedMul(sub(1, targets), softplus(scores)))
  }
)

/**
 * The hinge loss of binary labels -1 and 1, max(0, 1 - y s), elementwise. The derivative at the kink is 0.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.hinge(T.of([0.25, 3, -1]), T.of([1, 1, 1]), { reduction: 'none' }) // => T.of([0.75, 0, 2])
 */
export const hinge: ElementwiseLoss<'hinge'> = makeLoss('hinge', (scores, targets) => {
  requireSameShape('hinge', scores, targets)
  return relu(sub(1, mul(targets, scores)))
})

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
}

/**
 * The multiclass hinge loss, sum over j != y of max(0, s_j - s_y + margin); one loss per row of the scores.
 *
 * Scores have shape [..., classes], labels are class indices (int32, shape [...]). The derivative at a kink is 0.
 * J. Weston and C. Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN 1999.
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
export const multiclassHinge: ClassLoss<'multiclassHinge', false, MulticlassHingeOptions> = makeLoss(
  'multiclassHinge',
  (scores, labels, options: MulticlassHingeOptions | undefined) => {
    areIndices('multiclassHinge', scores, labels, false)
    const right = takeAlongAxis(scores, labelColumn('multiclassHinge', scores, labels))
    const margins = relu(add(sub(scores, right), options?.margin ?? 1))
    const isRight = oneHot(labels, scores.shape[scores.shape.length - 1] ?? 0, 'bool')
    return sum(where(isRight, 0, margins), { axis: -1 })
  },
  { margin: finite }
)
