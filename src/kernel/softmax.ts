/**
 * Softmax and its kin along the middle extent of contiguous blocks `(outer, n, inner)`, shifted by the largest element so
 * that nothing overflows, computed in double and rounded once.
 *
 * Infinite elements have the limits as values: where all are -infinity nothing has any weight; elements that are
 * +infinity share the weight. NaN makes all of its lane NaN.
 */
import type { Data } from '../DType.js'
import { guarded } from './arithmetic.js'

/** Lanes that lie side by side: where they begin, and how far their elements lie apart. */
interface Lanes {
  readonly data: Data
  readonly from: number
  readonly n: number
  readonly step: number
  readonly width: number
}

/** Of each lane the largest element, and the sum of the exponentials of the differences to it. */
interface Survey {
  readonly peaks: Float64Array
  readonly sums: Float64Array
}

/** How many lanes to take at a time, so that what is kept of them stays in the cache. */
const widthFor = (n: number, inner: number): number =>
  Math.min(inner, Math.max(16, Math.min(1024, Math.floor(32768 / n))))

/** Calls `visit` for all lanes, some at a time; `to` is where their results go. */
const eachLanes = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  visit: (lanes: Lanes, o: number, begin: number) => void
): void => {
  const most = widthFor(n, inner)
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      visit({ data, from: offset + o * n * inner + begin, n, step: inner, width }, o, begin)
    }
  }
}

const surveyFor = (width: number): Survey => ({ peaks: new Float64Array(width), sums: new Float64Array(width) })

const findPeaks = ({ data, from, n, step, width }: Lanes, peaks: Float64Array): void => {
  if (width === 1) {
    let peak = -Infinity
    for (let j = 0, p = from; j < n; j++, p += step) {
      const x = data[p]!
      if (x > peak) peak = x
    }
    peaks[0] = peak
    return
  }
  peaks.fill(-Infinity)
  for (let j = 0; j < n; j++) {
    const row = from + j * step
    for (let k = 0; k < width; k++) {
      const x = data[row + k]!
      if (x > peaks[k]!) peaks[k] = x
    }
  }
}

/** Finds peaks and sums. */
const survey = (lanes: Lanes, { peaks, sums }: Survey): void => {
  const { data, from, n, step, width } = lanes
  findPeaks(lanes, peaks)
  if (width === 1) {
    const peak = peaks[0]!
    let sum = 0
    for (let j = 0, p = from; j < n; j++, p += step) sum += Math.exp(data[p]! - peak)
    sums[0] = sum
    return
  }
  sums.fill(0)
  for (let j = 0; j < n; j++) {
    const row = from + j * step
    for (let k = 0; k < width; k++) sums[k]! += Math.exp(data[row + k]! - peaks[k]!)
  }
}

/** The same, keeping the exponentials row by row. */
const surveyAndKeep = (lanes: Lanes, { peaks, sums }: Survey, kept: Float64Array): void => {
  const { data, from, n, step, width } = lanes
  findPeaks(lanes, peaks)
  if (width === 1) {
    const peak = peaks[0]!
    let sum = 0
    for (let j = 0, p = from; j < n; j++, p += step) {
      const e = Math.exp(data[p]! - peak)
      kept[j] = e
      sum += e
    }
    sums[0] = sum
    return
  }
  sums.fill(0)
  for (let j = 0; j < n; j++) {
    const row = from + j * step
    const at = j * width
    for (let k = 0; k < width; k++) {
      const e = Math.exp(data[row + k]! - peaks[k]!)
      kept[at + k] = e
      sums[k]! += e
    }
  }
}

/** How many elements of a lane equal its infinite peak; NaN where one is NaN. */
const countPeaks = ({ data, from, n, step }: Lanes, k: number, peak: number): number => {
  let count = 0
  for (let j = 0; j < n; j++) {
    const x = data[from + j * step + k]!
    if (x !== x) return NaN
    if (x === peak) count++
  }
  return count
}

/** Of a lane with an infinite peak: the value of the elements at the peak and that of the others. */
const writeLimits = (
  lanes: Lanes,
  k: number,
  peak: number,
  atPeak: number,
  below: number,
  out: Data,
  to: number
): void => {
  const { data, from, n, step } = lanes
  for (let j = 0; j < n; j++) out[to + j * step + k] = data[from + j * step + k] === peak ? atPeak : below
}

