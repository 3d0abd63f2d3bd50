/** Running sums and products along the middle extent of a contiguous block `(outer, n, inner)`. */
import type { Data } from '../DType.js'

/** Where a running sum or product starts and what it includes. */
export interface Cumulative {
  /** Leave out the element itself: the first result is then the sum or product of nothing. */
  readonly exclusive: boolean
  /** Run from the last element to the first. */
  readonly reverse: boolean
}

/** Columns taken at a time when rows are added to rows: the totals stay in the cache. */
const chunk = 1024

/** Whether arithmetic on these elements is modulo 2^32. */
export const isInteger = (data: Data): boolean => data instanceof Int32Array || data instanceof Uint8Array

/** One step in double, or modulo 2^32. */
export const combine = (total: number, value: number, product: boolean, wraps: boolean): number => {
  if (wraps) return product ? Math.imul(total, value) : (total + value) | 0
  return product ? total * value : total + value
}

const cumulate = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  { exclusive, reverse }: Cumulative,
  product: boolean
): void => {
  const wraps = isInteger(data)
  const unit = product ? 1 : 0
  const step = reverse ? -inner : inner
  const totals = new Float64Array(Math.min(chunk, inner))
  for (let o = 0; o < outer; o++) {
    const first = o * n * inner + (reverse ? (n - 1) * inner : 0)
    if (inner === 1) {
      let total = unit
      for (let j = 0, p = first; j < n; j++, p += step) {
        const next = combine(total, data[offset + p]!, product, wraps)
        out[p] = exclusive ? total : next
        total = next
      }
      continue
    }
    for (let from = 0; from < inner; from += chunk) {
      const width = Math.min(chunk, inner - from)
      totals.fill(unit)
      for (let j = 0, row = first + from; j < n; j++, row += step) {
        for (let k = 0; k < width; k++) {
          const total = totals[k]!
          const next = combine(total, data[offset + row + k]!, product, wraps)
          out[row + k] = exclusive ? total : next
          totals[k] = next
        }
      }
    }
  }
}

/**
 * Running sums: `out[j] = sum of data[i], i <= j`; over `i < j` when exclusive; over `i >= j` or `i > j` in reverse.
 * Floats are added in double, one after the other, and rounded as they are written; integers are added modulo 2^32.
 */
export const cumsumInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  options: Cumulative
): void => cumulate(data, offset, outer, n, inner, out, options, false)

/** Running products, as `cumsumInto` has running sums. */
export const cumprodInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  options: Cumulative
): void => cumulate(data, offset, outer, n, inner, out, options, true)
