/** The innermost loops of a sum over float64: the text of sumFloat32.ts. */
import type { SumKernels } from './sumKernels.js'

type FloatData = Float64Array

const run: SumKernels<FloatData>['run'] = (data, start, count, stride) => {
  const whole = count - (count % 8)
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  let sum4 = 0
  let sum5 = 0
  let sum6 = 0
  let sum7 = 0
  let p = start
  for (let i = 0; i < whole; i += 8) {
    const p1 = (p + stride) | 0
    const p2 = (p1 + stride) | 0
    const p3 = (p2 + stride) | 0
    const p4 = (p3 + stride) | 0
    const p5 = (p4 + stride) | 0
    const p6 = (p5 + stride) | 0
    const p7 = (p6 + stride) | 0
    sum0 += data[p]!
    sum1 += data[p1]!
    sum2 += data[p2]!
    sum3 += data[p3]!
    sum4 += data[p4]!
    sum5 += data[p5]!
    sum6 += data[p6]!
    sum7 += data[p7]!
    p = (p7 + stride) | 0
  }
  let rest = 0
  for (let i = whole; i < count; i++) {
    rest += data[p]!
    p = (p + stride) | 0
  }
  return sum0 + sum1 + (sum2 + sum3) + (sum4 + sum5 + (sum6 + sum7)) + rest
}

const rows: SumKernels<FloatData>['rows'] = (data, start, count, rowStride, width, sums, at) => {
  sums.fill(0, at, at + width)
  const whole = count - (count % 8)
  for (let j = 0; j < whole; j += 8) {
    let p = start + j * rowStride
    for (let k = 0; k < width; k++) {
      const p1 = (p + rowStride) | 0
      const p2 = (p1 + rowStride) | 0
      const p3 = (p2 + rowStride) | 0
      const p4 = (p3 + rowStride) | 0
      const p5 = (p4 + rowStride) | 0
      const p6 = (p5 + rowStride) | 0
      const p7 = (p6 + rowStride) | 0
      const four = data[p]! + data[p1]! + (data[p2]! + data[p3]!)
      const next = data[p4]! + data[p5]! + (data[p6]! + data[p7]!)
      sums[(at + k) | 0] = sums[(at + k) | 0]! + (four + next)
      p = (p + 1) | 0
    }
  }
  for (let j = whole; j < count; j++) {
    const row = (start + j * rowStride) | 0
    for (let k = 0; k < width; k++) sums[(at + k) | 0] = sums[(at + k) | 0]! + data[(row + k) | 0]!
  }
}

/** The loops over float64. */
export const sumKernelsFloat64: SumKernels<FloatData> = { run, rows }
