/** Systems of linear equations, by Gaussian elimination with partial pivoting. */
import { dual } from '../internal/dual.js'
import { allFinite } from '../kernel/householder.js'
import { lostPivot } from '../kernel/lu.js'
import { clearColumns, zeroColumns } from '../kernel/strongZero.js'
import { substitute } from '../kernel/substitution.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { align } from '../primitive/batch.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size, positionAt } from '../shape/model.js'
import type { MatMul } from '../shape/static.js'
import { neg } from '../tensor/arithmetic.js'
import { type Zeros, weak } from '../tensor/matmul.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { LinalgError, ofMatrix } from './error.js'
import { type Factored, factored } from './lu.js'
import {
  columnsOf,
  doublesOf,
  drawMatrix,
  drawSquare,
  drawStack,
  fromDoubles,
  intoColumns,
  mT,
  outOfColumns,
  product,
  rowsOf,
  stackOf
} from './matrix.js'
import { solveWith } from './triangularSolve.js'

// -----------------------------------------------------------------------------
// kernel
// -----------------------------------------------------------------------------

/** Whether the equations are those of the transposed matrix; and whether a right side of zeros has the solution 0 with any matrix. */
interface Transposed extends Zeros {
  readonly transpose: boolean
}

/** The refusal of a matrix one of whose pivots is zero to rounding. */
export const refuseSingular = (
  operation: string,
  stack: Shape,
  matrix: number,
  i: number,
  pivot: number
): LinalgError => {
  const indices = positionAt(matrix, stack)
  const zero = pivot === 0 ? '0' : `${pivot}, which is 0 to rounding`
  return new LinalgError(
    operation,
    `the matrix is singular, pivot ${i}${ofMatrix(indices)} is ${zero}; expected an invertible matrix`,
    indices
  )
}

/** Solves with one factored matrix: `x` holds the right sides in row-major order, and becomes the solution. */
export const solveFactored = (
  n: number,
  k: number,
  { lu, rows }: Factored,
  matrix: number,
  transpose: boolean,
  x: Float64Array,
  to: number
): void => {
  const at = matrix * n * n
  const copy = new Float64Array(n * k)
  if (!transpose) {
    for (let i = 0; i < n; i++) {
      const from = to + rows[matrix * n + i]! * k
      copy.set(x.subarray(from, from + k), i * k)
    }
    substitute(n, k, { data: lu, row: n, column: 1, lower: true, unit: true }, at, copy, 0)
    substitute(n, k, { data: lu, row: n, column: 1, lower: false, unit: false }, at, copy, 0)
    x.set(copy, to)
    return
  }
  copy.set(x.subarray(to, to + n * k))
  substitute(n, k, { data: lu, row: 1, column: n, lower: true, unit: false }, at, copy, 0)
  substitute(n, k, { data: lu, row: 1, column: n, lower: false, unit: true }, at, copy, 0)
  for (let i = 0; i < n; i++) x.set(copy.subarray(i * k, i * k + k), to + rows[matrix * n + i]! * k)
}

