/** Losses of binary labels: 0 and 1, or -1 and 1; elementwise but for the overlap of regions. */
import { checkedLater, notNegative, share } from '../internal/options.js'
import { guardedMul } from '../primitive/elementwise.js'
import { type Shape, normalizeAxes } from '../shape/model.js'
import {
  add,
  equal,
  exp,
  less,
  log,
  log1p,
  logSigmoid,
  maximum,
  mul,
  neg,
  relu,
  softplus,
  square,
  stopGradient,
  sub,
  sum,
  where
} from '../Tensor.js'
import { divNoNan } from '../tensor/divNoNan.js'
import type { Tensor } from '../tensor/model.js'
import { requireSameShape, requireValues } from './check.js'
import { elementwise, makeLoss, maskOf } from './make.js'
import type { ElementwiseLoss, Loss, Options } from './model.js'

/** t a + (1 - t) b, where nothing of a or b remains whose weight is 0. */
const mixed = (targets: Tensor, a: Tensor, b: Tensor): Tensor =>
  add(guardedMul(targets, a), guardedMul(sub(1, targets), b))

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
 * const loss = (score: T.Tensor<[]>) => Loss.binaryCrossEntropyWithLogits(score, T.scalar(1))
 * loss(T.scalar(-50)) // => T.scalar(50)
 * grad(loss)(T.scalar(-50)) // => T.scalar(-1)
 */
export const binaryCrossEntropyWithLogits: ElementwiseLoss<'binaryCrossEntropyWithLogits'> = elementwise(
  'binaryCrossEntropyWithLogits',
  (scores, targets) => mixed(targets, softplus(neg(scores)), softplus(scores))
)

/** Refuses what is not a probability, where it can be read; NaN stays NaN. */
const requireProbabilities = (operation: string, subject: string, x: Tensor, mask: Tensor | undefined): void => {
  const rule = 'is not a probability; expected a number from 0 to 1, or binaryCrossEntropyWithLogits for scores'
  requireValues(operation, subject, x, rule, (p) => !(p < 0 || p > 1), mask)
}

/** Below it 1 / p overflows in float32. */
const tiny = 2 ** -126

/** log p and log (1 - p), at least -100; where p is so near to the end that its derivative would overflow, this is 0. */
const logOf = (p: Tensor): Tensor => {
  const isTiny = less(p, tiny)
  return where(isTiny, maximum(log(stopGradient(p)), -100), log(where(isTiny, 1, p)))
}
const logOfRest = (p: Tensor): Tensor => {
  const isOne = equal(p, 1)
  return where(isOne, -100, log1p(neg(where(isOne, 0, p))))
}

/**
 * The cross-entropy of binary labels under probabilities, -y log p - (1 - y) log (1 - p), elementwise, where 0 times log 0 is 0. Logarithms
 * are at least -100, as in PyTorch, so that what was impossible costs 100, with derivative 0. Of scores, `binaryCrossEntropyWithLogits` is
 * exact.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a probability or a target is outside of [0, 1]
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.binaryCrossEntropy(T.of([0.5, 0, 0]), T.of([1, 0, 1]), { reduction: 'none' }) // => T.of([0.6931472, 0, 100])
 */
