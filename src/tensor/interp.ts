/** Interpolation. */
import { promote, toFloat } from '../DType.js'
import { dual } from '../internal/dual.js'
import { requireTensor } from '../internal/require.js'
import { guardedMul } from '../primitive/elementwise.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import { add, div, sub } from './arithmetic.js'
import { greaterEqual, lessEqual } from './comparison.js'
import { gather } from './indexing.js'
import { logicalOr } from './logical.js'
import { clamp } from './minMaxOfTwo.js'
import { type Tensor, fromNumber } from './model.js'
import { searchSorted } from './search.js'
import { where } from './select.js'
import { cast } from './structural.js'

interface Interp {
  <S extends Shape>(x: Tensor<S>, xp: Tensor, fp: Tensor): Tensor<S>
  (x: number, xp: Tensor, fp: Tensor): Tensor<[]>
  (xp: Tensor, fp: Tensor): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/**
 * The piecewise linear function through the points `(xp[i], fp[i])`, at each element of `x`: `numpy.interp`, `jax.numpy.interp`.
 * Left of the first point and right of the last it is constant.
 *
 * `xp` and `fp` are vectors of one size, `xp` in increasing order, which is not checked. Integers become float32. It has
 * derivatives in `x`, `xp` and `fp`; in `x`, at a point that of the piece on its right, and 0 at both ends and beyond. NaN
 * gives NaN.
 *
 * @throws ShapeError when `xp` and `fp` are not vectors of one size, or are empty
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const [xp, fp] = [T.of([0, 1, 3]), T.of([0, 10, 30])]
 * T.interp(T.of([-1, 0.5, 2, 9]), xp, fp) // => T.of([0, 5, 20, 30])
 * pipe(T.of([2]), T.interp(xp, fp)) // => T.of([20])
 * grad((y: T.Tensor<[3]>) => T.interp(0.25, xp, y))(fp) // => T.of([0.75, 0.25, 0])
 */
export const interp: Interp = dual<Interp>((given: Tensor | number, xs: Tensor, ys: Tensor): Tensor => {
  if (typeof given !== 'number') requireTensor('interp', given)
  requireTensor('interp', xs, 'xp')
  requireTensor('interp', ys, 'fp')
  const n = xs.shape[0]
  if (xs.shape.length !== 1 || n === undefined || n === 0 || !equals(xs.shape, ys.shape)) {
    const rule = `xp has shape ${show(xs.shape)} and fp ${show(ys.shape)}; expected vectors of one size, from 1 on`
    throw new ShapeError('interp', [xs.shape, ys.shape], rule)
  }
  const points = toFloat(promote(xs.dtype, ys.dtype))
  const dtype = typeof given === 'number' ? points : promote(given.dtype, points)
  const [xp, fp] = [cast(xs, dtype), cast(ys, dtype)]
  const x = typeof given === 'number' ? fromNumber(dtype, given) : cast(given, dtype)
  // The last point that is not greater has one behind it, but where the result is constant.
  const lower = clamp(sub(searchSorted(xp, x, { side: 'right' }), 1), { min: 0, max: Math.max(0, n - 2) })
  const upper = clamp(add(lower, 1), { max: n - 1 })
  const [from, to] = [gather(xp, lower), gather(xp, upper)]
  const [first, last] = [gather(fp, lower), gather(fp, upper)]
  const isLeft = lessEqual(x, gather(xp, 0))
  const isRight = greaterEqual(x, gather(xp, n - 1))
  const constant = logicalOr(isLeft, isRight)
  const width = where(constant, 1, sub(to, from))
  // A weight of 0 is strong: at a point the value is the one there, whatever the next one is.
  const inside = add(first, guardedMul(div(sub(x, from), width), sub(last, first)))
  return where(isLeft, gather(fp, 0), where(isRight, gather(fp, n - 1), inside))
}, 3)
