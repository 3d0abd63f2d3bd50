/** Triangular systems of equations. */
import { options, flag } from '../internal/options.js'
import { dualBy, dataAt } from '../internal/dual.js'
import { promote, toFloat } from '../DType.js'
import { allZero } from '../kernel/strongZero.js'
import { restoreSubstitutionZeros, substitute } from '../kernel/substitution.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { align } from '../primitive/batch.js'
import { type Draw, interval } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireTensor } from '../internal/require.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, broadcast, equals, show, size, positionAt } from '../shape/model.js'
import type { MatMul } from '../shape/static.js'
import { add, neg } from '../tensor/arithmetic.js'
import { type Zeros, weak } from '../tensor/matmul.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { broadcastToShape, cast, reshapeTo } from '../tensor/structural.js'
import { LinalgError, ofMatrix } from './error.js'
import {
  asColumn,
  columnsOf,
  diagonalMatrix,
  doublesOf,
  drawMatrix,
  drawStack,
  fromDoubles,
  hasNaN,
  intoColumns,
  lower as lowerOf,
  mT,
  outOfColumns,
  product,
  rowsOf,
  stackOf,
  upper as upperOf
} from './matrix.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Which triangle of a matrix is meant, and how it is read.
 *
 * @example
 * import type { TriangularOptions } from 'pullback/Linalg'
 *
 * const transposedLower: TriangularOptions = { lower: true, transpose: true }
 * transposedLower.unitDiagonal ?? false // => false
 */
export interface TriangularOptions {
  /** Whether the triangle on and below the diagonal is meant (the default), or that on and above it. The other is not read. */
  readonly lower?: boolean
  /** Whether the transposed triangle stands in the equations. */
  readonly transpose?: boolean
  /** Whether the diagonal counts as ones, and is not read. */
  readonly unitDiagonal?: boolean
}

/** A triangle, and the operation for errors. Only the user's own call has weak zeros. */
export interface Triangular extends Zeros {
  readonly operation: string
  readonly lower: boolean
  readonly transpose: boolean
  readonly unit: boolean
}

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const refuseZero = (operation: string, stack: Shape, matrix: number, i: number): LinalgError => {
  const indices = positionAt(matrix, stack)
  return operation === 'triangularSolve'
    ? new LinalgError(
        operation,
        `the triangle is singular, diagonal element ${i}${ofMatrix(indices)} is 0; expected a diagonal without zeros`,
        indices
      )
    : new LinalgError(
        operation,
        `the derivative is taken at a singular matrix, pivot ${i}${ofMatrix(indices)} is 0; expected an invertible matrix`,
        indices
      )
}

/** Whether the elements of the triangle are free of NaN. */
const isClean = (n: number, a: Float64Array, at: number, { lower, unit }: Triangular): boolean => {
  for (let i = 0; i < n; i++) {
    const first = at + i * n + (lower ? 0 : unit ? i + 1 : i)
    if (hasNaN(a, first, lower ? (unit ? i : i + 1) : unit ? n - 1 - i : n - i)) return false
  }
  return true
}

const evaluate = (a: Concrete, b: Concrete, params: Triangular, shape: Shape): Concrete => {
  const { operation, lower, transpose, unit, strongZero } = params
  const [n, k] = [rowsOf(b.shape), columnsOf(b.shape)]
  const stack = stackOf(shape)
  const data = doublesOf(a)
  const x = doublesOf(b)
  const triangle = {
    data,
    row: transpose ? 1 : n,
    column: transpose ? n : 1,
    lower: lower !== transpose,
    unit
  }
  for (let matrix = 0; matrix < size(stack); matrix++) {
    const at = matrix * n * n
    const to = matrix * n * k
    if (strongZero && allZero(x, to, n * k)) continue
    let zero = -1
    for (let i = 0; i < n && zero < 0 && !unit; i++) if (data[at + i * (n + 1)] === 0) zero = i
    if (zero >= 0 && isClean(n, data, at, params)) throw refuseZero(operation, stack, matrix, zero)
    substitute(n, k, triangle, at, x, to)
    if (strongZero && hasNaN(x, to, n * k)) restoreSubstitutionZeros(n, k, triangle, at, doublesOf(b), x, to)
  }
  return fromDoubles(shape, b.dtype, x)
}

