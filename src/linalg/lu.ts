/** The factors of a matrix by Gaussian elimination with partial pivoting: the rows in another order are L U. */
import { eliminateInto, factorInto } from '../kernel/lu.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { align } from '../primitive/batch.js'
import type { Draw } from '../primitive/domain.js'
import { bind, bindOne } from '../primitive/bind.js'
import { type None, type Primitive, type TensorType, none } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import type { IsDynamic } from '../shape/static.js'
import { add, mul, neg, sub } from '../tensor/arithmetic.js'
import { takeAlongAxis } from '../tensor/alongAxis.js'
import { strong } from '../tensor/matmul.js'
import { type Concrete, type Tensor, fromData } from '../tensor/model.js'
import { reshapeTo } from '../tensor/structural.js'
import { typed } from '../tensor/typed.js'
import { place, take } from '../tensor/stridedWindow.js'
import {
  columnsOf,
  doublesOf,
  drawMatrix,
  drawStack,
  fromDoubles,
  hasNaN,
  identity,
  lower,
  mT,
  product,
  requireFloatMatrix,
  rowsOf,
  stackOf,
  upper
} from './matrix.js'
import { type Triangular, solveTriangle } from './triangularSolve.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The factors of each matrix of a stack, as elimination leaves them. */
export interface Factored {
  /** The multipliers of L below the diagonals, U on them and above. */
  readonly lu: Float64Array
  /** For each matrix, the numbers of its rows in their new order. */
  readonly rows: Int32Array
  /** For each matrix, the sign of that permutation. */
  readonly signs: Int8Array
}

type Vectors<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, number]
      ? [...Stack, M]
      : Shape

type Lower<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, infer N extends number]
      ? [...Stack, M, Least<M, N>]
      : Shape

type Upper<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, infer N extends number]
      ? [...Stack, Least<M, N>, N]
      : Shape

/** The smaller of two sizes, where it is known without arithmetic. */
type Least<M extends number, N extends number> = [M, N] extends [N, M] ? M : number

// -----------------------------------------------------------------------------
// factors
// -----------------------------------------------------------------------------

const known = new WeakMap<Concrete, Factored>()

/**
 * The factors of concrete matrices. They are remembered for as long as the tensor lives, so that a solution and its
 * derivatives, which solve with the same matrix again, factor it once.
 */
