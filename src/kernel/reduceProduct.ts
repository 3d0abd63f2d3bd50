/** Products along the middle extent of a contiguous block `(outer, n, inner)`. */
import type { Data } from '../DType.js'
import { combine, isInteger } from './cumulative.js'

/** Columns taken at a time when rows multiply rows: the products stay in the cache. */
const chunk = 1024

/** The product along the middle extent; of nothing, 1. In double, rounded when written; integers modulo 2^32. */
export const prodInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void => {
  const wraps = isInteger(data)
  const totals = new Float64Array(Math.min(chunk, inner))
  for (let o = 0; o < outer; o++) {
    const start = offset + o * n * inner
    if (inner === 1) {
      let total = 1
      for (let p = start; p < start + n; p++) total = combine(total, data[p]!, true, wraps)
      out[o] = total
      continue
    }
    for (let from = 0; from < inner; from += chunk) {
      const width = Math.min(chunk, inner - from)
      totals.fill(1)
      for (let j = 0; j < n; j++) {
        const row = start + j * inner + from
        for (let k = 0; k < width; k++) totals[k] = combine(totals[k]!, data[row + k]!, true, wraps)
      }
      const to = o * inner + from
      for (let k = 0; k < width; k++) out[to + k] = totals[k]!
    }
  }
}
