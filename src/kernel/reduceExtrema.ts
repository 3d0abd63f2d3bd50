/** Extrema along the middle extent of a contiguous block `(outer, n, inner)`; `n` is at least 1. */
import type { Data } from '../DType.js'

/** Columns taken at a time when rows are compared with rows, so that their results stay in the cache. */
const chunk = 1024

const extremum = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  largest: boolean
): void => {
  for (let o = 0; o < outer; o++) {
    const start = offset + o * n * inner
    if (inner === 1) {
      let best = data[start]!
      for (let p = start + 1; p < start + n; p++) best = largest ? Math.max(best, data[p]!) : Math.min(best, data[p]!)
      out[o] = best
      continue
    }
    for (let from = 0; from < inner; from += chunk) {
      const width = Math.min(chunk, inner - from)
      const to = o * inner + from
      for (let k = 0; k < width; k++) out[to + k] = data[start + from + k]!
      for (let j = 1; j < n; j++) {
        const row = start + j * inner + from
        for (let k = 0; k < width; k++) {
          const best = out[to + k]!
          out[to + k] = largest ? Math.max(best, data[row + k]!) : Math.min(best, data[row + k]!)
        }
      }
    }
  }
}

/** The largest along the middle extent; NaN where there is one. Of the two zeros, 0 is larger than -0. */
export const maxInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void =>
  extremum(data, offset, outer, n, inner, out, true)

/** The smallest along the middle extent; NaN where there is one. Of the two zeros, -0 is smaller than 0. */
export const minInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void =>
  extremum(data, offset, outer, n, inner, out, false)

/** Whether `value` comes before `best`: a strict comparison, so that the first of equals stays, in which NaN beats all. */
const beats = (value: number, best: number, largest: boolean): boolean =>
  (largest ? value > best : value < best) || (value !== value && best === best)

const position = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Int32Array,
  largest: boolean
): void => {
  const bests = new Float64Array(inner === 1 ? 0 : Math.min(chunk, inner))
  for (let o = 0; o < outer; o++) {
    const start = offset + o * n * inner
    if (inner === 1) {
      let best = data[start]!
      let at = 0
      for (let j = 1; j < n; j++) {
        const value = data[start + j]!
        if (beats(value, best, largest)) {
          best = value
          at = j
        }
      }
      out[o] = at
      continue
    }
    for (let from = 0; from < inner; from += chunk) {
      const width = Math.min(chunk, inner - from)
      const to = o * inner + from
      out.fill(0, to, to + width)
      for (let k = 0; k < width; k++) bests[k] = data[start + from + k]!
      for (let j = 1; j < n; j++) {
        const row = start + j * inner + from
        for (let k = 0; k < width; k++) {
          const value = data[row + k]!
          if (beats(value, bests[k]!, largest)) {
            bests[k] = value
            out[to + k] = j
          }
        }
      }
    }
  }
}

/** Where the largest is along the middle extent: the first NaN, or else the first of the largest, as in NumPy. */
export const argmaxInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Int32Array
): void => position(data, offset, outer, n, inner, out, true)

/** Where the smallest is along the middle extent: the first NaN, or else the first of the smallest, as in NumPy. */
export const argminInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Int32Array
): void => position(data, offset, outer, n, inner, out, false)
