/** The derivative of softmax along the middle extent of contiguous blocks of float32, in double and rounded once. */
import { guarded } from './scalars.js'
import { type Terms, piece, sumTerms, termsFor, widthFor } from './lanes.js'
import { sumOf } from './reduceSum.js'
import { blockFloat32, halfOf } from './sumOrder.js'

/** The sum of products of two lanes of at most a block. */
const dot = (t: Float32Array, from: number, y: Float32Array, yFrom: number, n: number, step: number): number => {
  const whole = n - (n % 8)
  let sum = 0
  let p = from
  let q = yFrom
  for (let i = 0; i < whole; i += 8) {
    const d0 = t[p]! * y[q]!
    const d1 = t[(p += step)]! * y[(q += step)]!
    const d2 = t[(p += step)]! * y[(q += step)]!
    const d3 = t[(p += step)]! * y[(q += step)]!
    const d4 = t[(p += step)]! * y[(q += step)]!
    const d5 = t[(p += step)]! * y[(q += step)]!
    const d6 = t[(p += step)]! * y[(q += step)]!
    const d7 = t[(p += step)]! * y[(q += step)]!
    sum += d0 + d4 + (d2 + d6) + (d1 + d5 + (d3 + d7))
    p += step
    q += step
  }
  for (let i = whole; i < n; i++, p += step, q += step) sum += t[p]! * y[q]!
  return sum
}

/** The same of lanes of any length. */
const longDot = (t: Float32Array, from: number, y: Float32Array, yFrom: number, n: number, step: number): number => {
  if (n <= blockFloat32) return dot(t, from, y, yFrom, n, step)
  const half = halfOf(n, blockFloat32)
  const past = half * step
  return longDot(t, from, y, yFrom, half, step) + longDot(t, from + past, y, yFrom + past, n - half, step)
}

/** Products of lanes side by side, row by row. */
const products = (
  t: Float32Array,
  from: number,
  y: Float32Array,
  yFrom: number,
  rows: number,
  step: number,
  width: number,
  kept: Float64Array
): void => {
  for (let j = 0, p = 0, q = 0; j < rows; j++, p += step, q += width) {
    for (let k = 0; k < width; k++) kept[q + k] = t[from + p + k]! * y[yFrom + p + k]!
  }
}

/** `y (t - sum y t)` for one lane with zeros that are strong in either factor, which matters only where the sum is not finite. */
const strongLane = (
  t: Float32Array,
  from: number,
  y: Float32Array,
  yFrom: number,
  n: number,
  step: number,
  out: Float32Array,
  to: number
): void => {
  const terms = new Float64Array(n)
  for (let j = 0; j < n; j++) terms[j] = guarded(y[yFrom + j * step]!, t[from + j * step]!)
  const sum = sumOf(terms, blockFloat32)
  for (let j = 0; j < n; j++) out[to + j * step] = guarded(y[yFrom + j * step]!, t[from + j * step]! - sum)
}

/** The same, with plain products where the sum is finite. */
const ofLane = (
  t: Float32Array,
  from: number,
  y: Float32Array,
  yFrom: number,
  n: number,
  step: number,
  out: Float32Array,
  to: number
): void => {
  const sum = n <= blockFloat32 ? dot(t, from, y, yFrom, n, step) : longDot(t, from, y, yFrom, n, step)
  if (sum - sum !== 0) return strongLane(t, from, y, yFrom, n, step, out, to)
  for (let j = 0, p = 0; j < n; j++, p += step) out[to + p] = y[yFrom + p]! * (t[from + p]! - sum)
}

const sumProducts = (
  t: Float32Array,
  from: number,
  y: Float32Array,
  yFrom: number,
  n: number,
  step: number,
  width: number,
  terms: Terms
): void =>
  sumTerms(n, blockFloat32, width, terms, (first, rows) =>
    products(t, from + first * step, y, yFrom + first * step, rows, step, width, terms.kept)
  )

/** `y (t - sum y t)` along the middle extent, where softmax is `y` and its operand moves along `t`. */
export const softmaxDerivativeFloat32 = (
  t: Float32Array,
  tOffset: number,
  y: Float32Array,
  yOffset: number,
  outer: number,
  n: number,
  inner: number,
  out: Float32Array
): void => {
  if (inner === 1) {
    for (let to = 0; to < outer * n; to += n) ofLane(t, tOffset + to, y, yOffset + to, n, 1, out, to)
    return
  }
  const most = widthFor(Math.min(n, piece), inner)
  const terms = termsFor(most, n, blockFloat32, false)
  const { sums } = terms
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      const to = o * n * inner + begin
      const from = tOffset + to
      const yFrom = yOffset + to
      sumProducts(t, from, y, yFrom, n, inner, width, terms)
      for (let j = 0, p = 0; j < n; j++, p += inner) {
        for (let k = 0; k < width; k++) out[to + p + k] = y[yFrom + p + k]! * (t[from + p + k]! - sums[k]!)
      }
      for (let k = 0; k < width; k++) {
        if (sums[k]! - sums[k]! !== 0) strongLane(t, from + k, y, yFrom + k, n, inner, out, to + k)
      }
    }
  }
}
