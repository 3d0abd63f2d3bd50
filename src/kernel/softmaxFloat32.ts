/**
 * Softmax and related functions along the middle extent of contiguous blocks of float32: shifted by the largest element, so that nothing
 * overflows, in double throughout and rounded once.
 *
 * Infinite elements have the limits as values: where all are -infinity nothing has any weight; elements that are
 * +infinity share the weight. NaN makes all of its lane NaN.
 */
import { exp } from './functions/exp.js'
import { log } from './functions/log.js'
import { type LaneKernel, type Terms, piece, sumTerms, termsFor, widthFor } from './lanes.js'
import { sumKernelsFloat64 } from './sumFloat64.js'
import { blockFloat32, sumRows } from './sumOrder.js'

/** Leaves exponentials of at most a piece of one lane in `scratch`, and returns `sum` and theirs: indices from 0 on are fastest. */
const exponentials = (
  data: Float32Array,
  from: number,
  rows: number,
  step: number,
  peak: number,
  scratch: Float64Array,
  sum: number
): number => {
  for (let j = 0, p = from; j < rows; j++, p += step) scratch[j] = data[p]! - peak
  for (let j = 0; j < rows; j++) scratch[j] = exp(scratch[j]!)
  return sumKernelsFloat64.run(scratch, 0, rows, 1, sum)
}

/** The sum of exponentials of a block of one lane. */
const addPieces = (
  data: Float32Array,
  from: number,
  first: number,
  count: number,
  step: number,
  peak: number,
  { scratch, kept, whole }: Terms
): number => {
  let sum = 0
  for (let j = first; j < first + count; j += piece) {
    const rows = Math.min(piece, first + count - j)
    sum = exponentials(data, from + j * step, rows, step, peak, scratch, sum)
    if (whole) for (let i = 0; i < rows; i++) kept[j + i] = scratch[i]!
  }
  return sum
}

/** The sum of exponentials of one lane. What a closure holds is slow to read, so that each stands in a function of its own. */
const addBlocks = (data: Float32Array, from: number, n: number, step: number, peak: number, terms: Terms): void => {
  const { sums } = terms
  sumRows(n, blockFloat32, 1, sums, (first, count, at) => {
    sums[at] = addPieces(data, from, first, count, step, peak, terms)
  })
}

/** Finds the largest element of one lane, but for NaN, and the sum of exponentials of the differences to it. */
const surveyLane = (
  data: Float32Array,
  from: number,
  n: number,
  step: number,
  peaks: Float64Array,
  terms: Terms
): void => {
  const { sums, kept } = terms
  let peak = -Infinity
  for (let j = 0, p = from; j < n; j++, p += step) {
    const x = data[p]!
    if (x > peak) peak = x
  }
  peaks[0] = peak
  if (n <= piece) sums[0] = exponentials(data, from, n, step, peak, kept, 0)
  else addBlocks(data, from, n, step, peak, terms)
}

/** The largest elements of lanes side by side. */
const findPeaks = (
  data: Float32Array,
  from: number,
  n: number,
  step: number,
  width: number,
  peaks: Float64Array
): void => {
  for (let k = 0; k < width; k++) peaks[k] = -Infinity
  for (let j = 0, row = from; j < n; j++, row += step) {
    for (let k = 0; k < width; k++) {
      const x = data[row + k]!
      if (x > peaks[k]!) peaks[k] = x
    }
  }
}

/** Exponentials of some rows, row by row: of all differences in one loop, which is faster. */
const exponentialRows = (
  data: Float32Array,
  from: number,
  rows: number,
  step: number,
  width: number,
  peaks: Float64Array,
  kept: Float64Array,
  to: number
): void => {
  const end = to + rows * width
  for (let q = to, row = from; q < end; q += width, row += step) {
    for (let k = 0; k < width; k++) kept[q + k] = data[row + k]! - peaks[k]!
  }
  for (let q = to; q < end; q++) kept[q] = exp(kept[q]!)
}

/** The same as of one lane for lanes side by side. */
const survey = (
  data: Float32Array,
  from: number,
  n: number,
  step: number,
  width: number,
  peaks: Float64Array,
  terms: Terms
): void => {
  if (width === 1) return surveyLane(data, from, n, step, peaks, terms)
  findPeaks(data, from, n, step, width, peaks)
  sumTerms(n, blockFloat32, width, terms, (first, rows, to) =>
    exponentialRows(data, from + first * step, rows, step, width, peaks, terms.kept, to)
  )
}