const evaluate = (a: Concrete, b: Concrete, { transpose, strongZero }: Transposed): Concrete => {
  const [n, k] = [rowsOf(b.shape), columnsOf(b.shape)]
  const stack = stackOf(b.shape)
  const factors = factored(a)
  const x = doublesOf(b)
  for (let matrix = 0; matrix < size(stack); matrix++) {
    const at = matrix * n * n
    const to = matrix * n * k
    const zeros = strongZero ? zeroColumns(n, k, x, to) : []
    if (strongZero && zeros.length === k) continue
    if (!allFinite(factors.lu, at, n * n)) {
      x.fill(NaN, to, to + n * k)
      clearColumns(n, k, zeros, x, to)
      continue
    }
    const lost = lostPivot(n, factors.lu, at)
    if (lost >= 0) {
      throw refuseSingular('solve', stack, matrix, lost, factors.lu[at + lost * (n + 1)]!)
    }
    solveFactored(n, k, factors, matrix, transpose, x, to)
  }
  return fromDoubles(b.shape, b.dtype, x)
}

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** Stacks of square matrices [..., n, n] and right sides [..., n, k], of one stack and one type. */
export const solvePrimitive: Primitive<Transposed> = op<2, Transposed>({
  name: 'solve',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n, k) => (2 * n ** 3) / 3 + 2 * n * n * k)),
  arity: 2,
  refuses: [0, 1],
  infer: (_a, b) => b,
  evaluate: (a, b, params) => evaluate(a, b, params),
  jvp: [
    (tangent, a, _b, x, params) => neg(run(a, product(params.transpose ? mT(tangent) : tangent, x), inRule(params))),
    (tangent, a, _b, _x, params) => run(a, tangent, inRule(params))
  ],
  vjp: [
    (a, _b, x, params) => (ct) => {
      const back = run(a, ct, turned(params))
      return neg(params.transpose ? product(x, mT(back)) : product(back, mT(x)))
    },
    (a, _b, _x, params) => (ct) => run(a, ct, turned(params))
  ],
  batch: ([a, b], mapped, params, front) => {
    if (mapped[0] === true) return bindOne(solvePrimitive, align([a!, b!], mapped, front), params)
    const k = columnsOf(b!.shape)
    return outOfColumns(run(a!, intoColumns(b!), params), front, k)
  },
  sample: (draw) => {
    const stack = drawStack(draw)
    const a = drawSquare(draw, stack)
    const b = drawMatrix(draw, stack, rowsOf(a.shape), draw.integer(0, 2))
    return { operands: [a, b], params: { transpose: draw.pick([false, true]), strongZero: draw.pick([false, true]) } }
  }
})

const inRule = (params: Transposed): Transposed => ({ ...params, strongZero: true })

const turned = ({ transpose }: Transposed): Transposed => ({ transpose: !transpose, strongZero: true })

/** Solves with stacks of one shape and type that have been checked. */
const run = (a: Tensor, b: Tensor, params: Transposed): Tensor => bindOne(solvePrimitive, [a, b], params)

/** a^-T b in rules: of stacks of one shape and type, with strong zeros. */
export const solveTransposed = (a: Tensor, b: Tensor): Tensor => run(a, b, { transpose: true, strongZero: true })

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** Dual: `f(a, b)` is `pipe(a, f(b))`. */
interface Solve {
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B>): Tensor<MatMul<A, B>>
  <B extends Shape>(b: Tensor<B>): <A extends Shape>(a: Tensor<A>) => Tensor<MatMul<A, B>>
}

/**
 * The solution x of a system of linear equations, a x = b, by Gaussian elimination with partial pivoting.
 *
 * `a` is `[..., n, n]`; `b` is a vector `[n]` if it has one axis, else `[..., n, k]`, a right side per column, as in
 * NumPy 2; leading axes broadcast, and one matrix is factored once for all right sides. Integers become float32; float32 is
 * computed in double and rounded once. NaN and infinities give NaN. The derivatives are solves with the same factors:
 * dx = a^-1 (db - da x).
 *
 * @throws ShapeError when `a` is not square, or the shapes do not fit
 * @throws LinalgError when `a` is singular: a pivot is 0, or no larger than the rounding errors of the sum that it is
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const a = T.of([[2, 0], [1, 4]])
 * Linalg.solve(a, T.of([2, 9])) // => T.of([1, 2])
 * pipe(a, Linalg.solve(T.of([[2, 4], [9, 6]]))) // => T.of([[1, 2], [2, 1]])
 * grad((b: T.Tensor<[2]>) => T.sum(Linalg.solve(a, b)))(T.of([2, 9])) // => T.of([0.375, 0.25])
 * Linalg.solve(T.of([[1, 2], [2, 4]]), T.of([1, 1])) // throws solve: the matrix is singular, pivot 1 is 0; expected an invertible matrix
 */
export const solve: Solve = dual<Solve>((a: Tensor, b: Tensor) =>
  solveWith('solve', a, b, (left, right) => run(left, right, { transpose: false, ...weak }))
)