export const factored = (x: Concrete): Factored => {
  const found = known.get(x)
  if (found !== undefined) return found
  const [m, n] = [rowsOf(x.shape), columnsOf(x.shape)]
  const count = size(stackOf(x.shape))
  const lu = doublesOf(x)
  const rows = new Int32Array(count * m)
  const signs = new Int8Array(count)
  for (let i = 0; i < count; i++) signs[i] = factorInto(m, n, lu, i * m * n, rows, i * m)
  const made = { lu, rows, signs }
  known.set(x, made)
  return made
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The order in which elimination with partial pivoting takes the rows: their numbers, [..., m] of [..., m, n]. */
export const pivotsPrimitive: Primitive<None> = op<1, None>({
  name: 'pivots',
  kind: 'opaque',
  cost: counted(
    perMatrix((m, n) => 2 * (m * Math.min(m, n) * n - ((m + n) * Math.min(m, n) ** 2) / 2 + Math.min(m, n) ** 3 / 3))
  ),
  arity: 1,
  infer: (x) => ({ shape: x.shape.slice(0, -1), dtype: 'int32' }),
  evaluate: (x, _params, out) => fromData(out.shape, 'int32', factored(x).rows.slice()),
  jvp: undefined,
  vjp: undefined,
  batch: ([x]) => bindOne(pivotsPrimitive, [x!], none),
  sample: (draw) => {
    const stack = drawStack(draw)
    const [m, n] = [draw.integer(0, 3), draw.integer(0, 3)]
    return { operands: [drawn(draw, stack, m, n)], params: none }
  }
})

/** Matrices whose pivots stand on the diagonal, also when their elements move a little. */
const drawn = (draw: Draw, stack: Shape, m: number, n: number): Tensor => {
  const k = Math.min(m, n)
  const diagonal = place(identity(stack, k, 'float64'), corner([...stack, m, n], k))
  return add(drawMatrix(draw, stack, m, n), mul(diagonal, k + 1))
}

/** The window of the first `k` rows and columns of each matrix. */
const corner = (
  shape: Shape,
  k: number,
  l = k
): {
  readonly starts: readonly number[]
  readonly steps: readonly number[]
  readonly sizes: Shape
  readonly shape: Shape
  readonly value: number
} => ({
  starts: shape.map(() => 0),
  steps: shape.map(() => 1),
  sizes: [...stackOf(shape), k, l],
  shape,
  value: 0
})

const typesOf = ({ shape, dtype }: TensorType): readonly [TensorType, TensorType] => {
  const [m, n] = [rowsOf(shape), columnsOf(shape)]
  const k = Math.min(m, n)
  return [
    { shape: [...stackOf(shape), m, k], dtype },
    { shape: [...stackOf(shape), k, n], dtype }
  ]
}

const evaluate = (x: Concrete): readonly Concrete[] => {
  const [m, n] = [rowsOf(x.shape), columnsOf(x.shape)]
  const k = Math.min(m, n)
  const [left, right] = typesOf(x)
  const lu = doublesOf(x)
  const l = new Float64Array(size(left.shape))
  const u = new Float64Array(size(right.shape))
  for (let matrix = 0; matrix < size(stackOf(x.shape)); matrix++) {
    const at = matrix * m * n
    eliminateInto(m, n, lu, at)
    if (hasNaN(lu, at, m * n)) lu.fill(NaN, at, at + m * n)
    for (let i = 0; i < m; i++) {
      const row = (matrix * m + i) * n
      const toL = (matrix * m + i) * k
      for (let j = 0; j < Math.min(i, k); j++) l[toL + j] = lu[row + j]!
      if (i >= k) continue
      l[toL + i] = 1
      const toU = (matrix * k + i) * n
      for (let j = i; j < n; j++) u[toU + j] = lu[row + j]!
    }
  }
  return [fromDoubles(left.shape, x.dtype, l), fromDoubles(right.shape, x.dtype, u)]
}

const unitLower: Triangular = { operation: 'lu', lower: true, transpose: false, unit: true, ...strong }
const upperTriangle: Triangular = { operation: 'lu', lower: false, transpose: false, unit: false, ...strong }

/** The sum of the terms that are present. */
const plus = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  a === undefined ? b : b === undefined ? a : add(a, b)

/** x U^-1. */
const overUpper = (x: Tensor, u: Tensor): Tensor => mT(solveTriangle(u, mT(x), { ...upperTriangle, transpose: true }))

/** x U^-T. */
const overLower = (x: Tensor, u: Tensor): Tensor => mT(solveTriangle(u, mT(x), upperTriangle))

/** A factor made square, with ones along the rest of the diagonal, so that all cases follow from the square one. */
const squared = (x: Tensor, n: number): Tensor => {
  const { shape, dtype } = x
  const [rows, columns] = [rowsOf(shape), columnsOf(shape)]
  if (rows === n && columns === n) return x
  const rest = n - Math.min(rows, columns)
  const square = [...stackOf(shape), n, n]
  const ones = { ...corner(square, rest), starts: square.map((_, axis) => (axis < square.length - 2 ? 0 : n - rest)) }
  return add(widened(x, n), place(identity(stackOf(shape), rest, dtype), ones))
}

/** A factor made square with zeros, for tangents and cotangents. */
const widened = (x: Tensor, n: number): Tensor =>
  place(x, { ...corner([...stackOf(x.shape), n, n], rowsOf(x.shape), columnsOf(x.shape)) })

const narrowed = (x: Tensor, rows: number, columns: number): Tensor => take(x, corner(x.shape, rows, columns))

/**
 * The factors of matrices whose rows are in order, without pivoting. With N = tril(L^-1 dA U^-1, -1): dL = L N, and
 * dU = L^-1 dA - N U, whose first row is that of dA to the last bit.
 */
export const eliminatePrimitive: Primitive<None> = {
  name: 'lu',
  kind: 'opaque',
  cost: counted(
    perMatrix((m, n) => 2 * (m * Math.min(m, n) * n - ((m + n) * Math.min(m, n) ** 2) / 2 + Math.min(m, n) ** 3 / 3))
  ),
  infer: ([x]) => typesOf(x!),
  evaluate: ([x]) => evaluate(x!),
  derivative: {
    jvp: ([tangent], [x], [l, u]) => {
      if (tangent === undefined) return [undefined, undefined]
      const [m, n] = [rowsOf(x!.shape), columnsOf(x!.shape)]
      const [k, order] = [Math.min(m, n), Math.max(m, n)]
      const [left, right] = [squared(l!, order), squared(u!, order)]
      const moved = solveTriangle(left, widened(tangent, order), unitLower)
      const below = lower(overUpper(moved, right), -1)
      return [narrowed(product(left, below), m, k), narrowed(upper(sub(moved, product(below, right))), k, n)]
    },
    vjp: ([x], [l, u]) => {
      const [m, n] = [rowsOf(x!.shape), columnsOf(x!.shape)]
      const order = Math.max(m, n)
      return ([ofL, ofU]) => {
        const [left, right] = [squared(l!, order), squared(u!, order)]
        const above = ofU === undefined ? undefined : upper(widened(ofU, order))
        const ofBelow = ofL === undefined ? undefined : product(mT(left), widened(ofL, order))
        const taken = above === undefined ? undefined : neg(product(above, mT(right)))
        const below = plus(ofBelow, taken)
        const both = plus(above, below && overLower(lower(below, -1), right))
        return [both && narrowed(solveTriangle(left, both, { ...unitLower, transpose: true }), m, n)]
      }
    }
  },
  batch: (operands, mapped, params, front) => bind(eliminatePrimitive, align(operands, mapped, front), params),
  sample: (draw) => {
    const stack = drawStack(draw)
    const [m, n] = [draw.integer(0, 3), draw.integer(0, 3)]
    return { operands: [drawn(draw, stack, m, n)], params: none }
  }
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The factors `[p, L, U]` of a matrix, by Gaussian elimination with partial pivoting: the rows of `a` in the order `p` are
 * L U, `a[p] = L U`, with L unit lower triangular and U upper triangular.
 *
 * Of `[..., m, n]`, with k the smaller of m and n, `p` is int32 `[..., m]`, `L` is `[..., m, k]` and `U` is `[..., k, n]`:
 * `scipy.linalg.lu` with `p_indices=True` (there, `L[p]` is in the order of `a`; here `a[p]` is in that of L). Integers
 * become float32; float32 is computed in double and rounded once. A NaN makes the factors of its matrix NaN.
 *
 * `p` is constant under derivatives. With M = L^-1 da[p] U^-1 those of the factors are dL = L tril(M, -1), dU = triu(M) U,
 * also of a matrix that is not square, with ones on its diagonals up to the larger size. They exist where the pivots are not
 * zero, and throw elsewhere.
 *
 * @throws ShapeError when `a` is not a matrix
 * @throws LinalgError when a derivative is taken where a pivot is 0
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const [p, l, u] = Linalg.lu(T.of([[1, 2], [4, 4]]))
 * p // => T.of([1, 0], 'int32')
 * l // => T.of([[1, 0], [0.25, 1]])
 * u // => T.of([[4, 4], [0, 1]])
 */
export const lu = <S extends Shape>(
  a: Tensor<S>
): readonly [permutation: Tensor<Vectors<S>>, lower: Tensor<Lower<S>>, upper: Tensor<Upper<S>>] => {
  const x = requireFloatMatrix('lu', a)
  const rows = bindOne(pivotsPrimitive, [x], none)
  const ordered = takeAlongAxis(x, reshapeTo(rows, [...rows.shape, 1]), { axis: -2 })
  const [l, u] = bind(eliminatePrimitive, [ordered], none)
  return [typed(rows), typed(l!), typed(u!)]
}
