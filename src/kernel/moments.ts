/** Variances and norms along the middle extent of a contiguous block `(outer, n, inner)`, in double. */
import type { Data } from '../DType.js'

/** Lanes taken at a time where they lie side by side: what is known of them stays in the cache. */
const chunk = 512

// -----------------------------------------------------------------------------
// variance
// -----------------------------------------------------------------------------

/** Sums of differences to a reference, and of their squares, for up to `chunk` lanes. */
interface Sums {
  readonly references: Float64Array
  readonly differences: Float64Array
  readonly squares: Float64Array
}

const sumsFor = (width: number): Sums => ({
  references: new Float64Array(width),
  differences: new Float64Array(width),
  squares: new Float64Array(width)
})

/** Sums over lanes side by side, row by row. */
const addRows = (data: Data, from: number, n: number, step: number, width: number, sums: Sums): void => {
  const { references, differences, squares } = sums
  differences.fill(0)
  squares.fill(0)
  for (let j = 0; j < n; j++) {
    const row = from + j * step
    for (let k = 0; k < width; k++) {
      const d = data[row + k]! - references[k]!
      differences[k]! += d
      squares[k]! += d * d
    }
  }
}

/** Sums over one lane of neighbours. */
const addLane = (data: Data, from: number, n: number, sums: Sums): void => {
  const reference = sums.references[0]!
  let differences = 0
  let squares = 0
  for (let p = from; p < from + n; p++) {
    const d = data[p]! - reference
    differences += d
    squares += d * d
  }
  sums.differences[0] = differences
  sums.squares[0] = squares
}

/**
 * The sum of squared deviations from the mean, divided by `divisor`, or the root of that; of nothing, NaN.
 *
 * `sum (x - m)^2 - (sum (x - m))^2 / n`: the second term takes away what rounding of the mean has added (Chan, Golub and
 * LeVeque, Algorithms for computing the sample variance, 1983). The mean is found from differences to the first element,
 * so that equal elements have a variance of exactly 0.
 */
export const varianceInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  divisor: number,
  root: boolean,
  out: Data
): void => {
  if (n === 0) {
    out.fill(NaN)
    return
  }
  const sums = sumsFor(Math.min(chunk, inner))
  const { references, differences, squares } = sums
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += chunk) {
      const from = offset + o * n * inner + begin
      const width = Math.min(chunk, inner - begin)
      const add = (): void => (inner === 1 ? addLane(data, from, n, sums) : addRows(data, from, n, inner, width, sums))
      for (let k = 0; k < width; k++) references[k] = data[from + k]!
      add()
      for (let k = 0; k < width; k++) references[k]! += differences[k]! / n
      add()
      for (let k = 0; k < width; k++) {
        const square = squares[k]! - (differences[k]! * differences[k]!) / n
        const result = (square < 0 ? 0 : square) / divisor
        out[o * inner + begin + k] = root ? Math.sqrt(result) : result
      }
    }
  }
}

// -----------------------------------------------------------------------------
// norm
// -----------------------------------------------------------------------------

/** Sums of squares between these bounds have lost nothing to overflow or underflow. */
const least = 2 ** -900
const most = 2 ** 1000

const scaledNorm = (data: Data, from: number, n: number, step: number): number => {
  let largest = 0
  for (let j = 0; j < n; j++) {
    const size = Math.abs(data[from + j * step]!)
    if (size !== size) return NaN
    if (size > largest) largest = size
  }
  if (largest === 0 || largest === Infinity) return largest
  let sum = 0
  for (let j = 0; j < n; j++) {
    const x = data[from + j * step]! / largest
    sum += x * x
  }
  return largest * Math.sqrt(sum)
}

/** The square root of the sum of squares, scaled by the largest where squares would overflow or underflow. */
export const normInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void => {
  const sums = sumsFor(Math.min(chunk, inner))
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += chunk) {
      const from = offset + o * n * inner + begin
      const width = Math.min(chunk, inner - begin)
      if (inner === 1) addLane(data, from, n, sums)
      else addRows(data, from, n, inner, width, sums)
      for (let k = 0; k < width; k++) {
        const sum = sums.squares[k]!
        const to = o * inner + begin + k
        out[to] = sum > least && sum < most ? Math.sqrt(sum) : scaledNorm(data, from + k, n, inner)
      }
    }
  }
}