export const binaryCrossEntropy: ElementwiseLoss<'binaryCrossEntropy'> = elementwise(
  'binaryCrossEntropy',
  (predicted, targets, given) => {
    const mask = maskOf('binaryCrossEntropy', given.mask, predicted.shape)
    requireProbabilities('binaryCrossEntropy', 'prediction', predicted, mask)
    requireProbabilities('binaryCrossEntropy', 'target', targets, mask)
    return mixed(targets, neg(logOf(predicted)), neg(logOfRest(predicted)))
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
export const hinge: ElementwiseLoss<'hinge'> = elementwise('hinge', (scores, targets) =>
  relu(sub(1, mul(targets, scores)))
)

/**
 * The square of the hinge loss of binary labels -1 and 1, max(0, 1 - y s)^2, elementwise; its derivative has no jump.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.squaredHinge(T.of([0.5, 3, -1]), T.of([1, 1, 1]), { reduction: 'none' }) // => T.of([0.25, 0, 4])
 */
export const squaredHinge: ElementwiseLoss<'squaredHinge'> = elementwise('squaredHinge', (scores, targets) =>
  square(relu(sub(1, mul(targets, scores))))
)

/**
 * The logistic loss of binary labels -1 and 1, log(1 + exp(-y s)), elementwise and without overflow. It is
 * `binaryCrossEntropyWithLogits` with other labels.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.softMargin(T.of([0, -1000]), T.of([-1, 1]), { reduction: 'none' }) // => T.of([0.6931472, 1000])
 */
export const softMargin: ElementwiseLoss<'softMargin'> = elementwise('softMargin', (scores, targets) =>
  softplus(neg(mul(targets, scores)))
)

/**
 * The options of the focal loss.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.FocalOptions = { alpha: 0.5, gamma: 0 }
 * Loss.focal(T.scalar(0), T.scalar(1), options) // => T.scalar(0.3465736)
 */
export interface FocalOptions extends Options {
  /** The weight of label 1, where that of label 0 is 1 - alpha; 0.25 by default. */
  readonly alpha?: number
  /** How much less a well-classified element counts; 2 by default, and 0 for the cross-entropy. */
  readonly gamma?: number
}

/**
 * The focal loss of binary labels under the sigmoid of scores, elementwise and stable for every score: the terms of the
 * cross-entropy times the power gamma of the probability of the other label,
 * -alpha y s(-x)^gamma log s(x) - (1 - alpha) (1 - y) s(x)^gamma log s(-x).
 *
 * T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollar, Focal Loss for Dense Object Detection, ICCV 2017.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.focal(T.of([0, 1000]), T.of([1, 0]), { reduction: 'none' }) // => T.of([0.0433217, 750])
 */
export const focal: ElementwiseLoss<'focal', FocalOptions> = elementwise<'focal', FocalOptions>(
  'focal',
  (scores, targets, { alpha = 0.25, gamma = 2 }) => {
    // The power as exp(gamma log s), whose derivative is finite for every gamma.
    const term = (x: Tensor): Tensor => mul(exp(mul(logSigmoid(neg(x)), gamma)), softplus(neg(x)))
    return mixed(targets, mul(term(scores), alpha), mul(term(neg(scores)), 1 - alpha))
  },
  {
    alpha: share,
    gamma: notNegative
  }
)

/**
 * The options of the dice loss.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.DiceOptions = { smooth: 0 }
 * Loss.dice(T.of([[1, 1]]), T.of([[1, 0]]), options) // ≈ Tensor<[], float32> 0.3333333
 */
export interface DiceOptions extends Options {
  /** The axes of a region; all but the first by default. */
  readonly axis?: number | readonly number[]
  /** What is added to both parts of the fraction; 1 by default. */
  readonly smooth?: number
}

/**
 * The dice loss of regions, 1 - (2 sum p t + smooth) / (sum p + sum t + smooth): probabilities and labels, 0 or 1, of one shape, and
 * one loss for each example of the first axis. With `smooth: 0` the loss of two empty regions is 1.
 *
 * F. Milletari, N. Navab and S.-A. Ahmadi, V-Net, 3DV 2016.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const regions = T.of([[1, 1, 0], [0, 0, 0]])
 * Loss.dice(regions, T.of([[1, 1, 0], [1, 0, 0]]), { reduction: 'none' }) // => T.of([0, 0.5])
 */
export const dice: Loss<DiceOptions> = makeLoss<Loss<DiceOptions>, DiceOptions>(
  'dice',
  (predicted, targets, { axis, smooth = 1 }) => {
    requireSameShape('dice', predicted, targets)
    const axes = axis === undefined ? others(predicted.shape) : normalizeAxes('dice', axis, predicted.shape)
    const over = (x: Tensor): Tensor => sum(x, { axis: axes })
    const shared = add(mul(over(guardedMul(predicted, targets)), 2), smooth)
    return sub(1, divNoNan(shared, add(add(over(predicted), over(targets)), smooth)))
  },
  { axis: checkedLater, smooth: notNegative }
)

/** All axes but the first. */
const others = (shape: Shape): readonly number[] => shape.map((_, axis) => axis).slice(1)
