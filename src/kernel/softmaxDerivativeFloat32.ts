/** The derivative of softmax along the middle extent of contiguous blocks of float32, in double and rounded once. */
import { guarded } from './arithmetic.js'
import { piece, sumPiece, sumTerms, termsFor, widthFor } from './lanes.js'
import { sumOf } from './reduceSum.js'
import { blockFloat32 } from './sumOrder.js'

/** Products, row by row. */
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
  if (width === 1) {
    for (let j = 0, p = 0; j < rows; j++, p += step) kept[j] = y[yFrom + p]! * t[from + p]!
    return
  }
  for (let j = 0, p = 0, q = 0; j < rows; j++, p += step, q += width) {
    for (let k = 0; k < width; k++) kept[q + k] = y[yFrom + p + k]! * t[from + p + k]!
  }
}

/** The same for one lane with zeros that are strong in either factor, which matters only where the sum is not finite. */
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
      if (n <= piece) {
        products(t, from, y, yFrom, n, inner, width, kept)
        sumPiece(n, width, terms)
      } else {
        sumTerms(n, blockFloat32, width, terms, (first, rows) =>
          products(t, from + first * inner, y, yFrom + first * inner, rows, inner, width, kept)
        )
      }
      if (width === 1) {
        const sum = sums[0]!
        for (let j = 0, p = 0; j < n; j++, p += inner) out[to + p] = y[yFrom + p]! * (t[from + p]! - sum)
      } else {
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
