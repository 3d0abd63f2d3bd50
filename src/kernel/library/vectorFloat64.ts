/** The text of vectorFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */

type Data = Float64Array

/** Terms of a block. */
const block = 256

/** One dot product: a long one takes four blocks side by side. */
const dot = (
  depth: number,
  x: Data,
  xOffset: number,
  xStride: number,
  y: Data,
  yOffset: number,
  yStride: number
): number => {
  const xBlock = block * xStride
  const yBlock = block * yStride
  const long = depth - (depth % (4 * block))
  let total = 0
  for (let start = 0; start < long; start += 4 * block) {
    let sum0 = 0
    let sum1 = 0
    let sum2 = 0
    let sum3 = 0
    let s = xOffset + start * xStride
    let t = yOffset + start * yStride
    for (let p = 0; p < block; p++) {
      sum0 = sum0 + x[s]! * y[t]!
      sum1 = sum1 + x[s + xBlock]! * y[t + yBlock]!
      sum2 = sum2 + x[s + 2 * xBlock]! * y[t + 2 * yBlock]!
      sum3 = sum3 + x[s + 3 * xBlock]! * y[t + 3 * yBlock]!
      s = (s + xStride) | 0
      t = (t + yStride) | 0
    }
    total = total + sum0 + sum1 + sum2 + sum3
  }
  for (let start = long; start < depth; start += block) {
    const count = Math.min(block, depth - start)
    let sum = 0
    let s = xOffset + start * xStride
    let t = yOffset + start * yStride
    for (let p = 0; p < count; p++) {
      sum = sum + x[s]! * y[t]!
      s = (s + xStride) | 0
      t = (t + yStride) | 0
    }
    total = total + sum
  }
  return total
}

/** `c_i = x . (row i)`, four rows at a time; the last four may overlap those before. */
const dots = (
  rows: number,
  depth: number,
  matrix: Data,
  offset: number,
  rowStride: number,
  depthStride: number,
  x: Data,
  xOffset: number,
  xStride: number,
  c: Data,
  cOffset: number
): void => {
  if (rows < 4) {
    for (let i = 0; i < rows; i++) {
      c[cOffset + i] = dot(depth, matrix, offset + i * rowStride, depthStride, x, xOffset, xStride)
    }
    return
  }
  for (let row = 0; row < rows; row += 4) {
    const i = Math.min(row, rows - 4)
    let total0 = 0
    let total1 = 0
    let total2 = 0
    let total3 = 0
    let s = offset + i * rowStride
    let t = xOffset
    for (let start = 0; start < depth; start += block) {
      const count = Math.min(block, depth - start)
      let sum0 = 0
      let sum1 = 0
      let sum2 = 0
      let sum3 = 0
      for (let p = 0; p < count; p++) {
        const s1 = (s + rowStride) | 0
        const s2 = (s1 + rowStride) | 0
        const s3 = (s2 + rowStride) | 0
        const value = x[t]!
        sum0 = sum0 + matrix[s]! * value
        sum1 = sum1 + matrix[s1]! * value
        sum2 = sum2 + matrix[s2]! * value
        sum3 = sum3 + matrix[s3]! * value
        s = (s + depthStride) | 0
        t = (t + xStride) | 0
      }
      total0 = total0 + sum0
      total1 = total1 + sum1
      total2 = total2 + sum2
      total3 = total3 + sum3
    }
    c[cOffset + i] = total0
    c[cOffset + i + 1] = total1
    c[cOffset + i + 2] = total2
    c[cOffset + i + 3] = total3
  }
}

/** Rows a combination of columns takes at a time: the sums stay in the cache. */
const sumCount = 1024

let scratch: Data | undefined

/** `c = sum_p x_p (column p)`: for matrices whose columns are runs of memory, four columns at a time. */
const combine = (
  rows: number,
  depth: number,
  matrix: Data,
  offset: number,
  rowStride: number,
  depthStride: number,
  x: Data,
  xOffset: number,
  xStride: number,
  c: Data,
  cOffset: number
): void => {
  scratch ??= new Float64Array(sumCount)
  const sums = scratch
  for (let start = 0; start < depth; start += block) {
    const end = Math.min(depth, start + block)
    const whole = end - ((end - start) % 4)
    sums.fill(0, 0, rows)
    for (let p = start; p < whole; p += 4) {
      const t = xOffset + p * xStride
      const x0 = x[t]!
      const x1 = x[t + xStride]!
      const x2 = x[t + 2 * xStride]!
      const x3 = x[t + 3 * xStride]!
      let s = offset + p * depthStride
      for (let i = 0; i < rows; i++) {
        const s1 = (s + depthStride) | 0
        const s2 = (s1 + depthStride) | 0
        const s3 = (s2 + depthStride) | 0
        const sum0 = sums[i]! + x0 * matrix[s]!
        const sum1 = sum0 + x1 * matrix[s1]!
        const sum2 = sum1 + x2 * matrix[s2]!
        sums[i] = sum2 + x3 * matrix[s3]!
        s = (s + rowStride) | 0
      }
    }
    for (let p = whole; p < end; p++) {
      const value = x[xOffset + p * xStride]!
      let s = offset + p * depthStride
      for (let i = 0; i < rows; i++) {
        sums[i] = sums[i]! + value * matrix[s]!
        s = (s + rowStride) | 0
      }
    }
    for (let i = 0; i < rows; i++) c[cOffset + i] = (start > 0 ? c[cOffset + i]! : 0) + sums[i]!
  }
}

/** `c_i = sum_p matrix_ip x_p`, by rows or by columns, whichever are runs of memory. */
export const vectorFloat64 = (
  rows: number,
  depth: number,
  matrix: Data,
  offset: number,
  rowStride: number,
  depthStride: number,
  x: Data,
  xOffset: number,
  xStride: number,
  c: Data,
  cOffset: number
): void => {
  if (rows < 4 || depthStride <= rowStride) {
    dots(rows, depth, matrix, offset, rowStride, depthStride, x, xOffset, xStride, c, cOffset)
    return
  }
  for (let i = 0; i < rows; i += sumCount) {
    const count = Math.min(sumCount, rows - i)
    combine(count, depth, matrix, offset + i * rowStride, rowStride, depthStride, x, xOffset, xStride, c, cOffset + i)
  }
}