/** The triangle that counts. */
const masked = (x: Tensor, { lower, unit }: Triangular): Tensor =>
  lower ? lowerOf(x, unit ? -1 : 0) : upperOf(x, unit ? 1 : 0)

const drawTriangle = (draw: Draw): { readonly operands: readonly Tensor[]; readonly params: Triangular } => {
  const stack = drawStack(draw)
  const n = draw.integer(0, 3)
  const params = {
    operation: 'triangularSolve',
    lower: draw.pick([true, false]),
    transpose: draw.pick([false, true]),
    unit: draw.pick([false, true]),
    strongZero: draw.pick([false, true])
  }
  const diagonal = diagonalMatrix(draw.tensor([...stack, n], interval(1, 2)))
  const a = add(drawMatrix(draw, stack, n, n), diagonal)
  return { operands: [a, drawMatrix(draw, stack, n, draw.integer(0, 2))], params }
}

/** Stacks of triangles [..., n, n] and right sides [..., n, k], of one stack and one type. */
export const triangularSolvePrimitive: Primitive<Triangular> = op<2, Triangular>({
  name: 'triangularSolve',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n, k) => n * n * k)),
  arity: 2,
  refuses: [0, 1],
  infer: (_a, b) => b,
  evaluate: (a, b, params, out) => evaluate(a, b, params, out.shape),
  jvp: [
    (tangent, a, _b, x, params) =>
      neg(solveTriangle(a, product(operated(masked(tangent, params), params), x), inRule(params))),
    (tangent, a, _b, _x, params) => solveTriangle(a, tangent, inRule(params))
  ],
  vjp: [
    (a, _b, x, params) => (ct) => {
      const back = solveTriangle(a, ct, turned(params))
      return neg(masked(params.transpose ? product(x, mT(back)) : product(back, mT(x)), params))
    },
    (a, _b, _x, params) => (ct) => solveTriangle(a, ct, turned(params))
  ],
  batch: ([a, b], mapped, params, front) => {
    if (mapped[0] === true) return bindOne(triangularSolvePrimitive, align([a!, b!], mapped, front), params)
    const k = columnsOf(b!.shape)
    return outOfColumns(bindOne(triangularSolvePrimitive, [a!, intoColumns(b!)], params), front, k)
  },
  sample: drawTriangle
})

const operated = (x: Tensor, { transpose }: Triangular): Tensor => (transpose ? mT(x) : x)

const inRule = (params: Triangular): Triangular => ({ ...params, strongZero: true })

const turned = (params: Triangular): Triangular => ({ ...params, transpose: !params.transpose, strongZero: true })

/** Solves with stacks of one shape and type that have been checked. */
export const solveTriangle = (a: Tensor, b: Tensor, params: Triangular): Tensor =>
  bindOne(triangularSolvePrimitive, [a, b], params)

// -----------------------------------------------------------------------------
// systems of equations
// -----------------------------------------------------------------------------

/** The front of all solvers: checks and types, a vector as a column, stacks that broadcast; `run` gets one stack. */
export const solveWith = (operation: string, a: Tensor, b: Tensor, run: (a: Tensor, b: Tensor) => Tensor): Tensor => {
  const stack = requireSystem(operation, a, b, true)
  const isVector = b.shape.length === 1
  const n = columnsOf(a.shape)
  const dtype = toFloat(promote(a.dtype, b.dtype))
  const left = cast(a, dtype)
  const right = isVector ? asColumn(cast(b, dtype)) : cast(b, dtype)
  const k = columnsOf(right.shape)
  if (isVector) {
    const x = run(left, broadcastToShape(right, [...stackOf(left.shape), n, 1]))
    return reshapeTo(x, x.shape.slice(0, -1))
  }
  const [before, behind] = [stackOf(left.shape), stackOf(right.shape)]
  const extra = behind.length - before.length
  if (extra > 0 && equals(behind.slice(extra), before)) {
    // Equations for many right sides are solved at once: the axes that a lacks become columns.
    const front = size(behind.slice(0, extra))
    const columns = intoColumns(reshapeTo(right, [front, ...before, n, k]))
    return reshapeTo(outOfColumns(run(left, columns), front, k), right.shape)
  }
  return run(broadcastToShape(left, [...stack, n, n]), broadcastToShape(right, [...stack, n, k]))
}

