/** The front of elementwise primitives: the types they compute in, and the functions that carry them. */
import { type DType, holds, toFloat } from '../DType.js'
import { type Shape, ShapeError, broadcast, show } from '../shape/model.js'
import type { Primitive, TensorType } from './model.js'
import type { HasPrimitive } from './op.js'
import { DTypeError } from '../internal/require.js'

/**
 * Which element types an elementwise operation computes in: `'float'` promotes integers and booleans to float32,
 * `'number'` promotes booleans to int32, `'any'` takes all as they are.
 *
 * @example
 * import { type Accepts, real, unary } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const accepts: Accepts = 'number'
 * const double = unary({ name: 'double', domain: real, f: (x) => 2 * x, diagonal: () => double, accepts })
 * double(T.of([1, 2], 'int32')) // => T.of([2, 4], 'int32')
 */
export type Accepts = 'float' | 'number' | 'any'

/** The type that an operation computes in. */
export const accepted = (accepts: Accepts, dtype: DType): DType =>
  accepts === 'float' ? toFloat(dtype) : accepts === 'number' && dtype === 'bool' ? 'int32' : dtype

/** Whether the fields of a value can be read. The types guarantee it, but plain JavaScript can pass `undefined`. */
export const isGiven = (x: unknown): boolean => x !== undefined && x !== null

/** The dtype of a computation with a number and a tensor: the tensor's, which must be able to hold the number. */
export const besideNumber = (name: string, accepts: Accepts, value: number, dtype: DType): DType => {
  const own = accepted(accepts, dtype)
  if (holds(own, value)) return own
  if (holds('int32', value)) return 'int32'
  const expected = Number.isInteger(value) ? 'a number from -2^31 to 2^31 - 1' : 'a whole number'
  throw new DTypeError(
    name,
    `the number ${value} stands beside a tensor of ${dtype}; expected ${expected}, or cast the tensor with T.cast(x, 'float32')`
  )
}

/** The type of the result, which has the shape of the operand. */
export const typeOf = (x: TensorType, result: 'bool' | undefined): TensorType =>
  result === undefined ? x : { shape: x.shape, dtype: result }

/** What shapes that broadcast have in common. */
export const meeting = 'expected sizes that are equal or 1, from the last axis on'

/** The shape that two operands broadcast to; throws in the user's terms. */
export const meetingShape = (name: string, a: Shape, b: Shape): Shape => {
  const shape = broadcast(a, b)
  if (shape !== undefined) return shape
  throw new ShapeError(name, [a, b], `${show(a)} and ${show(b)} do not broadcast; ${meeting}`)
}

/** Casts to the signature `F`, which the maker's checks ensure, and attaches the primitive. */
export const carrying = <F extends HasPrimitive>(call: (...args: never[]) => unknown, primitive: Primitive): F =>
  Object.assign(call, { primitive }) as unknown as F
