/** Refusals of what types would not let pass, but plain JavaScript and casts do. */
import { type DType, all } from '../DType.js'
import { show } from '../internal/given.js'
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

/** Refuses what is no tensor; `place` says which operand it is, where there are many. */
export const requireTensor = (operation: string, x: unknown, place = ''): void => {
  if (isTensor(x)) return
  const given =
    typeof x === 'number' ? `the number ${x}` : Array.isArray(x) ? 'an array' : `a value of type ${typeof x}`
  throw new TypeError(`${operation}: ${given}${place}; a tensor is required, make one with T.of or T.scalar`)
}

/** Refuses what is no list of tensors. */
export const requireTensors = (operation: string, xs: unknown): void => {
  if (!Array.isArray(xs)) throw new TypeError(`${operation}: ${show(xs)}; an array of tensors is required`)
  xs.forEach((x, i) => requireTensor(operation, x, ` as operand ${i}`))
}

/** Refuses what is no element type. */
export const requireDType = (operation: string, dtype: DType): void => {
  if (all.includes(dtype)) return
  throw new DTypeError(operation, `dtype ${String(dtype)}; float32, float64, int32 or bool is required`)
}

/** Refuses what is no array, such as one axis where their order is wanted. */
export const requireList = (operation: string, name: string, list: unknown, required: string): void => {
  if (!Array.isArray(list)) throw new ShapeError(operation, [], `${name} ${show(list)}; ${required} is required`)
}

/** The error for an operand that is differentiated without a rule. */
export const missingRule = (name: string, index: number): Error =>
  new Error(`${name}: operand ${index} was differentiated; it has no rule`)
