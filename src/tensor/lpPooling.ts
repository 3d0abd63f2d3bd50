/** Pooling by norms: the p-th root of the sum of p-th powers over windows. */
import { toFloat } from '../DType.js'
import { dataFirst } from '../internal/dual.js'
import { number, options } from '../internal/options.js'
import type { Resized } from '../shape/layout.js'
import type { Shape } from '../shape/model.js'
import { square } from './arithmetic.js'
import { equal } from './comparison.js'
import { inFormat } from './dataFormat.js'
import type { Tensor } from './model.js'
import { sums } from './overWindows.js'
import { type PoolOptions, pooled, windowKinds } from './pooling.js'
import { pow } from './power.js'
import { sqrt } from './root.js'
import { where } from './select.js'
import { cast } from './structural.js'

/**
 * The options of `lpPool1d`, `lpPool2d` and `lpPool3d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const cubes: T.LpPoolOptions = { window: 2, p: 3 }
 * T.lpPool1d(T.of([[[3, 4, 1, 1]]]), cubes) // ≈ Tensor<[1, 1, 2], float32> [[[4.4979, 1.2599]]]
 */
export interface LpPoolOptions extends PoolOptions {
  /** The exponent, more than 0; 2 by default. */
  readonly p?: number
}

interface LpPool {
  <S extends Shape>(x: Tensor<S>, options: LpPoolOptions): Tensor<Resized<S>>
  (options: LpPoolOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
}

const power = (x: Tensor, p: number): Tensor => (p === 1 ? x : p === 2 ? square(x) : pow(x, p))

/** The root of sums; its derivative at a sum of 0 is 0, to any order. */
const root = (sum: Tensor, p: number): Tensor => {
  if (p === 1) return sum
  const isZero = equal(sum, 0)
  const positive = where(isZero, 1, sum)
  return where(isZero, 0, p === 2 ? sqrt(positive) : pow(positive, 1 / p))
}

/* @__NO_SIDE_EFFECTS__ */
const lpPool = (name: string, rank: number): LpPool =>
  dataFirst<LpPool>(
    options<LpPoolOptions>(name, {
      ...windowKinds,
      p: number('a finite number above 0', (p) => p > 0 && p < Infinity)
    }),
    (x: Tensor, { p = 2, ...given }: Partial<LpPoolOptions> = {}) => {
      const { images, windows } = pooled(name, x, rank, given)
      const powers = power(cast(images, toFloat(x.dtype)), p)
      return inFormat(root(sums(powers, windows), p), rank, given.dataFormat)
    }
  )

/**
 * The norms over windows along one axis, of `[examples, channels, length]` or `[channels, length]`; else as `lpPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.lpPool1d(T.of([[[3, 4, 0, 2]]]), { window: 2 }) // => T.of([[[5, 2]]])
 */
export const lpPool1d: LpPool = lpPool('lpPool1d', 1)

/**
 * The norms over windows of images `[examples, channels, height, width]`, or of one without examples: (sum of x^p)^(1/p), as
 * `torch.nn.functional.lp_pool2d`. Integers become float32.
 *
 * Windows are those of `maxPool2d`; padded elements are 0. There are no absolute values in the formula: for an even `p` the sign of x does
 * not matter, for an odd one negative elements are subtracted, so that a negative sum gives NaN (or, for p = 1, itself), and other exponents give NaN
 * for negative x. Where the powers sum to 0, as in a window of zeros, the derivative is 0, unless p = 1. A window that `ceilMode` cuts off is the
 * norm of what it has; PyTorch scales it up.
 *
 * @throws ShapeError when a window does not fit
 * @throws RangeError when `p` is not above 0
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[[0, 4, 0], [3, 0, 0]]]])
 * T.lpPool2d(x, { window: 2, stride: 1 }) // => T.of([[[[5, 4]]]])
 * pipe(x, T.lpPool2d({ window: [2, 1], p: 1 })) // => T.of([[[[3, 4, 0]]]])
 * grad((y: T.Tensor<[1, 1, 2, 3]>) => T.sum(T.lpPool2d(y, { window: [2, 1] })))(x) // => T.of([[[[0, 1, 0], [1, 0, 0]]]])
 */
export const lpPool2d: LpPool = lpPool('lpPool2d', 2)

/**
 * The norms over windows of volumes `[examples, channels, depth, height, width]`, or of one without examples; else as `lpPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.lpPool3d(T.ones([1, 1, 2, 2, 1]), { window: [2, 2, 1] }) // => T.of([[[[[2]]]]])
 */
export const lpPool3d: LpPool = lpPool('lpPool3d', 3)
