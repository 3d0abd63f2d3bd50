/** The exponential of matrices. */
import { exponentialInto, exponentialSpace } from '../kernel/matrixExponential.js'
import { align } from '../primitive/batch.js'
import { bind, bindOne } from '../primitive/bind.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { type Shape, size } from '../shape/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { columnsOf, doublesOf, drawMatrix, drawStack, fromDoubles, mT, requireFloatSquare } from './matrix.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const largest = (x: Float64Array, at: number, count: number): number => {
  let most = 0
  for (let i = at; i < at + count; i++) most = Math.max(most, Math.abs(x[i]!))
  return most
}

/** Adds a block, times a factor, to a matrix of `order` rows, where row and column are counted in blocks. */
const lay = (
  n: number,
  block: Float64Array,
  at: number,
  factor: number,
  whole: Float64Array,
  order: number,
  row: number,
  column: number
): void => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) whole[(row * n + i) * order + column * n + j] = block[at + i * n + j]! * factor
  }
}

/**
 * The derivative of the exponential along k directions, by blocks that are numbered by subsets of them: A on the diagonal, and
 * the direction j from each subset without it to the same one with it. The derivative is the block from none to all.
 * Directions are brought to size 1 for the time being: large ones would cost digits. It is linear in each, and so 0 along
 * one of zeros, at any matrix.
 */
const evaluate = (operands: readonly Concrete[]): Concrete => {
  const { shape, dtype } = operands[0]!
  const n = columnsOf(shape)
  const [a, ...directions] = operands.map(doublesOf)
  const subsets = 2 ** directions.length
  const order = subsets * n
  const out = new Float64Array(size(shape))
  const space = exponentialSpace(order)
  for (let at = 0; at < out.length; at += n * n) {
    const sizes = directions.map((each) => largest(each, at, n * n))
    if (sizes.includes(0)) continue
    const whole = new Float64Array(order * order)
    const result = new Float64Array(order * order)
    for (let subset = 0; subset < subsets; subset++) {
      lay(n, a!, at, 1, whole, order, subset, subset)
      directions.forEach((each, j) => {
        if ((subset & (1 << j)) === 0) lay(n, each, at, 1 / sizes[j]!, whole, order, subset, subset | (1 << j))
      })
    }
    exponentialInto(order, whole, 0, space, result, 0)
    const scale = sizes.reduce((product, each) => product * each, 1)
    for (let i = 0; i < n; i++) {
      const from = i * order + order - n
      for (let j = 0; j < n; j++) out[at + i * n + j] = result[from + j]! * scale
    }
  }
  return fromDoubles(shape, dtype, out)
}

/** Six products and a solve, of a matrix with a block for each subset of the directions. */
const ofApproximation = (directions: number): Primitive['cost'] =>
  counted(perMatrix((_m, n) => (44 * (2 ** directions * n) ** 3) / 3))

/**
 * The exponential of the first of several stacks of square matrices, or its derivative along the others. The trace of C^T with it
 * is the derivative of the trace of the exponential along all of them: symmetric, so each pullback is the same
 * operation at the transposed matrices, with the cotangent among the directions.
 */
export const matrixExpPrimitive: Primitive<None> = {
  name: 'matrixExp',
  kind: 'opaque',
  infer: ([a]) => [a!],
  evaluate: (operands) => [evaluate(operands)],
  // A Pade approximation of degree 13; how often it is squared depends on the values.
  cost: (operands, ...more) => ({
    ...ofApproximation(operands.length - 1)!(operands, ...more),
    atLeast: true
  }),
  derivative: {
    jvp: (tangents, operands) => {
      const parts = tangents.flatMap((tangent, i) => (tangent === undefined ? [] : [moved(operands, i, tangent)]))
      return [parts.length === 0 ? undefined : parts.reduce((sum, part) => add(sum, part))]
    },
    vjp: (operands) => {
      const transposed = operands.map(mT)
      return ([ct]) => operands.map((_, i) => (ct === undefined ? undefined : moved(transposed, i, ct)))
    }
  },
  batch: (operands, mapped, params, front) => bind(matrixExpPrimitive, align(operands, mapped, front), params),
  sample: (draw) => {
    const n = draw.integer(0, 3)
    const stack = drawStack(draw)
    const a = mul(drawMatrix(draw, stack, n, n), draw.pick([0.01, 0.3, 1, 3]))
    const directions = Array.from({ length: draw.integer(0, 2) }, () => drawMatrix(draw, stack, n, n))
    return { operands: [a, ...directions], params: none }
  }
}

/** The derivative along one operand. */
const moved = (operands: readonly Tensor[], index: number, x: Tensor): Tensor =>
  bindOne(
    matrixExpPrimitive,
    index === 0 ? [...operands, x] : operands.map((each, i) => (i === index ? x : each)),
    none
  )

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
