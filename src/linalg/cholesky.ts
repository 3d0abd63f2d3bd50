/** The Cholesky factor of positive definite matrices. */
import { choleskyInto } from '../kernel/cholesky.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { bindOne } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size, positionAt } from '../shape/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { eye } from '../tensor/construct.js'
import { strong } from '../tensor/matmul.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { LinalgError, ofMatrix } from './error.js'
import {
  doublesOf,
  drawMatrix,
  drawStack,
  fromDoubles,
  hasNaN,
  lower,
  lowerHalf,
  mT,
  product,
  requireFloatSquare,
  rowsOf,
  stackOf
} from './matrix.js'
import { symmetrise } from './symmetric.js'
import { type Triangular, solveTriangle } from './triangularSolve.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** Makes the whole lower triangle NaN: a NaN in it hides whether the matrix was definite. */
const poisoned = (n: number, x: Float64Array, at: number): void => {
  for (let i = 0; i < n; i++) {
    x.fill(NaN, at + i * n, at + i * n + i + 1)
    x.fill(0, at + i * n + i + 1, at + (i + 1) * n)
  }
}

const evaluate = (a: Concrete): Concrete => {
  const n = rowsOf(a.shape)
  const stack = stackOf(a.shape)
  const x = doublesOf(a)
  for (let matrix = 0; matrix < size(stack); matrix++) {
    const at = matrix * n * n
    const failed = choleskyInto(n, x, at)
    if (hasNaN(x, at, n * n)) poisoned(n, x, at)
    else if (failed >= 0) throw refuseIndefinite(positionAt(matrix, stack), failed, x[at + failed * (n + 1)]!)
  }
  return fromDoubles(a.shape, a.dtype, x)
}

const refuseIndefinite = (matrix: readonly number[], i: number, pivot: number): LinalgError =>
  new LinalgError(
    'cholesky',
    `the matrix is not positive definite, pivot ${i}${ofMatrix(matrix)} is ${pivot}; expected a positive definite matrix`,
    matrix
  )

const triangle: Triangular = { operation: 'cholesky', lower: true, transpose: false, unit: false, ...strong }
const transposed: Triangular = { ...triangle, transpose: true }

/** L^-1 x L^-T of a symmetric x, and L^-T x L^-1 with the transposed triangle. */
const around = (x: Tensor, l: Tensor, params: Triangular): Tensor =>
  solveTriangle(l, mT(solveTriangle(l, x, params)), params)

/** The symmetric matrix with the given lower triangle. */
const mirrored = (x: Tensor): Tensor => add(lower(x), mT(lower(x, -1)))

/**
 * The lower factor of stacks of matrices, of which only the lower triangles are read. With M = L^-1 dA L^-T:
 * dL = L (the lower triangle of M, its diagonal halved).
 */
export const choleskyPrimitive: Primitive<None> = op<1, None>({
  name: 'cholesky',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => n ** 3 / 3)),
  arity: 1,
  refuses: [0],
  infer: (a) => a,
  evaluate,
  jvp: [(tangent, _a, l) => product(l, lowerHalf(around(mirrored(tangent), l, triangle)))],
  vjp: [
    (_a, l) => (ct) => {
      const inner = lowerHalf(product(mT(l), ct))
      return lowerHalf(around(add(inner, mT(inner)), l, transposed))
    }
  ],
  batch: ([a]) => bindOne(choleskyPrimitive, [a!], none),
  sample: (draw) => {
    const n = draw.integer(0, 3)
    const x = drawMatrix(draw, drawStack(draw), n, n)
    return { operands: [add(x, mul(eye(n, 'float64'), n + 1))], params: none }
  }
})

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The Cholesky factor of a symmetric positive definite matrix: the lower triangular L with a positive diagonal and
 * L L^T = a; of each matrix of a stack `[..., n, n]`.
 *
 * It is a function of the symmetric part (a + a^T) / 2, so that gradients are symmetric; a matrix that is not symmetric, by
 * more than 1e-3 of its largest element, is refused. For finite differences, which move one element at a time, take
 * the symmetric part first. Integers become float32; float32 is computed in double and rounded
 * once. NaN gives NaN. The rules are those of Murray, *Differentiation of the Cholesky decomposition*, 2016.
 *
 * @throws ShapeError when `a` is not square
 * @throws LinalgError when `a` is not symmetric, or not positive definite: by the index of the first pivot that is not
 * positive
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.cholesky(T.of([[4, 2], [2, 10]])) // => T.of([[2, 0], [1, 3]])
 * Linalg.cholesky(T.of([[1, 2], [2, 1]])) // throws cholesky: the matrix is not positive definite, pivot 1 is -3; expected a positive definite matrix
 */
export const cholesky = <S extends Shape>(a: Tensor<S>): Tensor<S> =>
  typed(bindOne(choleskyPrimitive, [symmetrise('cholesky', requireFloatSquare('cholesky', a))], none))
