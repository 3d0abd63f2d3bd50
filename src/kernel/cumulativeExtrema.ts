/** Where the largest or smallest element so far is, along the middle extent of a contiguous block `(outer, n, inner)`. */
import type { Data } from '../DType.js'

/**
 * For each element the position of the largest up to it (with a sign of -1, of the smallest), of equal ones the first that is
 * met; from a NaN on, its own. In reverse it starts from the last element.
 */
export const extremeSoFarInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  sign: 1 | -1,
  reverse: boolean,
  out: Int32Array
): void => {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const lane = o * n * inner + i
      let best = -Infinity
      let place = reverse ? n - 1 : 0
      for (let step = 0; step < n; step++) {
        const j = reverse ? n - 1 - step : step
        const value = sign * data[offset + lane + j * inner]!
        if (value > best || (value !== value && best === best)) {
          best = value
          place = j
        }
        out[lane + j * inner] = place
      }
    }
  }
}
