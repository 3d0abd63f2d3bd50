/** How elements that equal a result share in it. */
import type { Data } from '../DType.js'

/** `sharesInto` for one contiguous lane. */
const sharesOfLane = (data: Data, from: number, result: number, n: number, out: Data, to: number): void => {
  let count = 0
  for (let j = 0; j < n; j++) if (data[from + j] === result) count++
  const share = 1 / count
  const other = result === result ? 0 : NaN
  for (let j = 0; j < n; j++) out[to + j] = data[from + j] === result ? share : other
}

/**
 * Along the middle extent of a contiguous block `(outer, n, inner)`: for each element that equals the given result of its
 * lane, one divided by their number, else 0. Of a lane whose result is NaN, NaN.
 */
export const sharesInto = (
  data: Data,
  offset: number,
  results: Data,
  outer: number,
  n: number,
  inner: number,
  out: Data
): void => {
  if (inner === 1) {
    for (let o = 0; o < outer; o++) sharesOfLane(data, offset + o * n, results[o]!, n, out, o * n)
    return
  }
  const counts = new Float64Array(inner)
  for (let o = 0; o < outer; o++) {
    const block = o * n * inner
    const at = o * inner
    counts.fill(0)
    for (let j = 0; j < n; j++) {
      const row = offset + block + j * inner
      for (let k = 0; k < inner; k++) if (data[row + k] === results[at + k]) counts[k]! += 1
    }
    for (let k = 0; k < inner; k++) counts[k] = 1 / counts[k]!
    for (let j = 0; j < n; j++) {
      const row = block + j * inner
      for (let k = 0; k < inner; k++) {
        const result = results[at + k]!
        out[row + k] = result !== result ? NaN : data[offset + row + k] === result ? counts[k]! : 0
      }
    }
  }
}
