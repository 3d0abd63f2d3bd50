/** Cofactor matrices, the derivatives of determinants: at singular matrices too, and to any order. */
import { cofactorInto } from '../kernel/cofactor.js'
import { allZero } from '../kernel/strongZero.js'
import { align } from '../primitive/batch.js'
import { type Draw, interval } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { type Shape, size } from '../shape/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { type Concrete, type Tensor, fromData } from '../tensor/model.js'
import { doublesOf, drawSquare, drawStack, fromDoubles, hasNaN, product, rowsOf, stackOf, replaced } from './matrix.js'

const evaluate = (operands: readonly Concrete[]): Concrete => {
  const { shape, dtype } = operands[0]!
  const n = rowsOf(shape)
  const [a, ...directions] = operands.map(doublesOf)
  const out = new Float64Array(size(shape))
  for (let matrix = 0; matrix < size(stackOf(shape)); matrix++) {
    const at = matrix * n * n
    // Linear in each direction: along one of zeros it is 0, at any matrix.
    if (directions.some((each) => allZero(each, at, n * n))) continue
    if ([a!, ...directions].some((each) => hasNaN(each, at, n * n))) out.fill(NaN, at, at + n * n)
    else cofactorInto(n, a!, directions, at, out)
  }
  return fromDoubles(shape, dtype, out)
}

/** Regular matrices, and singular ones of the largest rank, where cofactors are not zero. */
const drawAny = (draw: Draw, stack: Shape, n: number): Tensor => {
  const a = drawSquare(draw, stack, n)
  if (n === 0 || draw.pick([true, false])) return a
  const lastIsZero = fromData(
    [n],
    'float64',
    Float64Array.from({ length: n }, (_, i) => (i < n - 1 ? 1 / (n + 1) : 0))
  )
  return product(mul(a, lastIsZero), drawSquare(draw, stack, n))
}

/**
 * G(a; h_1, ..., h_k), the derivative of the cofactor matrix of `a` along k directions, of the same shape; with none, the
 * cofactor matrix itself, which is the gradient of the determinant.
 *
 * <c, G(a; h_1, ..., h_k)> is the derivative of order k + 1 of the determinant along c, h_1, ..., h_k: symmetric in all of
 * them, so each pullback is G again, with the cotangent among the directions; and along `a`, with one direction more.
 */
export const cofactorPrimitive: Primitive<None> = {
  name: 'cofactor',
  kind: 'opaque',
  infer: ([a]) => [a!],
  evaluate: (operands) => [evaluate(operands)],
  derivative: {
    jvp: (tangents, operands) => {
      const parts = tangents.flatMap((tangent, i) => (tangent === undefined ? [] : [moved(operands, i, tangent)]))
      return [parts.length === 0 ? undefined : parts.reduce((sum, part) => add(sum, part))]
    },
    vjp:
      (operands) =>
      ([ct]) =>
        operands.map((_, i) => (ct === undefined ? undefined : moved(operands, i, ct)))
  },
  batch: (operands, mapped, params, front) => bind(cofactorPrimitive, align(operands, mapped, front), params),
  sample: (draw) => {
    const stack = drawStack(draw)
    const n = draw.integer(0, 3)
    const directions = Array.from({ length: draw.integer(0, 2) }, () =>
      draw.tensor([...stack, n, n], interval(0.5, 1.5))
    )
    return { operands: [drawAny(draw, stack, n), ...directions], params: none }
  }
}

/** The derivative along one operand, and its transpose. */
const moved = (operands: readonly Tensor[], index: number, x: Tensor): Tensor =>
  cofactor(index === 0 ? [...operands, x] : replaced(operands, index, x))

/** The cofactor matrix of the first, or its derivative along the others. */
export const cofactor = (operands: readonly Tensor[]): Tensor => bind(cofactorPrimitive, operands, none)[0]!
