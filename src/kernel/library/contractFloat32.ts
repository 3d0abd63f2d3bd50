/** The contraction of the library, in TypeScript and with the same bits; see `contraction` in module.ts. */

const { fround } = Math

type Data = Float32Array

/** Terms of a block. */
const block = 256

/**
 * C[i, j] = sum over `r` rows of `k` terms of A[r, i, k] B[r, k, j], added to C if `more`, for `m` rows and `n` columns of C; all of
 * these at least 1. Rows of terms are `aRow` and `bRow` apart, terms `aTerm` and `bTerm`, rows of the result `aItem` and `cItem`; columns of
 * B and C lie side by side. A block of the sum is as many whole rows as have at most 256 terms, at least one; a longer row is
 * cut at 256.
 */
export const contractFloat32 = (
  m: number,
  n: number,
  r: number,
  k: number,
  a: Data,
  aOffset: number,
  aRow: number,
  aItem: number,
  aTerm: number,
  b: Data,
  bOffset: number,
  bRow: number,
  bTerm: number,
  c: Data,
  cOffset: number,
  cItem: number,
  more: boolean
): void => {
  const step = k <= block ? Math.floor(block / k) : 1
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j += 4) {
      const at = cOffset + i * cItem + j
      const j1 = Math.min(1, n - 1 - j)
      const j2 = Math.min(2, n - 1 - j)
      const j3 = Math.min(3, n - 1 - j)
      let total0 = 0
      let total1 = 0
      let total2 = 0
      let total3 = 0
      if (more) {
        total0 = c[at]!
        total1 = c[at + j1]!
        total2 = c[at + j2]!
        total3 = c[at + j3]!
      }
      for (let first = 0; first < r; first += step) {
        const last = Math.min(r, first + step)
        for (let start = 0; start < k; start += block) {
          const count = Math.min(block, k - start)
          let sum0 = 0
          let sum1 = 0
          let sum2 = 0
          let sum3 = 0
          for (let row = first; row < last; row++) {
            let s = aOffset + row * aRow + i * aItem + start * aTerm
            let t = bOffset + row * bRow + start * bTerm + j
            for (let p = 0; p < count; p++) {
              const x = a[s]!
              sum0 = fround(sum0 + fround(x * b[t]!))
              sum1 = fround(sum1 + fround(x * b[(t + j1) | 0]!))
              sum2 = fround(sum2 + fround(x * b[(t + j2) | 0]!))
              sum3 = fround(sum3 + fround(x * b[(t + j3) | 0]!))
              s = (s + aTerm) | 0
              t = (t + bTerm) | 0
            }
          }
          total0 = fround(total0 + sum0)
          total1 = fround(total1 + sum1)
          total2 = fround(total2 + sum2)
          total3 = fround(total3 + sum3)
        }
      }
      c[at] = total0
      c[at + j1] = total1
      c[at + j2] = total2
      c[at + j3] = total3
    }
  }
}
