/** Powers of matrices with whole exponents. */
import { refusal } from '../internal/describe.js'
import { dual } from '../internal/dual.js'
import type { Shape } from '../shape/model.js'
import { matmul } from '../tensor/matmul.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { inverse } from './inverse.js'
import { columnsOf, identity, requireFloatSquare, stackOf } from './matrix.js'

interface MatrixPower {
  <S extends Shape>(a: Tensor<S>, n: number): Tensor<S>
  (n: number): <S extends Shape>(a: Tensor<S>) => Tensor<S>
}

/** A^n for n >= 1, by repeated squaring. */
const power = (a: Tensor, n: number): Tensor => {
  if (n === 1) return a
  const half = power(a, Math.floor(n / 2))
  const even: Tensor = matmul(half, half)
  return n % 2 === 0 ? even : matmul(even, a)
}

/**
 * A square matrix to the power of a whole number: A^n = A A ... A, the identity for 0, and the inverse to the power -n for
 * negative n. By repeated squaring: 2 log2 n products at most.
 *
 * The shape `[..., n, n]` stays; integers become float32. Dual: `matrixPower(a, n)` is `pipe(a, matrixPower(n))`.
 *
 * @throws ShapeError when `a` is not square
 * @throws RangeError when the exponent is not an integer
 * @throws LinalgError when the exponent is negative and `a` singular
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const fibonacci = T.of([[1, 1], [1, 0]])
 * Linalg.matrixPower(fibonacci, 10) // => T.of([[89, 55], [55, 34]])
 * pipe(T.of([[2, 0], [0, 4]]), Linalg.matrixPower(-2)) // => T.of([[0.25, 0], [0, 0.0625]])
 */
export const matrixPower: MatrixPower = dual<MatrixPower>((a: Tensor, n: number): Tensor => {
  const x = requireFloatSquare('matrixPower', a)
  if (!Number.isInteger(n)) throw new RangeError(refusal('matrixPower', 'the exponent', n, 'an integer'))
  if (n === 0) return identity(stackOf(x.shape), columnsOf(x.shape), x.dtype)
  return within('matrixPower', () => (n > 0 ? power(x, n) : power(inverse(x), -n)))
})
