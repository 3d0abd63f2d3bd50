/**
 * Softmax and its kin along the middle extent of a contiguous block `(outer, n, inner)`, shifted by the largest element
 * so that nothing overflows, and computed in double.
 *
 * Infinite elements have the limits as values: where all are -infinity nothing has any weight; elements that are
 * +infinity share the weight. NaN makes all of its lane NaN.
 */
import type { Data } from '../DType.js'

/** Columns taken at a time where lanes lie side by side: their peaks and sums stay in the cache. */
const chunk = 1024

/** What is written from the peak `m` and the sum `s` of `exp(x - m)` of each lane. */
type Finish = (
  data: Data,
  from: number,
  n: number,
  step: number,
  width: number,
  peaks: Float64Array,
  sums: Float64Array,
  out: Data,
  to: number
) => void

/** Finds peaks and sums for the lanes that begin at `from` to `from + width`; keeps `exp(x - m)` where asked to. */
const survey = (
  data: Data,
  from: number,
  n: number,
  step: number,
  width: number,
  peaks: Float64Array,
  sums: Float64Array,
  kept: Data | undefined,
  to: number
): void => {
  peaks.fill(-Infinity, 0, width)
  sums.fill(0, 0, width)
  for (let j = 0; j < n; j++) {
    const row = from + j * step
    for (let k = 0; k < width; k++) {
      const x = data[row + k]!
      if (x > peaks[k]!) peaks[k] = x
    }
  }
  for (let j = 0; j < n; j++) {
    const row = from + j * step
    for (let k = 0; k < width; k++) {
      const e = Math.exp(data[row + k]! - peaks[k]!)
      sums[k]! += e
      if (kept !== undefined) kept[to + j * step + k] = e
    }
  }
}

/** The same for one lane of neighbours; answers the peak and leaves the sum in `sums[0]`. */
const surveyRow = (
  data: Data,
  from: number,
  n: number,
  sums: Float64Array,
  kept: Data | undefined,
  to: number
): number => {
  let peak = -Infinity
  for (let j = 0; j < n; j++) {
    const x = data[from + j]!
    if (x > peak) peak = x
  }
  let sum = 0
  if (kept === undefined) {
    for (let j = 0; j < n; j++) sum += Math.exp(data[from + j]! - peak)
  } else {
    for (let j = 0; j < n; j++) {
      const e = Math.exp(data[from + j]! - peak)
      kept[to + j] = e
      sum += e
    }
  }
  sums[0] = sum
  return peak
}

/** How many elements of a lane equal its infinite peak; NaN where one is NaN. */
const countPeaks = (data: Data, from: number, n: number, step: number, peak: number): number => {
  let count = 0
  for (let j = 0; j < n; j++) {
    const x = data[from + j * step]!
    if (x !== x) return NaN
    if (x === peak) count++
  }
  return count
}

const eachBlock = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  reduced: boolean,
  keep: boolean,
  finish: Finish
): void => {
  const peaks = new Float64Array(Math.min(chunk, inner))
  const sums = new Float64Array(Math.min(chunk, inner))
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += chunk) {
      const from = offset + o * n * inner + begin
      const to = (reduced ? o : o * n) * inner + begin
      const width = Math.min(chunk, inner - begin)
      const kept = keep ? out : undefined
      if (inner === 1) peaks[0] = surveyRow(data, from, n, sums, kept, to)
      else survey(data, from, n, inner, width, peaks, sums, kept, to)
      finish(data, from, n, inner, width, peaks, sums, out, to)
    }
  }
}

/** `log sum exp x` along the middle extent; of nothing, -infinity. */
export const logSumExpInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void =>
  eachBlock(data, offset, outer, n, inner, out, true, false, finishLogSumExp)

const finishLogSumExp: Finish = (data, from, n, step, width, peaks, sums, out, to) => {
  for (let k = 0; k < width; k++) {
    const peak = peaks[k]!
    const sum = sums[k]!
    // An infinite peak makes the sum NaN: the peak is the result then, unless an element is NaN.
    if (sum === sum) out[to + k] = peak + Math.log(sum)
    else out[to + k] = countPeaks(data, from + k, n, step, peak) > 0 ? peak : NaN
  }
}

/** `exp(x - log sum exp x)` along the middle extent. */
export const softmaxInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void =>
  eachBlock(data, offset, outer, n, inner, out, false, true, finishSoftmax)

const finishSoftmax: Finish = (data, from, n, step, width, peaks, sums, out, to) => {
  for (let k = 0; k < width; k++) {
    if (sums[k] === sums[k]) continue
    const peak = peaks[k]!
    const count = countPeaks(data, from + k, n, step, peak)
    const share = peak === -Infinity && count === count ? 0 : 1 / count
    for (let j = 0; j < n; j++) {
      out[to + j * step + k] = count !== count || data[from + j * step + k] === peak ? share : 0
    }
    sums[k] = 1
  }
  for (let k = 0; k < width; k++) sums[k] = 1 / sums[k]!
  for (let j = 0; j < n; j++) {
    const row = to + j * step
    for (let k = 0; k < width; k++) out[row + k]! *= sums[k]!
  }
}

/** `x - log sum exp x` along the middle extent. */
export const logSoftmaxInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void =>
  eachBlock(data, offset, outer, n, inner, out, false, false, finishLogSoftmax)

const finishLogSoftmax: Finish = (data, from, n, step, width, peaks, sums, out, to) => {
  for (let k = 0; k < width; k++) sums[k] = Math.log(sums[k]!)
  for (let j = 0; j < n; j++) {
    const row = j * step
    for (let k = 0; k < width; k++) out[to + row + k] = data[from + row + k]! - peaks[k]! - sums[k]!
  }
  for (let k = 0; k < width; k++) {
    if (sums[k] === sums[k]) continue
    const peak = peaks[k]!
    const count = countPeaks(data, from + k, n, step, peak)
    const share = peak === -Infinity ? -Infinity : -Math.log(count)
    for (let j = 0; j < n; j++) {
      const value = count === count ? (data[from + j * step + k] === peak ? share : -Infinity) : NaN
      out[to + j * step + k] = value
    }
  }
}
