/** How many columns of a matrix are independent. */
import { dataFirst } from '../internal/dual.js'
import type { Shape } from '../shape/model.js'
import type { IsDynamic } from '../shape/static.js'
import { mul } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { greater } from '../tensor/comparison.js'
import { zeros } from '../tensor/construct.js'
import type { Following, TensorOr } from '../tensor/dataFirst.js'
import { max } from '../tensor/minMaxOverAxes.js'
import type { Tensor } from '../tensor/model.js'
import { sumOver } from '../tensor/structural.js'
import { type RankOptions, cutoffOf, rankOptions } from './leastSquares.js'
import { columnsOf, requireFloatMatrix, rowsOf, stackOf } from './matrix.js'
import { svd } from './svd.js'

type RankShape<S extends Shape> =
  IsDynamic<S> extends true ? Shape : S extends readonly [...infer Stack extends Shape, number, number] ? Stack : Shape

/**
 * The rank of a matrix, as an int32: the number of singular values above `rcond` times the largest.
 *
 * `[..., m, n]` gives `[...]`. It is constant where it is smooth, so its derivative is 0. With NaN or an infinity
 * it is 0.
 *
 * @throws ShapeError when `a` is not a matrix
 * @throws RangeError when `rcond` is negative
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.matrixRank(T.of([[1, 2], [2, 4]])) // => T.scalar(1, 'int32')
 * pipe(T.of([[1, 0], [0, 0.001]]), Linalg.matrixRank({ rcond: 0.01 })) // => T.scalar(1, 'int32')
 */
export const matrixRank: {
  <const A extends Tensor | RankOptions>(
    first: TensorOr<A, RankOptions>,
    ...rest: Following<A, RankOptions>
  ): A extends Tensor<infer S> ? Tensor<RankShape<S>> : <S extends Shape>(a: Tensor<S>) => Tensor<RankShape<S>>
} = dataFirst(rankOptions('matrixRank'), (a: Tensor, options: RankOptions = {}): Tensor => {
  const x = requireFloatMatrix('matrixRank', a)
  const cutoff = cutoffOf(x.shape, x.dtype, options)
  if (Math.min(rowsOf(x.shape), columnsOf(x.shape)) === 0) return zeros(stackOf(x.shape), 'int32')
  const [, s] = svd<Shape>(stopGradient(x))
  const counted = greater(s, mul(max(s, { axis: -1, keepDims: true }), cutoff))
  return sumOver(counted, [s.shape.length - 1])
})
