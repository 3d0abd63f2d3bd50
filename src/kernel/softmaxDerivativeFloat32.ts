/** The derivative of softmax along the middle extent of contiguous blocks of float32, in double and rounded once. */
import { guarded } from './arithmetic.js'
import { piece, sumTerms, termsFor, widthFor } from './lanes.js'
import { sumOf } from './reduceSum.js'
import { blockFloat32, halfOf } from './sumOrder.js'

/** The sum of products of two lanes. */
const dot = (t: Float32Array, from: number, y: Float32Array, yFrom: number, n: number, step: number): number => {
  if (n > blockFloat32) {
    const half = halfOf(n, blockFloat32)
    const past = half * step
    return dot(t, from, y, yFrom, half, step) + dot(t, from + past, y, yFrom + past, n - half, step)
  }
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
  const most = widthFor(Math.min(n, piece), inner)
  const terms = termsFor(most, n, blockFloat32, false)
  const { sums, kept } = terms
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < inner; begin += most) {
      const width = Math.min(most, inner - begin)
      const to = o * n * inner + begin
      const from = tOffset + to
      const yFrom = yOffset + to
      if (width === 1) {
        const sum = dot(t, from, y, yFrom, n, inner)
        for (let j = 0, p = 0; j < n; j++, p += inner) out[to + p] = y[yFrom + p]! * (t[from + p]! - sum)
        sums[0] = sum
      } else {
        sumTerms(n, blockFloat32, width, terms, (first, rows) =>
          products(t, from + first * inner, y, yFrom + first * inner, rows, inner, width, kept)
        )
        for (let j = 0, p = 0; j < n; j++, p += inner) {
          for (let k = 0; k < width; k++) out[to + p + k] = y[yFrom + p + k]! * (t[from + p + k]! - sums[k]!)
        }
      }
      for (let k = 0; k < width; k++) {
        if (sums[k]! - sums[k]! !== 0) strongLane(t, from + k, y, yFrom + k, n, inner, out, to + k)
      }
    }
  }
}
