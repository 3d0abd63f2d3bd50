/** The text of momentsFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */
import type { LaneKernel } from './lanes.js'
import { sumOf } from './reduceSum.js'
import { blockFloat64, depthOf, sumRows } from './sumOrder.js'

/** Lanes taken at a time where they lie side by side, so that their results stay in the cache. */
const chunk = 512

const run = (
  data: Float64Array,
  start: number,
  count: number,
  step: number,
  reference: number,
  sums: Float64Array,
  at: number
): void => {
  const whole = count - (count % 8)
  let differences = 0
  let squares = 0
  let p = start
  for (let i = 0; i < whole; i += 8) {
    const d0 = data[p]! - reference
    const d1 = data[(p += step)]! - reference
    const d2 = data[(p += step)]! - reference
    const d3 = data[(p += step)]! - reference
    const d4 = data[(p += step)]! - reference
    const d5 = data[(p += step)]! - reference
    const d6 = data[(p += step)]! - reference
    const d7 = data[(p += step)]! - reference
    differences += d0 + d4 + (d2 + d6) + (d1 + d5 + (d3 + d7))
    squares += d0 * d0 + d4 * d4 + (d2 * d2 + d6 * d6) + (d1 * d1 + d5 * d5 + (d3 * d3 + d7 * d7))
    p += step
  }
  for (let i = whole; i < count; i++, p += step) {
    const d = data[p]! - reference
    differences += d
    squares += d * d
  }
  sums[at] = differences
  sums[at + 1] = squares
}

const rows = (
  data: Float64Array,
  start: number,
  count: number,
  step: number,
  width: number,
  references: Float64Array,
  sums: Float64Array,
  at: number
): void => {
  const whole = count - (count % 8)
  for (let j = 0; j < whole; j += 8) {
    for (let k = 0; k < width; k++) {
      const reference = references[k]!
      let p = start + j * step + k
      const d0 = data[p]! - reference
      const d1 = data[(p += step)]! - reference
      const d2 = data[(p += step)]! - reference
      const d3 = data[(p += step)]! - reference
      const d4 = data[(p += step)]! - reference
      const d5 = data[(p += step)]! - reference
      const d6 = data[(p += step)]! - reference
      const d7 = data[(p += step)]! - reference
      const q = at + k
      sums[q] = sums[q]! + (d0 + d4 + (d2 + d6) + (d1 + d5 + (d3 + d7)))
      const even = d0 * d0 + d4 * d4 + (d2 * d2 + d6 * d6)
      const odd = d1 * d1 + d5 * d5 + (d3 * d3 + d7 * d7)
      sums[q + width] = sums[q + width]! + (even + odd)
    }
  }
  for (let j = whole; j < count; j++) {
    const row = start + j * step
    for (let k = 0; k < width; k++) {
      const d = data[row + k]! - references[k]!
      sums[at + k] = sums[at + k]! + d
      sums[at + width + k] = sums[at + width + k]! + d * d
    }
  }
}

const add = (
  data: Float64Array,
  from: number,
  count: number,
  step: number,
  width: number,
  references: Float64Array,
  sums: Float64Array,
  at: number
): void => {
  if (width === 1) run(data, from, count, step, references[0]!, sums, at)
  else rows(data, from, count, step, width, references, sums, at)
}

/** The same by blocks. What a closure holds is slow to read, so that it stands in a function of its own. */
const addBlocks = (
  data: Float64Array,
  from: number,
  n: number,
  step: number,
  width: number,
  references: Float64Array,
  sums: Float64Array
): void =>
  sumRows(n, blockFloat64, 2 * width, sums, (first, count, at) =>
    add(data, from + first * step, count, step, width, references, sums, at)
  )

/** Leaves the sums of differences in `sums`, and behind them those of their squares. */
const addUp = (
  data: Float64Array,
  from: number,
  n: number,
  step: number,
  width: number,
  references: Float64Array,
  sums: Float64Array
): void => {
  if (n > blockFloat64) return addBlocks(data, from, n, step, width, references, sums)
  for (let k = 0; k < 2 * width; k++) sums[k] = 0
  add(data, from, n, step, width, references, sums, 0)
}

