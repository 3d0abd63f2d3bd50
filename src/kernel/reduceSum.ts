/** Sums along the middle extent of a contiguous block (outer, n, inner); a first version. */
import type { Data } from '../DType.js'

export const sumInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void => {
  for (let i = 0; i < outer; i++) {
    for (let k = 0; k < inner; k++) {
      let total = 0
      for (let j = 0; j < n; j++) total += data[offset + (i * n + j) * inner + k]!
      out[i * inner + k] = total
    }
  }
}