/** The axes of the stack of a system of equations a x = b; refuses shapes that are not one. */
export const requireSystem = (operation: string, a: Tensor, b: Tensor, isSquare: boolean): Shape => {
  requireTensor(operation, a, 'the matrix')
  requireTensor(operation, b, 'the right side')
  const refuse = (expected: string): ShapeError =>
    new ShapeError(
      operation,
      [a.shape, b.shape],
      `the shapes are ${show(a.shape)} and ${show(b.shape)}; expected ${expected}`
    )
  if (a.shape.length < 2 || (isSquare && rowsOf(a.shape) !== columnsOf(a.shape))) {
    throw refuse(`a ${isSquare ? 'square ' : ''}matrix or a stack of them as the first`)
  }
  if (b.shape.length === 0) throw refuse('a right side of at least one axis')
  const rows = rowsOf(a.shape)
  const given = b.shape.length === 1 ? b.shape[0] : rowsOf(b.shape)
  if (given !== rows) throw refuse(`a right side of ${rows} ${rows === 1 ? 'row' : 'rows'}, not ${given}`)
  const stack = broadcast(stackOf(a.shape), b.shape.length === 1 ? [] : stackOf(b.shape))
  if (stack === undefined) throw refuse('axes before the last two that broadcast')
  return stack
}

const check = options<TriangularOptions>('triangularSolve', { lower: flag, transpose: flag, unitDiagonal: flag })

const solved = (a: Tensor, b: Tensor, given: TriangularOptions = {}): Tensor => {
  const { lower = true, transpose = false, unitDiagonal = false } = given
  const params = { operation: 'triangularSolve', lower, transpose, unit: unitDiagonal, ...weak }
  return solveWith('triangularSolve', a, b, (left, right) => solveTriangle(left, right, params))
}

/** A solver of equations with options. Dual: `f(a, b, options)` is `pipe(a, f(b, options))`. */
interface TriangularSolve {
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B>, options?: TriangularOptions): Tensor<MatMul<A, B>>
  <B extends Shape>(b: Tensor<B>, options?: TriangularOptions): <A extends Shape>(a: Tensor<A>) => Tensor<MatMul<A, B>>
}

/**
 * The solution x of a triangular system T x = b, by substitution, where T is a triangle of `a`: by default the lower
 * one; the other is not read. With `transpose` the system is T^T x = b.
 *
 * `a` is `[..., n, n]`; `b` is a vector `[n]` if it has one axis, else `[..., n, k]`, a right side per column; leading axes
 * broadcast. Integers become float32; float32 is computed in double and rounded once. NaN gives NaN. Derivatives are
 * again triangular solves (Giles, *An extended collection of matrix derivative results*, 2008): that in `a` is zero
 * outside of the triangle.
 *
 * @throws ShapeError when `a` is not square, or the shapes do not fit
 * @throws LinalgError when an element of the diagonal is 0, by its index
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const l = T.of([[2, 0], [1, 4]])
 * Linalg.triangularSolve(l, T.of([2, 9])) // => T.of([1, 2])
 * pipe(l, Linalg.triangularSolve(T.of([4, 8]), { transpose: true })) // => T.of([1, 2])
 * Linalg.triangularSolve(T.of([[2, 1], [0, 0]]), T.of([4, 8]), { lower: false }) // throws triangularSolve: the triangle is singular, diagonal element 1 is 0; expected a diagonal without zeros
 */
export const triangularSolve: TriangularSolve = dualBy<TriangularSolve>(dataAt(1, check), solved)
