/** Checks of shapes at run time, from which the compiler learns them. */
import { dual, parameter } from '../internal/dual.js'
import { type Shape, ShapeError, equals, requireSizes, show } from '../shape/model.js'
import type { Mutable } from '../shape/static.js'
import type { Tensor } from './model.js'
import { requireTensor } from '../internal/require.js'
import { typed } from './typed.js'

/**
 * The same tensor, whose shape has been checked to be the given one, so that its type says so. Dual. Another shape is a
 * `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const rows: readonly (readonly number[])[] = [[1, 2, 3], [4, 5, 6]]
 * const x: T.Tensor<[2, 3]> = pipe(T.of(rows), T.ensure([2, 3]))
 * x.shape // => [2, 3]
 * T.ensure(x, [32, 8]) // throws ensure: shape is [2, 3]; expected [32, 8]
 */
export const ensure: {
  (x: Tensor, shape: readonly []): Tensor<[]>
  <const S extends Shape>(x: Tensor, shape: S): Tensor<Mutable<S>>
  <const S extends Shape>(shape: S): (x: Tensor) => Tensor<Mutable<S>>
} = dual(
  (x: Tensor, shape: Shape): Tensor => {
    requireTensor('ensure', x)
    requireSizes('ensure', shape)
    if (equals(x.shape, shape)) return typed(x)
    throw new ShapeError('ensure', [x.shape, shape], `shape is ${show(x.shape)}; expected ${show(shape)}`)
  },
  2,
  parameter('ensure', requireSizes)
)
