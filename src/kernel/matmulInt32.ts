/** The matrix product of int32: products and sums modulo 2^32, as everywhere in int32. Strides as in `matmulInto`. */
export const multiplyInt32 = (
  m: number,
  n: number,
  k: number,
  a: Int32Array,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Int32Array,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Int32Array,
  cOffset: number
): void => {
  for (let i = 0; i < m; i += 2) {
    const i1 = Math.min(i + 1, m - 1)
    const rowStep = (i1 - i) * aRow
    for (let j = 0; j < n; j += 2) {
      const j1 = Math.min(j + 1, n - 1)
      const columnStep = (j1 - j) * bCol
      let c00 = 0
      let c01 = 0
      let c10 = 0
      let c11 = 0
      let s = aOffset + i * aRow
      let t = bOffset + j * bCol
      for (let p = 0; p < k; p++) {
        const x0 = a[s]!
        const x1 = a[(s + rowStep) | 0]!
        const y0 = b[t]!
        const y1 = b[(t + columnStep) | 0]!
        c00 = (c00 + Math.imul(x0, y0)) | 0
        c01 = (c01 + Math.imul(x0, y1)) | 0
        c10 = (c10 + Math.imul(x1, y0)) | 0
        c11 = (c11 + Math.imul(x1, y1)) | 0
        s = (s + aCol) | 0
        t = (t + bRow) | 0
      }
      const row0 = cOffset + i * n
      const row1 = cOffset + i1 * n
      c[row0 + j] = c00
      c[row0 + j1] = c01
      c[row1 + j] = c10
      c[row1 + j1] = c11
    }
  }
}
