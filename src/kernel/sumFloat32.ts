/**
 * The innermost loops of a sum over float32: each whole group of eight adds `((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7))`,
 * what is left is added one by one. V8 keeps what it learns of types with the source text, so one text for both types of
 * floats would test at every load which of them it has (measured: 1.7 times the time); hence the twin for float64.
 */
import type { SumKernels } from './sumKernels.js'

const run: SumKernels<Float32Array>['run'] = (data, start, count, stride, sum) => {
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

const rows: SumKernels<Float32Array>['rows'] = (data, start, count, rowStride, width, sums, at) => {
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

/** The loops over float32. */
export const sumKernelsFloat32: SumKernels<Float32Array> = { run, rows }
