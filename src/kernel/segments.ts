/** The largest element of each segment, along the middle extent of a contiguous block `(outer, n, inner)`. */
import type { Data } from '../DType.js'

/**
 * `out[o, ids[o, j, i], i]` is the largest of `data[o, j, i]`, NaN where there is one, for ids that are below `count`. Where
 * nothing belongs to a segment, `out` keeps what it holds.
 */
export const segmentMaxInto = (
  data: Data,
  offset: number,
  ids: Int32Array,
  outer: number,
  n: number,
  inner: number,
  count: number,
  out: Data
): void => {
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < n; j++) {
      const row = (o * n + j) * inner
      for (let i = 0; i < inner; i++) {
        const value = data[offset + row + i]!
        const to = (o * count + ids[row + i]!) * inner + i
        if (value > out[to]! || value !== value) out[to] = value
      }
    }
  }
}