/** Sums of squares between these bounds have lost nothing to overflow or underflow. */
const least = 2 ** -900
const greatest = 2 ** 1000

/** Whether squares in double may over- or underflow: those of float64 do not. */
const isWide = (data: Float64Array): boolean => data.BYTES_PER_ELEMENT === 8

/** The largest size of a lane's elements; NaN beside NaN. */
const largestOf = (data: Float64Array, from: number, n: number, step: number): number => {
  let largest = 0
  for (let j = 0; j < n; j++) {
    const size = Math.abs(data[from + j * step]!)
    if (size !== size) return NaN
    if (size > largest) largest = size
  }
  return largest
}

/** The deviation of a lane whose squares are out of range, in units of a power of two. */
const scaledDeviation = (data: Float64Array, from: number, n: number, step: number, divisor: number): number => {
  const largest = largestOf(data, from, n, step)
  if (largest === 0) return 0
  const unit = largest > 1 ? 2 ** 600 : 2 ** -600
  const differences = new Float64Array(n)
  const first = data[from]! / unit
  for (let j = 0; j < n; j++) differences[j] = data[from + j * step]! / unit - first
  const mean = sumOf(differences, blockFloat64) / n
  for (let j = 0; j < n; j++) differences[j] = differences[j]! - mean
  const rest = sumOf(differences, blockFloat64)
  for (let j = 0; j < n; j++) differences[j] = differences[j]! * differences[j]!
  return Math.sqrt(Math.max(0, sumOf(differences, blockFloat64) - (rest * rest) / n) / divisor) * unit
}

/**
 * The sum of squared deviations from the mean, divided by `divisor`, or the root of that; of nothing, NaN.
 *
 * `sum (x - m)^2 - (sum (x - m))^2 / n`: the second term takes away what rounding of the mean has added (Chan, Golub and
 * LeVeque, Algorithms for computing the sample variance, 1983). The mean is found from differences to the first element,
 * so that equal elements have a variance of exactly 0.
 */
export const varianceFloat64 = (
  data: Float64Array,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  divisor: number,
  root: boolean,
  out: Float64Array
): void => {
  if (n === 0) {
    out.fill(NaN)
    return
  }
  const most = Math.min(chunk, inner)
  const references = new Float64Array(most)
  const sums = new Float64Array(2 * most * depthOf(n, blockFloat64))
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      const from = offset + o * n * inner + begin
      for (let k = 0; k < width; k++) references[k] = data[from + k]!
      addUp(data, from, n, inner, width, references, sums)
      for (let k = 0; k < width; k++) references[k]! += sums[k]! / n
      addUp(data, from, n, inner, width, references, sums)
      for (let k = 0; k < width; k++) {
        const square = sums[width + k]! - (sums[k]! * sums[k]!) / n
        const result = (square < 0 ? 0 : square) / divisor
        const isLost = root && isWide(out) && !(square > least && square < greatest)
        const to = o * inner + begin + k
        out[to] = isLost ? scaledDeviation(data, from + k, n, inner, divisor) : root ? Math.sqrt(result) : result
      }
    }
  }
}

const scaledNorm = (data: Float64Array, from: number, n: number, step: number): number => {
  const largest = largestOf(data, from, n, step)
  if (!(largest > 0 && largest < Infinity)) return largest
  const squares = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    const x = data[from + j * step]! / largest
    squares[j] = x * x
  }
  return largest * Math.sqrt(sumOf(squares, blockFloat64))
}

/** The square root of the sum of squares, scaled by the largest where squares would overflow or underflow. */
export const normFloat64: LaneKernel<Float64Array> = (data, offset, outer, n, inner, out) => {
  const most = Math.min(chunk, inner)
  const zeros = new Float64Array(most)
  const sums = new Float64Array(2 * most * depthOf(n, blockFloat64))
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      const from = offset + o * n * inner + begin
      addUp(data, from, n, inner, width, zeros, sums)
      for (let k = 0; k < width; k++) {
        const sum = sums[width + k]!
        const to = o * inner + begin + k
        out[to] = sum > least && sum < greatest ? Math.sqrt(sum) : scaledNorm(data, from + k, n, inner)
      }
    }
  }
}
