/**
 * Products in TypeScript, with the bits of the library: where WebAssembly is not available, and for what is too small for it.
 *
 * The rule: each element is a sum of blocks of 256 terms; a block starts at +0, and takes `fround(s + fround(a b))` in order; the
 * blocks are added in order. A sum that starts at +0 is never -0, so the total may start at +0 as well.
 *
 * V8 keeps what it learns of types with the source text, so each element type has a text of its own: plainFloat64.ts is
 * made of this file by scripts/generate-kernels.ts.
 */
import { packedFloat32 } from './packedFloat32.js'
import { vectorFloat32 } from './vectorFloat32.js'

const { fround } = Math

type Data = Float32Array

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
          c00 = fround(c00 + fround(x0 * y0))
          c10 = fround(c10 + fround(x1 * y0))
          c01 = fround(c01 + fround(x0 * y1))
          c11 = fround(c11 + fround(x1 * y1))
          c02 = fround(c02 + fround(x0 * y2))
          c12 = fround(c12 + fround(x1 * y2))
          c03 = fround(c03 + fround(x0 * y3))
          c13 = fround(c13 + fround(x1 * y3))
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
export const tinyFloat32 = (
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
        c00 = fround(c00 + fround(x0 * y0))
        c01 = fround(c01 + fround(x0 * y1))
        c10 = fround(c10 + fround(x1 * y0))
        c11 = fround(c11 + fround(x1 * y1))
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
      c[t] = fround(x * b[s]!) + 0
      s = (s + bStride) | 0
      t = (t + 1) | 0
    }
  }
}

/** The product, all of `m`, `n` and `k` at least 1. Strides as in `matmulInto`. */
export const plainFloat32 = (
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
  else if (n === 1) vectorFloat32(m, k, a, aOffset, aRow, aCol, b, bOffset, bRow, c, cOffset)
  else if (m === 1) vectorFloat32(n, k, b, bOffset, bCol, bRow, a, aOffset, aCol, c, cOffset)
  else if (m * n * k < 3 * k * (m + n) + 2 * m * n + 1000)
    direct(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else packedFloat32(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
}
