/** Inverses of matrices. */
import { lostPivot, zeroPivot } from '../kernel/lu.js'
import { type Primitive, bind } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import { neg } from '../tensor/arithmetic.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { factored } from './lu.js'
import {
  doublesOf,
  drawSquare,
  fromDoubles,
  hasNaN,
  mT,
  product,
  requireFloatSquare,
  rowsOf,
  stackOf
} from './matrix.js'
import { refuseSingular, solveFactored } from './solve.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const evaluate = (a: Concrete): Concrete => {
  const n = rowsOf(a.shape)
  const stack = stackOf(a.shape)
  const factors = factored(a)
  const x = new Float64Array(size(a.shape))
  for (let matrix = 0; matrix < size(stack); matrix++) {
    const at = matrix * n * n
    const lost = lostPivot(n, factors.lu, at)
    if (lost >= 0 && !hasNaN(factors.lu, at, n * n)) {
      throw refuseSingular('inverse', stack, matrix, lost, factors.lu[at + lost * (n + 1)]!)
    }
    for (let i = 0; i < n; i++) x[at + i * (n + 1)] = 1
    solveFactored(n, n, factors, matrix, false, x, at)
  }
  return fromDoubles(a.shape, a.dtype, x)
}

/** The inverses of stacks of square matrices: d(a^-1) = -a^-1 da a^-1. */
export const inversePrimitive: Primitive = op<1, undefined>({
  name: 'inverse',
  arity: 1,
  infer: (a) => a,
  evaluate,
  jvp: [(tangent, _a, out) => neg(product(product(out, tangent), out))],
  vjp: [
    (_a, out) => {
      const transposed = mT(out)
      return (ct) => neg(product(product(transposed, ct), transposed))
    }
  ],
  batch: ([a]) => bind(inversePrimitive, [a!], undefined),
  sample: (draw) => ({ operands: [drawSquare(draw)], params: undefined })
})

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The inverse of a matrix, by Gaussian elimination with partial pivoting; of each matrix of a stack `[..., n, n]`.
 *
 * To solve equations, `solve` is faster and more accurate. Integers become float32; float32 is computed in double and
 * rounded once. NaN gives NaN.
 *
 * @throws ShapeError when `a` is not square
 * @throws LinalgError when `a` is singular: a pivot is 0, or no larger than the rounding errors of the sum that it is
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.inverse(T.of([[2, 0], [1, 4]])) // => T.of([[0.5, 0], [-0.125, 0.25]])
 * Linalg.inverse(T.of([[1, 2], [2, 4]])) // throws inverse: a singular matrix, pivot 1 is 0; an invertible matrix is required
 */
export const inverse = <S extends Shape>(a: Tensor<S>): Tensor<S> =>
  typed(bind(inversePrimitive, [requireFloatSquare('inverse', a)], undefined))
