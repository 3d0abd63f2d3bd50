/** Least squares: solutions of systems of equations that have none or many, and pseudoinverses. */
import { type Options, options, notNegative } from '../internal/options.js'
import { dataFirst, dualBy, dataAt } from '../internal/dual.js'
import { type DType, epsilon, promote, toFloat } from '../DType.js'
import { leastSquaresInto } from '../kernel/pseudoinverse.js'
import { clearColumns, zeroColumns } from '../kernel/strongZero.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { align } from '../primitive/batch.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import type { MatMul } from '../shape/static.js'
import { add, sub } from '../tensor/arithmetic.js'
import type { Following, TensorOr } from '../tensor/dataFirst.js'
import { type Zeros, weak } from '../tensor/matmul.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { broadcastToShape, cast, reshapeTo } from '../tensor/structural.js'
import { within } from '../transform/scope.js'
import type { Turned } from './factorShapes.js'
import {
  asColumn,
  columnsOf,
  doublesOf,
  drawMatrix,
  drawStack,
  fromDoubles,
  identity,
  intoColumns,
  mT,
  outOfColumns,
  product,
  requireFloatMatrix,
  rowsOf,
  stackOf
} from './matrix.js'
import { drawTall } from './operands.js'
import { factorsOf } from './svd.js'
import { requireSystem } from './triangularSolve.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What `pinv`, `lstsq` and `matrixRank` take.
 *
 * @example
 * import type { RankOptions } from 'pullback/Linalg'
 *
 * const coarse: RankOptions = { rcond: 1e-3 }
 * coarse.rcond // => 0.001
 */
export interface RankOptions {
  /**
   * Singular values up to this part of the largest count as 0. The default is max(m, n) times the machine precision of the
   * dtype, as in NumPy's `matrix_rank`.
   */
  readonly rcond?: number
}

/** The part of the largest singular value up to which others count as 0; whether the system is that of the transpose. */
interface Cutoff extends Zeros {
  readonly cutoff: number
  readonly transpose: boolean
}

/** The check of the options of operations that count singular values as 0. */
/* @__NO_SIDE_EFFECTS__ */
export const rankOptions = (operation: string): Options => options<RankOptions>(operation, { rcond: notNegative })

/** The cutoff for a matrix of a shape and dtype. */
export const cutoffOf = (shape: Shape, dtype: DType, { rcond }: RankOptions): number =>
  rcond ?? Math.max(rowsOf(shape), columnsOf(shape)) * epsilon(toFloat(dtype))

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const evaluate = (a: Concrete, b: Concrete, { cutoff, transpose, strongZero }: Cutoff, shape: Shape): Concrete => {
  const [m, n, k] = [rowsOf(a.shape), columnsOf(a.shape), columnsOf(b.shape)]
  const matrices = size(stackOf(a.shape))
  const rank = Math.min(m, n)
  const { u, s, vt } = factorsOf(a)
  const right = doublesOf(b)
  const x = new Float64Array(size(shape))
  const [rows, results] = transpose ? [n, m] : [m, n]
  for (let i = 0; i < matrices; i++) {
    const factors = { m, n, u, uAt: i * m * rank, s, sAt: i * rank, vt, vAt: i * rank * n }
    leastSquaresInto(factors, cutoff, transpose, k, right, i * rows * k, x, i * results * k)
    if (strongZero) clearColumns(results, k, zeroColumns(rows, k, right, i * rows * k), x, i * results * k)
  }
  return fromDoubles(shape, b.dtype, x)
}

/**
 * The vectors x = A^+ b: of those for which |A x - b| is least the shortest, for stacks of matrices [..., m, n] and of right
 * sides [..., m, k], of one stack and one type. With P = A^+ and r = b - A x, at constant rank,
 *
 *     dx = P (P^T dA^T r - dA x) + (I - P A) dA^T P^T x + P db
 */
