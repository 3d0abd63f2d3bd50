/** Eigenvalues, singular values, and what follows from them. */
import { epsilon, toFloat } from '../../../DType.js'
import { eighPrimitive } from '../../../linalg/eigh.js'
import { lstsqPrimitive } from '../../../linalg/leastSquares.js'
import { asColumn, mT, symmetricPart } from '../../../linalg/matrix.js'
import { polarPrimitive } from '../../../linalg/polar.js'
import { lyapunovPrimitive, matrixSqrtPrimitive } from '../../../linalg/squareRoot.js'
import { svdPrimitive } from '../../../linalg/svd.js'
import { size } from '../../../shape/model.js'
import { takeAlongAxis } from '../../../tensor/alongAxis.js'
import { abs, add, div, mul } from '../../../tensor/arithmetic.js'
import { greater, lessEqual } from '../../../tensor/comparison.js'
import { matmul } from '../../../tensor/matmul.js'
import { maximum } from '../../../tensor/minMaxOfTwo.js'
import { max } from '../../../tensor/minMaxOverAxes.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { sqrt } from '../../../tensor/root.js'
import { where } from '../../../tensor/select.js'
import { argsort } from '../../../tensor/sorting.js'
import { reshapeTo } from '../../../tensor/structural.js'
import { columnsIn, orthogonalOf, signsOf, symmetricOf } from './jacobi.js'
import { type Entry, flatStack, on, onOne, onTwo, withStrongZeros } from './model.js'

/** A number for each column of each matrix. */
const asRow = (x: Tensor): Tensor => reshapeTo(x, [x.shape[0]!, 1, x.shape[1]!])

// -----------------------------------------------------------------------------
// symmetric matrices
// -----------------------------------------------------------------------------

const eigh = (a: Tensor): readonly Tensor[] => {
  const { shape } = a
  if (size(shape) === 0) return [reshapeTo(a, shape.slice(0, -1)), a]
  const [values, vectors] = symmetricOf(flatStack(a))
  const order = argsort(values)
  const ordered = columnsIn(vectors, order)
  return [reshapeTo(takeAlongAxis(values, order), shape.slice(0, -1)), reshapeTo(mul(ordered, signsOf(ordered)), shape)]
}

/** V diag(f(w)) V^T of a symmetric matrix V diag(w) V^T. */
const matrixSqrt = (a: Tensor): Tensor => {
  if (size(a.shape) === 0) return a
  const [values, vectors] = symmetricOf(flatStack(symmetricPart(a)))
  return reshapeTo(matmul(mul(vectors, asRow(sqrt(maximum(values, 0)))), mT(vectors)), a.shape)
}

/** Eigenvalues up to this many units in the last place of the largest one, for each row, count as 0. */
const roundings = 8

/** X with S X + X S = C: in the eigenvectors of S, the quotients by sums of eigenvalues. */
const lyapunov = (s: Tensor, c: Tensor): Tensor => {
  if (size(c.shape) === 0) return c
  const [values, vectors] = symmetricOf(flatStack(symmetricPart(s)))
  const inner = matmul(mT(vectors), matmul(flatStack(c), vectors))
  const sums = add(asColumn(values), asRow(values))
  const least = roundings * values.shape[1]! * epsilon(toFloat(c.dtype))
  const isZero = lessEqual(abs(sums), mul(max(abs(sums), { axis: [1, 2], keepDims: true }), least / 2))
  const quotients = where(isZero, 0, div(inner, where(isZero, 1, sums)))
  return reshapeTo(matmul(vectors, matmul(quotients, mT(vectors))), c.shape)
}

// -----------------------------------------------------------------------------
// singular values
// -----------------------------------------------------------------------------

interface Factors {
  readonly u: Tensor
  readonly s: Tensor
  readonly v: Tensor
}

/** Of matrices with at least as many rows as columns; a column of U that belongs to the singular value 0 is 0. */
const tall = (a: Tensor): Factors => {
  const [lengths, columns, turns] = orthogonalOf(a)
  const order = argsort(lengths, { descending: true })
  const s = takeAlongAxis(lengths, order)
  const divisor = asRow(where(greater(s, 0), s, 1))
  return { u: div(columnsIn(columns, order), divisor), s, v: columnsIn(turns, order) }
}

const factors = (a: Tensor): Factors => {
  const x = flatStack(a)
  if (x.shape[1]! >= x.shape[2]!) return tall(x)
  const { u, s, v } = tall(mT(x))
  return { u: v, s, v: u }
}

const svd = (a: Tensor): readonly Tensor[] => {
  const types = svdPrimitive.infer([a], {})
  if (size(a.shape) === 0) return types.map(({ shape, dtype }) => fill(shape, dtype, 0))
  const { u, s, v } = factors(a)
  const signs = signsOf(u)
  return [mul(u, signs), s, mT(mul(v, signs))].map((each, i) => reshapeTo(each, types[i]!.shape))
}

const polar = (a: Tensor): readonly Tensor[] => {
  const types = polarPrimitive.infer([a], {})
  if (size(a.shape) === 0) return types.map(({ shape, dtype }) => fill(shape, dtype, 0))
  const { u, s, v } = factors(a)
  const p = matmul(mul(v, asRow(s)), mT(v))
  return [matmul(u, mT(v)), symmetricPart(p)].map((each, i) => reshapeTo(each, types[i]!.shape))
}

/** The solution of least length among those of least squares: singular values up to a part of the largest count as 0. */
const lstsq = (a: Tensor, b: Tensor, cutoff: number, transpose: boolean): Tensor => {
  const { u, s, v } = factors(a)
  const [left, right] = transpose ? [v, u] : [u, v]
  const isLost = lessEqual(s, mul(max(s, { axis: 1, keepDims: true }), cutoff))
  const weights = where(isLost, 0, div(1, where(isLost, 1, s)))
  return matmul(right, mul(matmul(mT(left), flatStack(b)), asColumn(weights)))
}

const leastSquares: Entry = onTwo(lstsqPrimitive, (a, b, params) => {
  const { shape, dtype } = lstsqPrimitive.infer([a, b], params)[0]!
  if (size(shape) === 0 || size(a.shape) === 0) return fill(shape, dtype, 0)
  const x = lstsq(a, b, params.cutoff, params.transpose)
  return reshapeTo(withStrongZeros(x, flatStack(b), params.strongZero), shape)
})

/**
 * The decompositions of eigenvalues and singular values. Of singular matrices the vectors beside the rank are 0, where the kernels complete
 * them to a basis; and a square root of eigenvalues below 0 is not refused: they count as 0.
 */
export const ofSpectra: readonly Entry[] = [
  on(eighPrimitive, ([a]) => eigh(a!)),
  on(svdPrimitive, ([a]) => svd(a!)),
  on(polarPrimitive, ([a]) => polar(a!)),
  onOne(matrixSqrtPrimitive, matrixSqrt),
  onTwo(lyapunovPrimitive, lyapunov),
  leastSquares
]
