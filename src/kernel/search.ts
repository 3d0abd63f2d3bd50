/** Binary search in sorted arrays. */
import type { Data } from '../DType.js'

/** Whether `x` stands before `y` in sorted order, in which NaN is last. */
const isBefore = (x: number, y: number): boolean => x < y || (y !== y && x === x)

/** For each value: how many of the `n` sorted elements stand before it, or (`right`) not after it. */
export const searchSortedInto = (
  sorted: Data,
  offset: number,
  n: number,
  values: Data,
  valuesOffset: number,
  right: boolean,
  out: Int32Array
): void => {
  for (let i = 0; i < out.length; i++) {
    const value = values[valuesOffset + i]!
    let from = 0
    let to = n
    while (from < to) {
      const middle = (from + to) >>> 1
      const element = sorted[offset + middle]!
      if (right ? !isBefore(value, element) : isBefore(element, value)) from = middle + 1
      else to = middle
    }
    out[i] = from
  }
}
