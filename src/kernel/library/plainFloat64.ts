/** The text of plainFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */
import { packedFloat64 } from './packedFloat64.js'
import { vectorFloat64 } from './vectorFloat64.js'

type Data = Float64Array

/** Terms of a block. */
const block = 256

/** Tiles of two by four straight from the operands; at an edge the last row or column is taken again. */
const direct = (
  m: number,
  n: number,
  k: number,
  a: Data,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Data,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Data,
  cOffset: number
): void => {
  for (let i = 0; i < m; i += 2) {
    const i1 = Math.min(i + 1, m - 1)
    const rowStep = (i1 - i) * aRow
    const row0 = cOffset + i * n
    const row1 = cOffset + i1 * n
    for (let j = 0; j < n; j += 4) {
      const j1 = Math.min(j + 1, n - 1)
      const j2 = Math.min(j + 2, n - 1)
      const j3 = Math.min(j + 3, n - 1)
      const step1 = (j1 - j) * bCol
      const step2 = (j2 - j) * bCol
      const step3 = (j3 - j) * bCol
      let s = aOffset + i * aRow
      let t = bOffset + j * bCol
      for (let start = 0; start < k; start += block) {
        const depth = Math.min(block, k - start)
        let c00 = 0
        let c01 = 0
        let c02 = 0
        let c03 = 0
        let c10 = 0
        let c11 = 0
        let c12 = 0
        let c13 = 0
        for (let p = 0; p < depth; p++) {
          const x0 = a[s]!
          const x1 = a[(s + rowStep) | 0]!
          const y0 = b[t]!
          const y1 = b[(t + step1) | 0]!
          const y2 = b[(t + step2) | 0]!
          const y3 = b[(t + step3) | 0]!
          c00 = c00 + x0 * y0
          c10 = c10 + x1 * y0
          c01 = c01 + x0 * y1
          c11 = c11 + x1 * y1
          c02 = c02 + x0 * y2
          c12 = c12 + x1 * y2
          c03 = c03 + x0 * y3
          c13 = c13 + x1 * y3
          s = (s + aCol) | 0
          t = (t + bRow) | 0
        }
        if (start > 0) {
          c00 = c[row0 + j]! + c00
          c01 = c[row0 + j1]! + c01
          c02 = c[row0 + j2]! + c02
          c03 = c[row0 + j3]! + c03
          c10 = c[row1 + j]! + c10
          c11 = c[row1 + j1]! + c11
          c12 = c[row1 + j2]! + c12
          c13 = c[row1 + j3]! + c13
        }
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
}

/**
 * Tiles of two by two, `k` of one block: for products of a few terms, where larger tiles would repeat most of their work. All of `m`, `n`
 * and `k` at least 1; strides as in `matmulInto`.
 */
export const tinyFloat64 = (
  m: number,
  n: number,
  k: number,
  a: Data,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Data,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Data,
  cOffset: number
): void => {
  for (let i = 0; i < m; i += 2) {
    const i1 = Math.min(i + 1, m - 1)
    const rowStep = (i1 - i) * aRow
    const row0 = cOffset + i * n
    const row1 = cOffset + i1 * n
    for (let j = 0; j < n; j += 2) {
      const j1 = Math.min(j + 1, n - 1)
      const step1 = (j1 - j) * bCol
      let s = aOffset + i * aRow
      let t = bOffset + j * bCol
      let c00 = 0
      let c01 = 0
      let c10 = 0
      let c11 = 0
      for (let p = 0; p < k; p++) {
        const x0 = a[s]!
        const x1 = a[(s + rowStep) | 0]!
        const y0 = b[t]!
        const y1 = b[(t + step1) | 0]!
        c00 = c00 + x0 * y0
        c01 = c01 + x0 * y1
        c10 = c10 + x1 * y0
        c11 = c11 + x1 * y1
        s = (s + aCol) | 0
        t = (t + bRow) | 0
      }
      c[row0 + j] = c00
      c[row0 + j1] = c01
      c[row1 + j] = c10
      c[row1 + j1] = c11
    }
  }
}

/** `c_ij = 0 + a_i b_j`. */
const outer = (
  m: number,
  n: number,
  a: Data,
  aOffset: number,
  aStride: number,
  b: Data,
  bOffset: number,
  bStride: number,
  c: Data,
  cOffset: number
): void => {
  for (let i = 0; i < m; i++) {
    const x = a[aOffset + i * aStride]!
    let s = bOffset
    let t = (cOffset + i * n) | 0
    for (let j = 0; j < n; j++) {
      c[t] = x * b[s]! + 0
      s = (s + bStride) | 0
      t = (t + 1) | 0
    }
  }
}

/** The product, all of `m`, `n` and `k` at least 1. Strides as in `matmulInto`. */
export const plainFloat64 = (
  m: number,
  n: number,
  k: number,
  a: Data,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Data,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Data,
  cOffset: number
): void => {
  if (k === 1) outer(m, n, a, aOffset, aRow, b, bOffset, bCol, c, cOffset)
  else if (n === 1) vectorFloat64(m, k, a, aOffset, aRow, aCol, b, bOffset, bRow, c, cOffset)
  else if (m === 1) vectorFloat64(n, k, b, bOffset, bCol, bRow, a, aOffset, aCol, c, cOffset)
  else if (m * n * k < 3 * k * (m + n) + 2 * m * n + 1000)
    direct(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else packedFloat64(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
}