export const lstsqPrimitive: Primitive<Cutoff> = op<2, Cutoff>({
  name: 'lstsq',
  kind: 'opaque',
  cost: counted(
    perMatrix((m, n, k) => 2 * Math.min(m, n) ** 2 * (Math.max(m, n) - Math.min(m, n) / 3) + 4 * m * n * k)
  ),
  arity: 2,
  infer: (a, b, { transpose }) => ({
    shape: [...stackOf(a.shape), transpose ? rowsOf(a.shape) : columnsOf(a.shape), columnsOf(b.shape)],
    dtype: b.dtype
  }),
  evaluate: (a, b, params, out) => evaluate(a, b, params, out.shape),
  jvp: [
    (tangent, a, b, x, params) => {
      const t = operated(tangent, params)
      const matrix = operated(a, params)
      const back = turned(params)
      const residual = sub(b, product(matrix, x))
      const along = sub(run(a, product(mT(t), residual), back), product(t, x))
      const across = product(mT(t), run(a, x, back))
      return add(run(a, sub(along, product(matrix, across)), inRule(params)), across)
    },
    (tangent, a, _b, _x, params) => run(a, tangent, inRule(params))
  ],
  vjp: [
    (a, b, x, params) => (ct) => {
      const matrix = operated(a, params)
      const back = turned(params)
      const y = run(a, ct, back)
      const residual = sub(b, product(matrix, x))
      const across = sub(ct, product(mT(matrix), y))
      const outer = add(product(residual, mT(run(a, y, inRule(params)))), product(run(a, x, back), mT(across)))
      return operated(sub(outer, product(y, mT(x))), params)
    },
    (a, _b, _x, params) => (ct) => run(a, ct, turned(params))
  ],
  batch: ([a, b], mapped, params, front) => {
    if (mapped[0] === true) return bindOne(lstsqPrimitive, align([a!, b!], mapped, front), params)
    return outOfColumns(run(a!, intoColumns(b!), params), front, columnsOf(b!.shape))
  },
  sample: (draw) => {
    const n = draw.integer(0, 3)
    const m = draw.integer(n, 3)
    const stack = drawStack(draw)
    const tall = drawTall(draw, stack, m, n)
    const transpose = draw.pick([false, true])
    const a = draw.pick([false, true]) ? mT(tall) : tall
    const b = drawMatrix(draw, stack, transpose ? columnsOf(a.shape) : rowsOf(a.shape), draw.integer(0, 2))
    return { operands: [a, b], params: { cutoff: 1e-12, transpose, strongZero: draw.pick([false, true]) } }
  }
})

const inRule = (params: Cutoff): Cutoff => ({ ...params, strongZero: true })

const turned = (params: Cutoff): Cutoff => ({ ...params, transpose: !params.transpose, strongZero: true })

const operated = (x: Tensor, { transpose }: Cutoff): Tensor => (transpose ? mT(x) : x)

/** Solves with stacks of one shape and type that have been checked. */
const run = (a: Tensor, b: Tensor, params: Cutoff): Tensor => bindOne(lstsqPrimitive, [a, b], params)

// -----------------------------------------------------------------------------
// pseudoinverses
// -----------------------------------------------------------------------------

/**
 * The pseudoinverse of Moore and Penrose: A^+ = V diag(1 / s) U^T over the singular values that are not 0. Of an invertible
 * matrix it is the inverse; A^+ b is the least-squares solution, which `lstsq` finds with less work and error.
 *
 * `[..., m, n]` gives `[..., n, m]`. Singular values up to `rcond` times the largest count as 0. Integers become float32;
 * float32 is computed in double and rounded once. NaN and infinities give NaN. The derivative is that at constant rank
 * (Golub and Pereyra, 1973); where the rank changes, the pseudoinverse jumps.
 *
 * @throws ShapeError when `a` is not a matrix
 * @throws RangeError when `rcond` is negative
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.pinv(T.of([[2, 0], [0, 0], [0, 4]])) // => T.of([[0.5, 0, 0], [0, 0, 0.25]])
 * pipe(T.of([[2, 0], [0, 0.001]]), Linalg.pinv({ rcond: 0.01 })) // => T.of([[0.5, 0], [0, 0]])
 */
