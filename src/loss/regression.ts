/** Losses on numbers, elementwise; predictions and targets have one shape. */
import { number, notNegative, share } from '../internal/options.js'
import { abs, add, clamp, div, less, log1p, mul, neg, relu, sinh, softplus, square, sub, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { elementwise } from './make.js'
import type { ElementwiseLoss, Options } from './model.js'

/**
 * The squared error, (p - t)^2, elementwise.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.meanSquaredError(T.of([1, 4]), T.of([0, 2])) // => T.scalar(2.5)
 */
export const meanSquaredError: ElementwiseLoss<'meanSquaredError'> = elementwise(
  'meanSquaredError',
  (predicted, target) => square(sub(predicted, target))
)

/**
 * The absolute error, |p - t|, elementwise. The derivative at 0 is 0.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.meanAbsoluteError(T.of([1, 4]), T.of([0, 2])) // => T.scalar(1.5)
 */
export const meanAbsoluteError: ElementwiseLoss<'meanAbsoluteError'> = elementwise(
  'meanAbsoluteError',
  (predicted, target) => abs(sub(predicted, target))
)

/**
 * Half of the squared error, (p - t)^2 / 2, elementwise: its derivative is the error itself.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.l2(T.scalar(4), T.scalar(1)) // => T.scalar(4.5)
 * grad((x: T.Tensor<[]>) => Loss.l2(x, T.scalar(1)))(T.scalar(4)) // => T.scalar(3)
 */
export const l2: ElementwiseLoss<'l2'> = elementwise('l2', (predicted, target) =>
  mul(square(sub(predicted, target)), 0.5)
)

/**
 * The options of the Huber loss.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.HuberOptions = { delta: 2 }
 * Loss.huber(T.scalar(3), T.scalar(0), options) // => T.scalar(4)
 */
export interface HuberOptions extends Options {
  /** Where the square becomes the absolute value; 1 by default. */
  readonly delta?: number
}

/**
 * The Huber loss of e = p - t, elementwise: e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2). Its derivative is e,
 * clamped to delta.
 *
 * P. J. Huber, Robust Estimation of a Location Parameter, Annals of Mathematical Statistics 35 (1964).
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.huber(T.of([0.5, 3]), T.of([0, 0]), { reduction: 'none' }) // => T.of([0.125, 2.5])
 */
export const huber: ElementwiseLoss<'huber', HuberOptions> = elementwise<'huber', HuberOptions>(
  'huber',
  (predicted, target, { delta = 1 }) => bent(sub(predicted, target), delta),
  { delta: number('a number above 0', (delta) => delta > 0) }
)

const bent = (error: Tensor, delta: number): Tensor => {
  const clamped = clamp(error, { min: -delta, max: delta })
  return mul(clamped, sub(error, mul(clamped, 0.5)))
}

/**
 * The options of `smoothL1`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.SmoothL1Options = { beta: 2 }
 * Loss.smoothL1(T.scalar(3), T.scalar(0), options) // => T.scalar(2)
 */
export interface SmoothL1Options extends Options {
  /** Where the square becomes the absolute value; 1 by default, and 0 for the absolute error. */
  readonly beta?: number
}

/**
 * The absolute error with a smooth minimum: e^2 / (2 beta) where |e| < beta, else |e| - beta / 2, for e = p - t, elementwise. It is
 * the Huber loss with delta = beta, divided by beta.
 *
 * R. Girshick, Fast R-CNN, ICCV 2015.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.smoothL1(T.of([0.5, 3]), T.of([0, 0]), { reduction: 'none' }) // => T.of([0.125, 2.5])
 */
export const smoothL1: ElementwiseLoss<'smoothL1', SmoothL1Options> = elementwise<'smoothL1', SmoothL1Options>(
  'smoothL1',
  (predicted, target, { beta = 1 }) => {
    const error = sub(predicted, target)
    return beta === 0 ? abs(error) : div(bent(error, beta), beta)
  },
  { beta: notNegative }
)

/**
 * The logarithm of the hyperbolic cosine of the error, log cosh (p - t), elementwise and without overflow: near the square
 * half of a small error, and near |p - t| - log 2 for a large one.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.logCosh(T.of([0, 1000]), T.of([0, 0]), { reduction: 'none' }) // => T.of([0, 999.30685])
 */
export const logCosh: ElementwiseLoss<'logCosh'> = elementwise('logCosh', (predicted, target) => {
  const error = sub(predicted, target)
  const isSmall = less(abs(error), 1)
  // log cosh e = log (1 + 2 sinh^2 (e / 2)) = |e| + softplus (-2 |e|) - log 2
  const near = log1p(mul(square(sinh(mul(where(isSmall, error, 0), 0.5))), 2))
  const far = abs(where(isSmall, 1, error))
  return where(isSmall, near, sub(add(far, softplus(mul(far, -2))), Math.LN2))
})

/**
 * The options of `quantile`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const ninetieth: Loss.QuantileOptions = { q: 0.9 }
 * Loss.quantile(T.scalar(1), T.scalar(3), ninetieth) // => T.scalar(1.8)
 */
export interface QuantileOptions extends Options {
  /** Which quantile the best constant prediction is, between 0 and 1; 0.5, the median, by default. */
  readonly q?: number
}

/**
 * The pinball loss, q (t - p) where the target is above the prediction, else (1 - q) (p - t), elementwise; its minimum is at the
 * quantile q of the targets. The derivative at 0 is 0.
 *
 * R. Koenker and G. Bassett, Regression Quantiles, Econometrica 46 (1978).
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.quantile(T.of([1, 5]), T.of([3, 3]), { q: 0.75, reduction: 'none' }) // => T.of([1.5, 0.5])
 */
export const quantile: ElementwiseLoss<'quantile', QuantileOptions> = elementwise<'quantile', QuantileOptions>(
  'quantile',
  (predicted, target, { q = 0.5 }) => {
    const above = sub(target, predicted)
    return add(mul(relu(above), q), mul(relu(neg(above)), 1 - q))
  },
  { q: share }
)
