/** Checks of values that the compiler would refuse, but plain JavaScript and casts let through. */
import { all } from '../DType.js'
import { describe, isCopy, refusal, restore } from './describe.js'
import type { Kind } from './options.js'
import { ShapeError } from '../shape/model.js'
import { isTensor } from '../tensor/model.js'

/**
 * An operation was called on an element type that it does not accept.
 *
 * @example
 * import { DTypeError } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const attempt = () => {
 *   try {
 *     return T.gather(T.of([1, 2]), T.of([0.5]))
 *   } catch (error) {
 *     return error instanceof DTypeError
 *   }
 * }
 * attempt() // => true
 */
export class DTypeError extends Error {
  override readonly name: string = 'DTypeError'
  readonly operation: string

  constructor(operation: string, rule: string) {
    super(`${operation}: ${rule}`)
    this.operation = operation
  }
}

/** Refuses a value that is not a tensor; `subject` says which one it is. */
export const requireTensor = (operation: string, x: unknown, subject = 'the operand'): void => {
  if (isTensor(x)) return
  const remedy = isCopy(x) ? restore : ', make one with T.of or T.scalar'
  throw new TypeError(`${refusal(operation, subject, x, 'a tensor')}${remedy}`)
}

/** A tensor, as an option. */
export const tensorKind: Kind = { expected: 'a tensor', holds: isTensor }

/** Refuses a value that is not a list of tensors. */
export const requireTensors = (operation: string, xs: unknown): void => {
  if (!Array.isArray(xs)) throw new TypeError(refusal(operation, 'the operand', xs, 'an array of tensors'))
  for (let i = 0; i < xs.length; i++) requireTensor(operation, xs[i], `operand ${i}`)
}

/** Refuses a value that is not a dtype. */
export const requireDType = (operation: string, dtype: unknown): void => {
  if (all.some((each) => each === dtype)) return
  throw new DTypeError(operation, `dtype is ${describe(dtype)}; expected float32, float64, int32 or bool`)
}

/** Refuses a value that is not an array, such as one axis in place of an order of axes. */
export const requireList = (operation: string, name: string, list: unknown, expected: string): void => {
  if (!Array.isArray(list)) throw new ShapeError(operation, [], `${name} is ${describe(list)}; expected ${expected}`)
}

/** The error for an operand that is differentiated without a rule. */
export const missingRule = (name: string, index: number): Error =>
  new Error(`${name}: operand ${index} was differentiated; it has no rule`)