export const pinv: {
  <const A extends Tensor | RankOptions>(
    first: TensorOr<A, RankOptions>,
    ...rest: Following<A, RankOptions>
  ): A extends Tensor<infer S> ? Tensor<Turned<S>> : <S extends Shape>(a: Tensor<S>) => Tensor<Turned<S>>
} = dataFirst(rankOptions('pinv'), (a: Tensor, options: RankOptions = {}) => {
  const x = requireFloatMatrix('pinv', a)
  const [m, n] = [rowsOf(x.shape), columnsOf(x.shape)]
  const cutoff = cutoffOf(x.shape, x.dtype, options)
  const unit = identity(stackOf(x.shape), Math.min(m, n), x.dtype)
  return within('pinv', () =>
    m < n ? run(x, unit, { cutoff, transpose: false, ...weak }) : mT(run(x, unit, { cutoff, transpose: true, ...weak }))
  )
})

// -----------------------------------------------------------------------------
// least squares
// -----------------------------------------------------------------------------

/** Dual by what comes second: `f(a, b, options)` is `pipe(a, f(b, options))`. */
interface LeastSquares {
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B>, options?: RankOptions): Tensor<MatMul<Turned<A>, B>>
  <B extends Shape>(
    b: Tensor<B>,
    options?: RankOptions
  ): <A extends Shape>(a: Tensor<A>) => Tensor<MatMul<Turned<A>, B>>
}

/**
 * The least-squares solution x of a x = b: |a x - b| is least, and of several such x it is the shortest. By the singular
 * value decomposition, so that matrices of any shape and rank are answered; singular values up to `rcond` times the largest
 * count as 0.
 *
 * `a` is `[..., m, n]`; `b` is a vector `[m]` if it has one axis, else `[..., m, k]`, a right side per column; leading axes
 * broadcast. Integers become float32; float32 is computed in double and rounded once. NaN and infinities give NaN. The
 * residual is `T.sub(T.matmul(a, x), b)`, the rank is `matrixRank(a)`, and the singular values are `svd(a)[1]`. The derivative
 * is that at constant rank (Golub and Pereyra, *The differentiation of pseudo-inverses and nonlinear least squares problems
 * whose variables separate*, 1973).
 *
 * @throws ShapeError when `a` is not a matrix, or the shapes do not fit
 * @throws RangeError when `rcond` is negative
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * // the line through (0, 1), (1, 3) and (2, 5)
 * const a = T.of([[0, 1], [1, 1], [2, 1]])
 * Linalg.lstsq(a, T.of([1, 3, 5])) // => T.of([2, 1])
 * // one equation, two unknowns: the shortest solution
 * pipe(T.of([[1, 1]]), Linalg.lstsq(T.of([2]))) // => T.of([1, 1])
 */
export const lstsq: LeastSquares = dualBy<LeastSquares>(
  dataAt(1, rankOptions('lstsq')),
  (a: Tensor, b: Tensor, options: RankOptions = {}) => {
    const stack = requireSystem('lstsq', a, b, false)
    const cutoff = cutoffOf(a.shape, toFloat(promote(a.dtype, b.dtype)), options)
    const dtype = toFloat(promote(a.dtype, b.dtype))
    const isVector = b.shape.length === 1
    const right = isVector ? asColumn(cast(b, dtype)) : cast(b, dtype)
    const [m, n, k] = [rowsOf(a.shape), columnsOf(a.shape), columnsOf(right.shape)]
    const x = run(broadcastToShape(cast(a, dtype), [...stack, m, n]), broadcastToShape(right, [...stack, m, k]), {
      cutoff,
      transpose: false,
      ...weak
    })
    return isVector ? reshapeTo(x, x.shape.slice(0, -1)) : x
  }
)
