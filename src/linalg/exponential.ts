/** The exponential of matrices. */
import { exponentialInto, exponentialSpace } from '../kernel/matrixExponential.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { bindOne } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import { abs, div, mul } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { equal } from '../tensor/comparison.js'
import { zerosLike } from '../tensor/construct.js'
import { max } from '../tensor/extrema.js'
import { concat, split } from '../tensor/join.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { where } from '../tensor/select.js'
import { typed } from '../tensor/typed.js'
import { columnsOf, doublesOf, drawMatrix, drawStack, fromDoubles, mT, requireFloatSquare, stackOf } from './matrix.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const evaluate = (a: Concrete): Concrete => {
  const n = columnsOf(a.shape)
  const data = doublesOf(a)
  const result = new Float64Array(data.length)
  const space = exponentialSpace(n)
  for (let i = 0; i < size(stackOf(a.shape)); i++) exponentialInto(n, data, i * n * n, space, result, i * n * n)
  return fromDoubles(a.shape, a.dtype, result)
}

/**
 * The derivative of the exponential at A in a direction E: the upper right block of the exponential of [[A, E], [0, A]]. It is
 * linear in E, which is therefore brought to size 1 for the time being: a large one would cost digits.
 */
const derivative = (a: Tensor, direction: Tensor): Tensor => {
  const n = columnsOf(a.shape)
  if (n === 0) return direction
  const most = max(abs(stopGradient(direction)), { axis: [-2, -1], keepDims: true })
  const scale = where(equal(most, 0), 1, most)
  const above = concat([a, div(direction, scale)], { axis: -1 })
  const below = concat([zerosLike(a), a], { axis: -1 })
  const whole = bindOne(matrixExpPrimitive, [concat([above, below], { axis: -2 })], none)
  const [top] = split(whole, 2, { axis: -2 })
  const [, corner] = split(top, 2, { axis: -1 })
  return mul(corner, scale)
}

/** Six products and a solve. */
const ofApproximation = counted(perMatrix((_m, n) => (44 * n ** 3) / 3))

/** Square stacks [..., n, n]. */
export const matrixExpPrimitive: Primitive<None> = op<1, None>({
  name: 'matrixExp',
  kind: 'opaque',
  // A Pade approximation of degree 13; how often it is squared depends on the values.
  cost: (operands, params, results) => ({ ...ofApproximation(operands, params, results), atLeast: true }),
  arity: 1,
  infer: (a) => a,
  evaluate,
  jvp: [(tangent, a) => derivative(a, tangent)],
  vjp: [(a) => (ct) => derivative(mT(a), ct)],
  batch: ([a]) => bindOne(matrixExpPrimitive, [a!], none),
  sample: (draw) => {
    const n = draw.integer(0, 3)
    return { operands: [mul(drawMatrix(draw, drawStack(draw), n, n), draw.pick([0.01, 0.3, 1, 3]))], params: none }
  }
})

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

/**
 * The exponential of a square matrix, sum_k A^k / k!: what takes x(0) to x(1) where x' = A x.
 *
 * The shape `[..., n, n]` stays. Integers become float32; float32 is computed in double and rounded once. NaN and infinities
 * give NaN. By scaling and squaring of Pade approximants (Higham, 2005); the derivative in a direction E is the upper right
 * block of the exponential of [[A, E], [0, A]] (Mathias, *A chain rule for matrix functions and applications*, 1996), right
 * to any order and at every matrix, whatever its eigenvalues.
 *
 * @throws ShapeError when `a` is not square
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.matrixExp(T.of([[0, 2], [0, 0]])) // => T.of([[1, 2], [0, 1]])
 * Linalg.matrixExp(T.of([[Math.LN2, 0], [0, 0]])) // => T.of([[2, 0], [0, 1]])
 * // d tr e^A = e^A transposed
 * grad((a: T.Tensor<[2, 2]>) => T.trace(Linalg.matrixExp(a)))(T.of([[0, 2], [0, 0]])) // => T.of([[1, 0], [2, 1]])
 */
export const matrixExp = <S extends Shape>(a: Tensor<S>): Tensor<S> =>
  typed<S>(bindOne(matrixExpPrimitive, [requireFloatSquare('matrixExp', a)], none))
