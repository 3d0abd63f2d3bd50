/** The text of sumFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */
import type { SumKernels } from './sumKernels.js'

const run: SumKernels<Float64Array>['run'] = (data, start, count, stride, sum) => {
  const whole = count - (count % 8)
  let p = start
  for (let i = 0; i < whole; i += 8) {
    const p1 = (p + stride) | 0
    const p2 = (p1 + stride) | 0
    const p3 = (p2 + stride) | 0
    const p4 = (p3 + stride) | 0
    const p5 = (p4 + stride) | 0
    const p6 = (p5 + stride) | 0
    const p7 = (p6 + stride) | 0
    sum += data[p]! + data[p4]! + (data[p2]! + data[p6]!) + (data[p1]! + data[p5]! + (data[p3]! + data[p7]!))
    p = (p7 + stride) | 0
  }
  for (let i = whole; i < count; i++) {
    sum += data[p]!
    p = (p + stride) | 0
  }
  return sum
}

const rows: SumKernels<Float64Array>['rows'] = (data, start, count, rowStride, width, sums, at) => {
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
      const even = data[p]! + data[p4]! + (data[p2]! + data[p6]!)
      const odd = data[p1]! + data[p5]! + (data[p3]! + data[p7]!)
      sums[(at + k) | 0] = sums[(at + k) | 0]! + (even + odd)
      p = (p + 1) | 0
    }
  }
  for (let j = whole; j < count; j++) {
    const row = (start + j * rowStride) | 0
    for (let k = 0; k < width; k++) sums[(at + k) | 0] = sums[(at + k) | 0]! + data[(row + k) | 0]!
  }
}

/** The loops over float64. */
export const sumKernelsFloat64: SumKernels<Float64Array> = { run, rows }
