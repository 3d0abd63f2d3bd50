/** Inverses of matrices. */
import { cofactorInto } from '../kernel/cofactor.js'
import { allFinite } from '../kernel/householder.js'
import { lostPivot, zeroPivot } from '../kernel/lu.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { bindOne } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import { abs, neg } from '../tensor/arithmetic.js'
import { equal } from '../tensor/comparison.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { where } from '../tensor/select.js'
import { typed } from '../tensor/typed.js'
import { type Factored, factored } from './lu.js'
import { doublesOf, drawSquare, fromDoubles, mT, product, requireFloatSquare, rowsOf, stackOf } from './matrix.js'
import { refuseSingular, solveFactored } from './solve.js'

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** Inverts each matrix, except those that `singular` handles, by refusing them or by writing a result of its own. */
const invert = (a: Concrete, singular: (factors: Factored, matrix: number, x: Float64Array) => boolean): Concrete => {
  const n = rowsOf(a.shape)
  const factors = factored(a)
  const x = new Float64Array(size(a.shape))
  for (let matrix = 0; matrix < size(stackOf(a.shape)); matrix++) {
    const at = matrix * n * n
    if (!allFinite(factors.lu, at, n * n)) {
      x.fill(NaN, at, at + n * n)
      continue
    }
    if (singular(factors, matrix, x)) continue
    for (let i = 0; i < n; i++) x[at + i * (n + 1)] = 1
    solveFactored(n, n, factors, matrix, false, x, at)
  }
  return fromDoubles(a.shape, a.dtype, x)
}

const refusing = (a: Concrete): Concrete => {
  const n = rowsOf(a.shape)
  return invert(a, ({ lu }, matrix) => {
    const at = matrix * n * n
    const lost = lostPivot(n, lu, at)
    if (lost < 0) return false
    throw refuseSingular('inverse', stackOf(a.shape), matrix, lost, lu[at + lost * (n + 1)]!)
  })
}

const extending = (a: Concrete): Concrete => {
  const n = rowsOf(a.shape)
  return invert(a, ({ lu }, matrix, x) => {
    const at = matrix * n * n
    if (zeroPivot(n, lu, at) < 0) return false
    const cofactors = new Float64Array(n * n)
    cofactorInto(n, doublesOf(a).subarray(at, at + n * n), [], 0, cofactors)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) x[at + i * n + j] = infinite(cofactors[j * n + i]!)
    }
    return true
  })
}

/** Times infinity; 0 stays 0. */
const infinite = (x: number): number => (x === 0 ? 0 : x * Infinity)

/** The inverses of stacks of square matrices: d(a^-1) = -a^-1 da a^-1. */
export const inversePrimitive: Primitive<None> = op<1, None>({
  name: 'inverse',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => 2 * n ** 3)),
  arity: 1,
  refuses: [0],
  infer: (a) => a,
  evaluate: refusing,
  jvp: [(tangent, _a, out) => neg(product(product(out, tangent), out))],
  vjp: [
    (_a, out) => {
      const transposed = mT(out)
      return (ct) => neg(product(product(transposed, ct), transposed))
    }
  ],
  batch: ([a]) => bindOne(inversePrimitive, [a!], none),
  sample: (draw) => ({ operands: [drawSquare(draw)], params: none })
})

/**
 * The inverse, extended to singular matrices by what it grows to as the determinant falls to 0: elements are infinite, with
 * the sign of their cofactor, or 0 where that is 0. There, its derivatives are 0.
 */
export const extendedInversePrimitive: Primitive<None> = op<1, None>({
  name: 'extendedInverse',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => 2 * n ** 3)),
  arity: 1,
  infer: (a) => a,
  evaluate: extending,
  jvp: [
    (tangent, _a, out) => {
      const x = withoutInfinities(out)
      return neg(product(product(x, tangent), x))
    }
  ],
  vjp: [
    (_a, out) => {
      const x = mT(withoutInfinities(out))
      return (ct) => neg(product(product(x, ct), x))
    }
  ],
  batch: ([a]) => bindOne(extendedInversePrimitive, [a!], none),
  sample: (draw) => ({ operands: [drawSquare(draw)], params: none })
})

/** Infinite elements as 0; NaN stays. */
const withoutInfinities = (x: Tensor): Tensor => where(equal(abs(x), Infinity), 0, x)

/** The inverse, or infinities. */
export const extendedInverse = (a: Tensor): Tensor => bindOne(extendedInversePrimitive, [a], none)

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The inverse of a matrix, by Gaussian elimination with partial pivoting; of each matrix of a stack `[..., n, n]`.
 *
 * To solve equations, `solve` is faster and more accurate. Integers become float32; float32 is computed in double and
 * rounded once. NaN and infinities give NaN.
 *
 * @throws ShapeError when `a` is not square
 * @throws LinalgError when `a` is singular: a pivot is 0, or no larger than the rounding errors of the sum that it is
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.inverse(T.of([[2, 0], [1, 4]])) // => T.of([[0.5, 0], [-0.125, 0.25]])
 * Linalg.inverse(T.of([[1, 2], [2, 4]])) // throws inverse: the matrix is singular, pivot 1 is 0; expected an invertible matrix
 */
export const inverse = <S extends Shape>(a: Tensor<S>): Tensor<S> =>
  typed(bindOne(inversePrimitive, [requireFloatSquare('inverse', a)], none))
