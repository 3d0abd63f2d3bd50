/** The loops of the matrix product that touch the operands themselves, for float64: the text of matmulFloat32.ts. */
import type { MatmulKernels } from './matmulKernels.js'

type Data = Float64Array

const copy = (
  source: Data,
  offset: number,
  stride: number,
  target: Float64Array,
  targetOffset: number,
  targetStride: number,
  count: number
): void => {
  const whole = count - (count % 4)
  let s = offset
  let t = targetOffset
  for (let i = 0; i < whole; i += 4) {
    const s1 = (s + stride) | 0
    const s2 = (s1 + stride) | 0
    const s3 = (s2 + stride) | 0
    const t1 = (t + targetStride) | 0
    const t2 = (t1 + targetStride) | 0
    const t3 = (t2 + targetStride) | 0
    target[t] = source[s]!
    target[t1] = source[s1]!
    target[t2] = source[s2]!
    target[t3] = source[s3]!
    s = (s3 + stride) | 0
    t = (t3 + targetStride) | 0
  }
  for (let i = whole; i < count; i++) {
    target[t] = source[s]!
    s = (s + stride) | 0
    t = (t + targetStride) | 0
  }
}

const pack: MatmulKernels<Data>['pack'] = (
  source,
  offset,
  count,
  depth,
  lineStride,
  depthStride,
  panels,
  panelStride
) => {
  const lanes = panels.length
  if (depthStride <= lineStride || count < 8 * lanes) {
    for (let line = 0; line < count; line++) {
      const start = Math.floor(line / lanes) * panelStride
      copy(source, offset + line * lineStride, depthStride, panels[line % lanes]!, start, 1, depth)
    }
    return
  }
  for (let p = 0; p < depth; p++) {
    for (let lane = 0; lane < lanes; lane++) {
      const lines = Math.ceil((count - lane) / lanes)
      const start = offset + p * depthStride + lane * lineStride
      copy(source, start, lanes * lineStride, panels[lane]!, p, panelStride, lines)
    }
  }
}

const store: MatmulKernels<Data>['store'] = (tile, rows, columns, c, cOffset, cRow, overwrite) => {
  let target = cOffset
  if (columns === 4 && overwrite) {
    for (let t = 0; t < rows * 4; t += 4) {
      c[target] = tile[t]!
      c[target + 1] = tile[t + 1]!
      c[target + 2] = tile[t + 2]!
      c[target + 3] = tile[t + 3]!
      target += cRow
    }
    return
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = tile[i * 4 + j]!
      c[target + j] = overwrite ? value : c[target + j]! + value
    }
    target += cRow
  }
}

/** Tiles of two by four straight from the operands; at an edge the last row or column is taken again. */
const direct: MatmulKernels<Data>['direct'] = (m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset) => {
  for (let i = 0; i < m; i += 2) {
    const i1 = Math.min(i + 1, m - 1)
    const rowStep = (i1 - i) * aRow
    for (let j = 0; j < n; j += 4) {
      const j1 = Math.min(j + 1, n - 1)
      const j2 = Math.min(j + 2, n - 1)
      const j3 = Math.min(j + 3, n - 1)
      const step1 = (j1 - j) * bCol
      const step2 = (j2 - j) * bCol
      const step3 = (j3 - j) * bCol
      let c00 = 0
      let c01 = 0
      let c02 = 0
      let c03 = 0
      let c10 = 0
      let c11 = 0
      let c12 = 0
      let c13 = 0
      let s = aOffset + i * aRow
      let t = bOffset + j * bCol
      for (let p = 0; p < k; p++) {
        const x0 = a[s]!
        const x1 = a[(s + rowStep) | 0]!
        const y0 = b[t]!
        const y1 = b[(t + step1) | 0]!
        const y2 = b[(t + step2) | 0]!
        const y3 = b[(t + step3) | 0]!
        c00 += x0 * y0
        c10 += x1 * y0
        c01 += x0 * y1
        c11 += x1 * y1
        c02 += x0 * y2
        c12 += x1 * y2
        c03 += x0 * y3
        c13 += x1 * y3
        s = (s + aCol) | 0
        t = (t + bRow) | 0
      }
      const row0 = cOffset + i * n
      const row1 = cOffset + i1 * n
      c[row0 + j] = c00
      c[row0 + j1] = c01
      c[row0 + j2] = c02
      c[row0 + j3] = c03
      c[row1 + j] = c10
      c[row1 + j1] = c11
      c[row1 + j2] = c12
      c[row1 + j3] = c13
    }
  }
}

