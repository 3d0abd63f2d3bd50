/** Products of matrices and vectors beside `T.matmul`: that of Kronecker, and that of vectors in space. */
import { allocate, promote } from '../DType.js'
import { dual } from '../internal/dual.js'
import { crossInto, restoreCrossZeros } from '../kernel/cross.js'
import { counted } from '../primitive/cost.js'
import { align } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireTensor } from '../internal/require.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import { type Shape, ShapeError, broadcast, show, size } from '../shape/model.js'
import type { Broadcast } from '../shape/static.js'
import { mul } from '../tensor/arithmetic.js'
import { type Zeros, strong, weak } from '../tensor/matmul.js'
import { type Tensor, contiguous, fromData } from '../tensor/model.js'
import { broadcastToShape, cast, reshapeTo } from '../tensor/structural.js'
import { columnsOf, requireMatrix, rowsOf, stackOf } from './matrix.js'

// -----------------------------------------------------------------------------
// the product of Kronecker
// -----------------------------------------------------------------------------

/** Dual: `f(a, b)` is `pipe(a, f(b))`. */
interface Kronecker {
  (a: Tensor<[number, number]>, b: Tensor<[number, number]>): Tensor<[number, number]>
  (a: Tensor, b: Tensor): Tensor
  (b: Tensor): (a: Tensor) => Tensor
}

/**
 * The Kronecker product: the block matrix of a_ij B, of matrices `[..., m, n]` and `[..., p, q]`. It is `[..., m p, n q]`; leading
 * axes broadcast, types promote, and integers stay integers.
 *
 * @throws ShapeError when an operand is not a matrix, or the leading axes do not broadcast
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.kron(T.of([[1, 10]]), T.of([[1, 2], [3, 4]])) // => T.of([[1, 2, 10, 20], [3, 4, 30, 40]])
 * pipe(T.eye(2), Linalg.kron(T.of([[1, 2]]))) // => T.of([[1, 2, 0, 0], [0, 0, 1, 2]])
 */
export const kron: Kronecker = dual<Kronecker>((a: Tensor, b: Tensor): Tensor => {
  requireMatrix('kron', a)
  requireMatrix('kron', b)
  const stack = broadcast(stackOf(a.shape), stackOf(b.shape))
  if (stack === undefined) {
    const rule = `the shapes are ${show(a.shape)} and ${show(b.shape)}; expected axes before the last two that broadcast`
    throw new ShapeError('kron', [a.shape, b.shape], rule)
  }
  const [m, n, p, q] = [rowsOf(a.shape), columnsOf(a.shape), rowsOf(b.shape), columnsOf(b.shape)]
  const blocks = mul<Shape, Shape>(
    reshapeTo(a, [...stackOf(a.shape), m, 1, n, 1]),
    reshapeTo(b, [...stackOf(b.shape), 1, p, 1, q])
  )
  return reshapeTo(blocks, [...stack, m * p, n * q])
})

// -----------------------------------------------------------------------------
// the product of vectors in space
// -----------------------------------------------------------------------------

/** Vectors [..., 3] of one shape and type. Each operand's derivative is again such a product: <c, a x b> = <a, b x c>. */
const crossPrimitive: Primitive<Zeros> = op<2, Zeros>({
  name: 'cross',
  kind: 'contract',
  arity: 2,
  cost: counted((_operands, [out]) => 3 * size(out!.shape)),
  infer: (a) => ({ shape: a.shape, dtype: a.dtype === 'bool' ? 'int32' : a.dtype }),
  evaluate: (a, b, { strongZero }, out) => {
    const x = contiguous(a)
    const y = contiguous(b)
    const result = allocate(out.dtype, size(out.shape))
    crossInto(result.length / 3, x.data, x.offset, y.data, y.offset, result)
    if (strongZero) restoreCrossZeros(result.length / 3, x.data, x.offset, y.data, y.offset, result)
    return fromData(out.shape, out.dtype, result)
  },
  jvp: [(tangent, _a, b) => crossOf(tangent, b, strong), (tangent, a) => crossOf(a, tangent, strong)],
  vjp: [(_a, b) => (ct) => crossOf(b, ct, strong), (a) => (ct) => crossOf(ct, a, strong)],
  batch: (operands, mapped, zeros, front) => bindOne(crossPrimitive, align(operands, mapped, front), zeros),
  sample: (draw) => {
    const shape = [...draw.shape({ maxRank: 2, maxSize: 3 }), 3]
    const operands = [draw.tensor(shape, real), draw.tensor(shape, real)]
    return { operands, params: { strongZero: draw.pick([false, true]) } }
  }
})

const crossOf = (a: Tensor, b: Tensor, zeros: Zeros): Tensor => bindOne(crossPrimitive, [a, b], zeros)

/** Dual: `f(a, b)` is `pipe(a, f(b))`. */
interface Cross {
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B>): Tensor<Broadcast<A, B>>
  <B extends Shape>(b: Tensor<B>): <A extends Shape>(a: Tensor<A>) => Tensor<Broadcast<A, B>>
}

/**
 * The vector product of vectors in space, along the last axis, which has three elements: orthogonal to both, as long as the
 * area between them. Leading axes broadcast, types promote, and integers stay integers.
 *
 * @throws ShapeError when the last axis of an operand has not three elements, or the shapes do not broadcast
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.cross(T.of([1, 0, 0]), T.of([0, 1, 0])) // => T.of([0, 0, 1])
 * pipe(T.of([[0, 1, 0], [0, 0, 1]]), Linalg.cross(T.of([1, 0, 0]))) // => T.of([[0, 0, -1], [0, 1, 0]])
 */
export const cross: Cross & HasPrimitive<Zeros> = expose(
  dual<Cross>((a: Tensor, b: Tensor): Tensor => {
    requireTensor('cross', a)
    requireTensor('cross', b)
    const refuse = (rule: string): ShapeError =>
      new ShapeError(
        'cross',
        [a.shape, b.shape],
        `the shapes are ${show(a.shape)} and ${show(b.shape)}; expected ${rule}`
      )
    if ([a, b].some(({ shape }) => shape[shape.length - 1] !== 3)) {
      throw refuse('a last axis of 3 elements in both')
    }
    const shape = broadcast(a.shape, b.shape)
    if (shape === undefined) throw refuse('axes before the last that broadcast')
    const common = promote(a.dtype, b.dtype)
    const dtype = common === 'bool' ? 'int32' : common
    return crossOf(broadcastToShape(cast(a, dtype), shape), broadcastToShape(cast(b, dtype), shape), weak)
  }),
  crossPrimitive
)
