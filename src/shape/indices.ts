/** Indices along an axis: checked, and counted from the front; and the error for one that is out of range. */
import { describe, isTensorLike, refusal } from '../internal/describe.js'
import type { Data } from '../DType.js'

/**
 * An index lies outside of its axis. The message reads *operation: what was given; what was expected*.
 *
 * @example
 * import { IndexError } from 'pullback/Shape'
 * import * as T from 'pullback/Tensor'
 *
 * const attempt = () => {
 *   try {
 *     return T.gather(T.of([1, 2, 3]), [5])
 *   } catch (error) {
 *     return error instanceof IndexError ? [error.operation, error.index, error.size] : error
 *   }
 * }
 * attempt() // => ['gather', 5, 3]
 */
export class IndexError extends RangeError {
  override readonly name: string = 'IndexError'
  /** The operation as the user wrote it. */
  readonly operation: string
  /** The index that was given. */
  readonly index: number
  /** The size of the axis. */
  readonly size: number

  /** @param lowest the first index that is allowed, where negative ones do not count from the end. */
  constructor(operation: string, index: number, size: number, lowest: number = -size) {
    const expected = size === 0 ? 'an axis that is not empty' : `an integer from ${lowest} to ${size - 1}`
    super(`${operation}: index is ${describe(index)} on an axis of size ${size}; expected ${expected}`)
    this.operation = operation
    this.index = index
    this.size = size
  }
}

/** Refuses a tensor where positions are numbers, as they decide shapes. */
export const refuseTensor = (operation: string, given: unknown, what: string): void => {
  if (!isTensorLike(given)) return
  throw new TypeError(`${refusal(operation, what, given, 'a number')}, pick by a tensor of indices with T.gather`)
}

/** One index counted from the front: negative ones count from the end; out of range throws an `IndexError`. */
export const normalizeIndex = (operation: string, index: number, size: number): number => {
  if (Number.isInteger(index) && index >= -size && index < size) return index < 0 ? index + size : index
  refuseTensor(operation, index, 'the index')
  throw new IndexError(operation, index, size)
}

/** `count` indices from `offset` on, each counted from the front. */
export const normalizeIndices = (
  operation: string,
  indices: Data | readonly number[],
  offset: number,
  count: number,
  size: number
): Int32Array => {
  const result = new Int32Array(count)
  if (indices instanceof Int32Array) {
    for (let i = 0; i < count; i++) {
      const index = indices[offset + i]!
      result[i] = index >= 0 && index < size ? index : normalizeIndex(operation, index, size)
    }
    return result
  }
  for (let i = 0; i < count; i++) {
    const index = indices[offset + i]!
    result[i] = index >= 0 && index < size && Number.isInteger(index) ? index : normalizeIndex(operation, index, size)
  }
  return result
}