/** `log sum exp x` along the middle extent; of nothing, -infinity. */
export const logSumExpInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void => {
  const found = surveyFor(widthFor(n, inner))
  const { peaks, sums } = found
  eachLanes(data, offset, outer, n, inner, (lanes, o, begin) => {
    survey(lanes, found)
    for (let k = 0; k < lanes.width; k++) {
      const peak = peaks[k]!
      const sum = sums[k]!
      // An infinite peak makes the sum NaN: the peak is the result then, unless an element is NaN.
      const result = sum === sum ? peak + Math.log(sum) : countPeaks(lanes, k, peak) > 0 ? peak : NaN
      out[o * inner + begin + k] = result
    }
  })
}

/** `exp x / sum exp x` along the middle extent. */
export const softmaxInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void => {
  const most = widthFor(n, inner)
  const found = surveyFor(most)
  const { peaks, sums } = found
  const kept = new Float64Array(n * most)
  eachLanes(data, offset, outer, n, inner, (lanes, o, begin) => {
    const { width } = lanes
    const to = o * n * inner + begin
    surveyAndKeep(lanes, found, kept)
    if (inner === 1) {
      const sum = sums[0]!
      for (let j = 0; j < n; j++) out[to + j] = kept[j]! / sum
    } else
      for (let j = 0; j < n; j++) {
        const row = to + j * inner
        const at = j * width
        for (let k = 0; k < width; k++) out[row + k] = kept[at + k]! / sums[k]!
      }
    for (let k = 0; k < width; k++) {
      if (sums[k] === sums[k]) continue
      const peak = peaks[k]!
      const count = countPeaks(lanes, k, peak)
      if (count === count) writeLimits(lanes, k, peak, peak === Infinity ? 1 / count : 0, 0, out, to)
    }
  })
}

/** `x - log sum exp x` along the middle extent. */
export const logSoftmaxInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data
): void => {
  const found = surveyFor(widthFor(n, inner))
  const { peaks, sums } = found
  eachLanes(data, offset, outer, n, inner, (lanes, o, begin) => {
    const { from, width } = lanes
    const to = o * n * inner + begin
    survey(lanes, found)
    for (let k = 0; k < width; k++) sums[k] = Math.log(sums[k]!)
    if (inner === 1) {
      const [peak, logSum] = [peaks[0]!, sums[0]!]
      for (let j = 0; j < n; j++) out[to + j] = data[from + j]! - peak - logSum
    } else
      for (let j = 0; j < n; j++) {
        const row = j * inner
        for (let k = 0; k < width; k++) out[to + row + k] = data[from + row + k]! - peaks[k]! - sums[k]!
      }
    for (let k = 0; k < width; k++) {
      if (sums[k] === sums[k]) continue
      const peak = peaks[k]!
      const count = countPeaks(lanes, k, peak)
      const atPeak = peak === Infinity ? -Math.log(count) : -Infinity
      if (count === count) writeLimits(lanes, k, peak, atPeak, -Infinity, out, to)
    }
  })
}

/** For one contiguous lane. Zeros are strong in either factor, which matters only where the sum is not finite. */
const derivativeOfLane = (t: Data, tFrom: number, y: Data, yFrom: number, n: number, out: Data, to: number): void => {
  let sum = 0
  for (let j = 0; j < n; j++) sum += y[yFrom + j]! * t[tFrom + j]!
  if (sum - sum === 0) {
    for (let j = 0; j < n; j++) out[to + j] = y[yFrom + j]! * (t[tFrom + j]! - sum)
    return
  }
  sum = 0
  for (let j = 0; j < n; j++) sum += guarded(y[yFrom + j]!, t[tFrom + j]!)
  for (let j = 0; j < n; j++) out[to + j] = guarded(y[yFrom + j]!, t[tFrom + j]! - sum)
}

/** `y (t - sum y t)` along the middle extent: the derivative of softmax along `t`, where its value is `y`. */
export const softmaxDerivativeInto = (
  t: Data,
  tOffset: number,
  y: Data,
  yOffset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data
): void => {
  if (inner === 1) {
    for (let o = 0; o < outer; o++) derivativeOfLane(t, tOffset + o * n, y, yOffset + o * n, n, out, o * n)
    return
  }
  const sums = new Float64Array(inner)
  for (let o = 0; o < outer; o++) {
    const block = o * n * inner
    sums.fill(0)
    for (let j = 0; j < n; j++) {
      const row = block + j * inner
      for (let k = 0; k < inner; k++) {
        sums[k]! += guarded(y[yOffset + row + k]!, t[tOffset + row + k]!)
      }
    }
    for (let j = 0; j < n; j++) {
      const row = block + j * inner
      for (let k = 0; k < inner; k++) {
        out[row + k] = guarded(y[yOffset + row + k]!, t[tOffset + row + k]! - sums[k]!)
      }
    }
  }
}
