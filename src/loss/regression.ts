/** Losses on numbers, elementwise; predictions and targets have one shape. */
import { number } from '../internal/options.js'
import { abs, clamp, mul, square, sub } from '../Tensor.js'
import { type ElementwiseLoss, type Options, makeLoss, requireSameShape } from './model.js'

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
export const meanSquaredError: ElementwiseLoss<'meanSquaredError'> = makeLoss(
  'meanSquaredError',
  (predicted, target) => {
    requireSameShape('meanSquaredError', predicted, target)
    return square(sub(predicted, target))
  }
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
export const meanAbsoluteError: ElementwiseLoss<'meanAbsoluteError'> = makeLoss(
  'meanAbsoluteError',
  (predicted, target) => {
    requireSameShape('meanAbsoluteError', predicted, target)
    return abs(sub(predicted, target))
  }
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
export const l2: ElementwiseLoss<'l2'> = makeLoss('l2', (predicted, target) => {
  requireSameShape('l2', predicted, target)
  return mul(square(sub(predicted, target)), 0.5)
})

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
export const huber: ElementwiseLoss<'huber', HuberOptions> = makeLoss(
  'huber',
  (predicted, target, options: HuberOptions | undefined) => {
    requireSameShape('huber', predicted, target)
    const delta = options?.delta ?? 1
    const error = sub(predicted, target)
    const clamped = clamp(error, { min: -delta, max: delta })
    return mul(clamped, sub(error, mul(clamped, 0.5)))
  },
  { delta: number('a number above 0', (delta) => delta > 0) }
)