/** How many elements of a lane equal its infinite peak; NaN where one is NaN. */
const countPeaks = (data: Float32Array, from: number, n: number, step: number, peak: number): number => {
  let count = 0
  for (let j = 0, p = from; j < n; j++, p += step) {
    const x = data[p]!
    if (x !== x) return NaN
    if (x === peak) count++
  }
  return count
}

/** Of a lane with an infinite peak: the value of the elements at the peak and that of the others. */
const writeLimits = (
  data: Float32Array,
  from: number,
  n: number,
  step: number,
  peak: number,
  atPeak: number,
  below: number,
  out: Float32Array,
  to: number
): void => {
  for (let j = 0; j < n; j++) out[to + j * step] = data[from + j * step] === peak ? atPeak : below
}

/** `log sum exp x` along the middle extent; of nothing, -infinity. */
export const logSumExpFloat32: LaneKernel<Float32Array> = (data, offset, outer, n, inner, out) => {
  const most = widthFor(Math.min(n, piece), inner)
  const peaks = new Float64Array(most)
  const terms = termsFor(most, n, blockFloat32, false)
  const { sums } = terms
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      const from = offset + o * n * inner + begin
      survey(data, from, n, inner, width, peaks, terms)
      for (let k = 0; k < width; k++) {
        const peak = peaks[k]!
        const sum = sums[k]!
        const to = o * inner + begin + k
        if (sum === sum) out[to] = peak + log(sum)
        // An infinite peak makes the sum NaN: the peak is the result then, unless an element is NaN.
        else out[to] = countPeaks(data, from + k, n, inner, peak) > 0 ? peak : NaN
      }
    }
  }
}

/** `exp x / sum exp x` along the middle extent. */
export const softmaxFloat32: LaneKernel<Float32Array> = (data, offset, outer, n, inner, out) => {
  const most = widthFor(n, inner)
  const peaks = new Float64Array(most)
  const terms = termsFor(most, n, blockFloat32, true)
  const { sums, kept } = terms
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      const to = o * n * inner + begin
      const from = offset + to
      survey(data, from, n, inner, width, peaks, terms)
      if (width === 1) {
        const sum = sums[0]!
        for (let j = 0, q = to; j < n; j++, q += inner) out[q] = kept[j]! / sum
      } else {
        for (let j = 0, p = 0, q = to; j < n; j++, p += width, q += inner) {
          for (let k = 0; k < width; k++) out[q + k] = kept[p + k]! / sums[k]!
        }
      }
      for (let k = 0; k < width; k++) {
        if (sums[k] === sums[k]) continue
        const peak = peaks[k]!
        const count = countPeaks(data, from + k, n, inner, peak)
        const atPeak = peak === Infinity ? 1 / count : 0
        if (count === count) writeLimits(data, from + k, n, inner, peak, atPeak, 0, out, to + k)
      }
    }
  }
}

/** `x - log sum exp x` along the middle extent. */
export const logSoftmaxFloat32: LaneKernel<Float32Array> = (data, offset, outer, n, inner, out) => {
  const most = widthFor(Math.min(n, piece), inner)
  const peaks = new Float64Array(most)
  const terms = termsFor(most, n, blockFloat32, false)
  const { sums } = terms
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      const to = o * n * inner + begin
      const from = offset + to
      survey(data, from, n, inner, width, peaks, terms)
      for (let k = 0; k < width; k++) sums[k] = log(sums[k]!)
      if (width === 1) {
        const peak = peaks[0]!
        const logSum = sums[0]!
        for (let j = 0, q = to; j < n; j++, q += inner) out[q] = data[offset + q]! - peak - logSum
      } else {
        for (let j = 0, q = to; j < n; j++, q += inner) {
          const row = offset + q
          for (let k = 0; k < width; k++) out[q + k] = data[row + k]! - peaks[k]! - sums[k]!
        }
      }
      for (let k = 0; k < width; k++) {
        if (sums[k] === sums[k]) continue
        const peak = peaks[k]!
        const count = countPeaks(data, from + k, n, inner, peak)
        const atPeak = peak === Infinity ? -log(count) : -Infinity
        if (count === count) writeLimits(data, from + k, n, inner, peak, atPeak, -Infinity, out, to + k)
      }
    }
  }
}
