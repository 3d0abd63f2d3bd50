/** Linear recurrences of first order along the middle extent of contiguous blocks `(outer, n, inner)`. */
import type { Data } from '../DType.js'
import { guarded } from './scalars.js'

/**
 * `out[j] = b[j] + a[j] out[j - 1]`, from the first to the last or in reverse, in double. Zero is strong: a result of
 * zero contributes nothing to the next, even where `a` is infinite.
 */
export const recurrenceInto = (
  a: Data,
  aOffset: number,
  b: Data,
  bOffset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  reverse: boolean
): void => {
  const states = new Float64Array(inner)
  for (let o = 0; o < outer; o++) {
    states.fill(0)
    for (let j = 0; j < n; j++) {
      const row = (o * n + (reverse ? n - 1 - j : j)) * inner
      for (let k = 0; k < inner; k++) {
        const state = states[k]!
        const next = b[bOffset + row + k]! + guarded(a[aOffset + row + k]!, state)
        states[k] = next
        out[row + k] = next
      }
    }
  }
}
