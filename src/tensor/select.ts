/** The choice between two tensors, elementwise. */
import { dual } from '../internal/dual.js'
import { type DType, promote } from '../DType.js'
import { align } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { besideNumber, meetingShape } from '../primitive/elementwise.js'
import * as E from '../primitive/expression.js'
import { bindOne } from '../primitive/bind.js'
import { type None, type Params, type Primitive, none } from '../primitive/model.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import type { Shape } from '../shape/model.js'
import type { Broadcast, Broadcasts } from '../shape/static.js'
import { evaluateSelect } from './evaluate.js'
import { type Tensor, fill, fromNumber } from './model.js'
import { broadcastToShape, cast } from './structural.js'

const zeroLike = (x: Tensor): Tensor => fill(x.shape, x.dtype, 0)

/** The elements of one tensor where the mask is true, of the other where it is false; all of one shape, the two of one type. */
export const wherePrimitive: Primitive = op<3, None>({
  name: 'where',
  kind: 'elementwise',
  arity: 3,
  scalar: E.select(E.x, E.y, E.operand(2)),
  infer: (_mask, a) => a,
  evaluate: (mask, a, b, _params, out) => evaluateSelect(mask, a, b, out),
  jvp: [
    undefined,
    (t, mask) => bindOne(wherePrimitive, [mask, t, zeroLike(t)], none),
    (t, mask) => bindOne(wherePrimitive, [mask, zeroLike(t), t], none)
  ],
  vjp: [
    undefined,
    (mask) => (ct) => bindOne(wherePrimitive, [mask, ct, zeroLike(ct)], none),
    (mask) => (ct) => bindOne(wherePrimitive, [mask, zeroLike(ct), ct], none)
  ],
  batch: (operands, mapped, _params, size) => bindOne(wherePrimitive, align(operands, mapped, size), none),
  sample: (draw) => {
    const shape = draw.shape()
    return { operands: [draw.mask(shape), draw.tensor(shape, real), draw.tensor(shape, real)], params: none }
  }
})

const typeOfChoice = (a: Tensor | number, b: Tensor | number): DType => {
  if (typeof a === 'number') {
    return typeof b === 'number' ? 'float32' : besideNumber('where', 'any', a, b.dtype)
  }
  return typeof b === 'number' ? besideNumber('where', 'any', b, a.dtype) : promote(a.dtype, b.dtype)
}

const choose = (mask: Tensor, a: Tensor | number, b: Tensor | number): Tensor => {
  requireTensor('where', mask)
  if (mask.dtype !== 'bool') {
    throw new DTypeError(
      'where',
      `the mask is ${mask.dtype}; expected bool, compare with T.greater(x, 0) or the like, or cast with T.cast(x, 'bool')`
    )
  }
  if (typeof a !== 'number') requireTensor('where', a)
  if (typeof b !== 'number') requireTensor('where', b)
  const dtype = typeOfChoice(a, b)
  const partly = typeof a === 'number' ? mask.shape : meetingShape('where', mask.shape, a.shape)
  const shape = typeof b === 'number' ? partly : meetingShape('where', partly, b.shape)
  const operand = (x: Tensor | number): Tensor =>
    broadcastToShape(typeof x === 'number' ? fromNumber(dtype, x) : cast(x, dtype), shape)
  return bindOne(wherePrimitive, [broadcastToShape(mask, shape), operand(a), operand(b)], none)
}

/** The door to `where`: `where(mask, a, b)` or `pipe(mask, where(a, b))`. */
export interface Where extends HasPrimitive {
  <M extends Shape, A extends Shape, B extends Shape>(
    mask: Tensor<M>,
    a: Tensor<A> & Broadcasts<'where', M, A>,
    b: Tensor<B> & Broadcasts<'where', Broadcast<M, A>, B>
  ): Tensor<Broadcast<Broadcast<M, A>, B>>
  <M extends Shape, A extends Shape>(
    mask: Tensor<M>,
    a: Tensor<A> & Broadcasts<'where', M, A>,
    b: number
  ): Tensor<Broadcast<M, A>>
  <M extends Shape, B extends Shape>(
    mask: Tensor<M>,
    a: number,
    b: Tensor<B> & Broadcasts<'where', M, B>
  ): Tensor<Broadcast<M, B>>
  <M extends Shape>(mask: Tensor<M>, a: number, b: number): Tensor<M>
  (a: number, b: number): <M extends Shape>(mask: Tensor<M>) => Tensor<M>
  <A extends Shape>(
    a: Tensor<A>,
    b: number
  ): <M extends Shape>(mask: Tensor<M> & Broadcasts<'where', M, A>) => Tensor<Broadcast<M, A>>
  <B extends Shape>(
    a: number,
    b: Tensor<B>
  ): <M extends Shape>(mask: Tensor<M> & Broadcasts<'where', M, B>) => Tensor<Broadcast<M, B>>
  <A extends Shape, B extends Shape>(
    a: Tensor<A>,
    b: Tensor<B>
  ): <M extends Shape>(
    mask: Tensor<M> & Broadcasts<'where', M, A> & Broadcasts<'where', Broadcast<M, A>, B>
  ) => Tensor<Broadcast<Broadcast<M, A>, B>>
}

/**
 * `a` where the mask is true, `b` where it is false. The three broadcast; `a` and `b` promote, and either may be a number.
 *
 * Each cotangent goes to the branch that was chosen, and to the other one a zero that no infinity beside it can spoil: the gradient
 * of `where(x > 0, log x, 0)` is 0 at 0, at every order.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.where(T.of([true, false]), T.of([1, 2]), 0) // => T.of([1, 0])
 * pipe(T.of([true, false]), T.where(T.of([1, 2]), T.of([3, 4]))) // => T.of([1, 4])
 *
 * const f = (x: T.Tensor<[]>) => T.where(T.greater(x, 0), T.log(x), 0)
 * grad(f)(T.scalar(0)) // => T.scalar(0)
 */
export const where: Where = expose<Where, Params>(dual<Where>(choose, 3), wherePrimitive)