/** `c_i = x . (row i)`, four rows at a time, then single rows four terms at a time. */
const dots: MatmulKernels<Data>['dots'] = (
  rows,
  depth,
  matrix,
  offset,
  rowStride,
  depthStride,
  x,
  xOffset,
  xStride,
  c,
  cOffset
) => {
  const wholeRows = rows - (rows % 4)
  for (let i = 0; i < wholeRows; i += 4) {
    let sum0 = 0
    let sum1 = 0
    let sum2 = 0
    let sum3 = 0
    let s = offset + i * rowStride
    let t = xOffset
    for (let p = 0; p < depth; p++) {
      const s1 = (s + rowStride) | 0
      const s2 = (s1 + rowStride) | 0
      const s3 = (s2 + rowStride) | 0
      const value = x[t]!
      sum0 += matrix[s]! * value
      sum1 += matrix[s1]! * value
      sum2 += matrix[s2]! * value
      sum3 += matrix[s3]! * value
      s = (s + depthStride) | 0
      t = (t + xStride) | 0
    }
    c[cOffset + i] = sum0
    c[cOffset + i + 1] = sum1
    c[cOffset + i + 2] = sum2
    c[cOffset + i + 3] = sum3
  }
  const wholeDepth = depth - (depth % 4)
  for (let i = wholeRows; i < rows; i++) {
    let sum0 = 0
    let sum1 = 0
    let sum2 = 0
    let sum3 = 0
    let s = offset + i * rowStride
    let t = xOffset
    for (let p = 0; p < wholeDepth; p += 4) {
      const s1 = (s + depthStride) | 0
      const s2 = (s1 + depthStride) | 0
      const s3 = (s2 + depthStride) | 0
      const t1 = (t + xStride) | 0
      const t2 = (t1 + xStride) | 0
      const t3 = (t2 + xStride) | 0
      sum0 += matrix[s]! * x[t]!
      sum1 += matrix[s1]! * x[t1]!
      sum2 += matrix[s2]! * x[t2]!
      sum3 += matrix[s3]! * x[t3]!
      s = (s3 + depthStride) | 0
      t = (t3 + xStride) | 0
    }
    for (let p = wholeDepth; p < depth; p++) {
      sum0 += matrix[s]! * x[t]!
      s = (s + depthStride) | 0
      t = (t + xStride) | 0
    }
    c[cOffset + i] = sum0 + sum1 + (sum2 + sum3)
  }
}

/** `c = sum_p x_p (column p)`, four columns at a time into sums in double. */
const combine: MatmulKernels<Data>['combine'] = (
  rows,
  depth,
  matrix,
  offset,
  rowStride,
  depthStride,
  x,
  xOffset,
  xStride,
  sums,
  c,
  cOffset
) => {
  sums.fill(0, 0, rows)
  const wholeDepth = depth - (depth % 4)
  for (let p = 0; p < wholeDepth; p += 4) {
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
      sums[i] = sums[i]! + (x0 * matrix[s]! + x1 * matrix[s1]! + (x2 * matrix[s2]! + x3 * matrix[s3]!))
      s = (s + rowStride) | 0
    }
  }
  for (let p = wholeDepth; p < depth; p++) {
    const value = x[xOffset + p * xStride]!
    let s = offset + p * depthStride
    for (let i = 0; i < rows; i++) {
      sums[i] = sums[i]! + value * matrix[s]!
      s = (s + rowStride) | 0
    }
  }
  for (let i = 0; i < rows; i++) c[cOffset + i] = sums[i]!
}

/** `c_ij = a_i b_j`. */
const outer: MatmulKernels<Data>['outer'] = (m, n, a, aOffset, aStride, b, bOffset, bStride, c, cOffset) => {
  const whole = n - (n % 4)
  for (let i = 0; i < m; i++) {
    const x = a[aOffset + i * aStride]!
    let s = bOffset
    let t = (cOffset + i * n) | 0
    for (let j = 0; j < whole; j += 4) {
      const s1 = (s + bStride) | 0
      const s2 = (s1 + bStride) | 0
      const s3 = (s2 + bStride) | 0
      c[t] = x * b[s]!
      c[(t + 1) | 0] = x * b[s1]!
      c[(t + 2) | 0] = x * b[s2]!
      c[(t + 3) | 0] = x * b[s3]!
      s = (s3 + bStride) | 0
      t = (t + 4) | 0
    }
    for (let j = whole; j < n; j++) {
      c[t] = x * b[s]!
      s = (s + bStride) | 0
      t = (t + 1) | 0
    }
  }
}

/** The kernels over float64. */
export const kernelsFloat64: MatmulKernels<Data> = { pack, store, direct, dots, combine, outer }
