/** Triangular systems and Cholesky factors as loops over rows and columns; symmetric parts; vector products. */
import { scan } from '../../../control/scan.js'
import { choleskyPrimitive } from '../../../linalg/cholesky.js'
import { diagonalOf, lower, mT, rowsOf, upper } from '../../../linalg/matrix.js'
import { cross } from '../../../linalg/products.js'
import { symmetrisePrimitive } from '../../../linalg/symmetric.js'
import { type Triangular, triangularSolvePrimitive } from '../../../linalg/triangularSolve.js'
import { guardedMul } from '../../../primitive/elementwise.js'
import { size } from '../../../shape/model.js'
import { add, div, mul, sub } from '../../../tensor/arithmetic.js'
import { equal, greater, isNaN } from '../../../tensor/comparison.js'
import { gather } from '../../../tensor/indexing.js'
import { matmul } from '../../../tensor/matmul.js'
import { type Tensor, fill, fromData } from '../../../tensor/model.js'
import { any } from '../../../tensor/reduce.js'
import { sqrt } from '../../../tensor/root.js'
import { where } from '../../../tensor/select.js'
import { permuteTo, reshapeTo } from '../../../tensor/structural.js'
import { type Entry, flatStack, iota, onOne, onTwo, withStrongZeros } from './model.js'

// -----------------------------------------------------------------------------
// triangular systems
// -----------------------------------------------------------------------------

/** By substitution, a row at a time: the rows that are not known yet are 0. */
const substituted = (a: Tensor, b: Tensor, isLower: boolean, isUnit: boolean): Tensor => {
  const [count, n, k] = [b.shape[0]!, b.shape[1]!, b.shape[2]!]
  const beside = isLower ? lower(a, -1) : upper(a, 1)
  const rows = {
    i: iota(n, 1, 0),
    a: permuteTo(beside, [1, 0, 2]),
    b: permuteTo(b, [1, 0, 2]),
    d: permuteTo(diagonalOf(a), [1, 0])
  }
  const step = (x: Tensor, row: { readonly [Name in keyof typeof rows]: Tensor }): readonly [Tensor, readonly []] => {
    const known = reshapeTo(matmul(reshapeTo(row.a, [count, 1, n]), x), [count, k])
    const rest = sub(row.b, known)
    const next = isUnit ? rest : div(rest, reshapeTo(row.d, [count, 1]))
    return [where(equal(iota(n, 3, 1), row.i), reshapeTo(next, [count, 1, k]), x), []]
  }
  return scan(step, { reverse: !isLower })(fill(b.shape, b.dtype, 0), rows)[0]
}

const triangularSolve = (a: Tensor, b: Tensor, { lower: isLower, transpose, unit, strongZero }: Triangular): Tensor => {
  if (size(b.shape) === 0) return b
  const right = flatStack(b)
  const x = substituted(flatStack(transpose ? mT(a) : a), right, isLower !== transpose, unit)
  return reshapeTo(withStrongZeros(x, right, strongZero), b.shape)
}

// -----------------------------------------------------------------------------
// positive definite matrices
// -----------------------------------------------------------------------------

/** A column at a time, from the columns before it; NaN where the matrix is not positive definite, or has a NaN. */
const cholesky = (a: Tensor): Tensor => {
  if (size(a.shape) === 0) return a
  const x = flatStack(a)
  const [count, n] = [x.shape[0]!, x.shape[1]!]
  const step = (l: Tensor, row: { readonly k: Tensor; readonly a: Tensor }): readonly [Tensor, readonly []] => {
    const { k } = row
    const own = reshapeTo(gather(l, k, { axis: 1 }), [count, n, 1])
    const column = sub(reshapeTo(row.a, [count, n, 1]), matmul(l, own))
    const pivot = sqrt(gather(column, reshapeTo(k, [1]), { axis: 1 }))
    const place = iota(n, 3, 1)
    const next = where(equal(place, k), pivot, where(greater(place, k), div(column, pivot), 0))
    return [where(equal(iota(n, 3, 2), k), next, l), []]
  }
  const columns = { k: iota(n, 1, 0), a: permuteTo(lower(x), [2, 0, 1]) }
  const made = scan(step)(fill(x.shape, x.dtype, 0), columns)[0]
  const isLost = any(isNaN(made), { axis: [1, 2], keepDims: true })
  return reshapeTo(lower(where(isLost, NaN, made)), a.shape)
}

/** The lower triangle of the mean with the transposed, and its mirror image; whether the two differ much is not checked. */
const symmetrise = (x: Tensor): Tensor => {
  const other = mT(x)
  const mean = where(equal(x, other), x, add(x, mul(sub(other, x), 0.5)))
  const n = rowsOf(x.shape)
  return where(greater(iota(n, 2, 0), iota(n, 2, 1)), mean, mT(mean))
}

// -----------------------------------------------------------------------------
// vector products
// -----------------------------------------------------------------------------

/** The elements in the order 1, 2, 0 or 2, 0, 1. */
const turned = (x: Tensor, first: number): Tensor =>
  gather(x, fromData([3], 'int32', Int32Array.of(first, (first + 1) % 3, (first + 2) % 3)), {
    axis: x.shape.length - 1
  })

const crossed = (a: Tensor, b: Tensor, times: typeof mul | typeof guardedMul): Tensor =>
  sub(times(turned(a, 1), turned(b, 2)), times(turned(a, 2), turned(b, 1)))

/** The decompositions of triangular systems, Cholesky factors, symmetric parts and vector products. */
export const ofTriangles: readonly Entry[] = [
  onTwo(triangularSolvePrimitive, triangularSolve),
  onOne(choleskyPrimitive, cholesky),
  onOne(symmetrisePrimitive, symmetrise),
  onTwo(cross.primitive, (a, b, { strongZero }) => crossed(a, b, strongZero ? guardedMul : mul))
]
