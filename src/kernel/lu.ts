/** Triangular factors of square matrices by Gaussian elimination with partial pivoting, in row-major double precision. */
import { type Scaled, isBalanced, scaledOf, times, valueOf } from './scaledProduct.js'

const exchange = (n: number, a: Float64Array, p: number, q: number): void => {
  for (let j = 0; j < n; j++) {
    const kept = a[p + j]!
    a[p + j] = a[q + j]!
    a[q + j] = kept
  }
}

/** The row, from `k` on, whose element in column `k` is largest, where NaN is larger than any number. */
const pivotRow = (m: number, n: number, a: Float64Array, at: number, k: number): number => {
  let best = Math.abs(a[at + k * n + k]!)
  let row = k
  for (let i = k + 1; i < m && best === best; i++) {
    const size = Math.abs(a[at + i * n + k]!)
    if (size <= best) continue
    best = size
    row = i
  }
  return row
}

/** Subtracts multiples of row `k` from those below it, and keeps the multipliers in its column. */
const eliminate = (m: number, n: number, a: Float64Array, at: number, k: number): void => {
  const top = at + k * n
  const pivot = a[top + k]!
  if (pivot === 0) return
  for (let i = k + 1; i < m; i++) {
    const row = at + i * n
    const factor = a[row + k]! / pivot
    a[row + k] = factor
    for (let j = k + 1; j < n; j++) a[row + j]! -= factor * a[top + j]!
  }
}

/**
 * Factors one matrix of `m` rows and `n` columns in place: the multipliers of the unit lower triangle below the diagonal,
 * the upper triangle on it and above. `rows` gets the number of the row that each row was. A pivot of zero, below which
 * there are only zeros, is passed by. Returns the sign of the permutation.
 */
export const factorInto = (
  m: number,
  n: number,
  a: Float64Array,
  at: number,
  rows: Int32Array,
  rowsAt: number
): 1 | -1 => {
  let sign: 1 | -1 = 1
  for (let i = 0; i < m; i++) rows[rowsAt + i] = i
  for (let k = 0; k < Math.min(m, n); k++) {
    const p = pivotRow(m, n, a, at, k)
    if (p !== k) {
      exchange(n, a, at + k * n, at + p * n)
      const kept = rows[rowsAt + k]!
      rows[rowsAt + k] = rows[rowsAt + p]!
      rows[rowsAt + p] = kept
      sign = sign === 1 ? -1 : 1
    }
    eliminate(m, n, a, at, k)
  }
  return sign
}

/** The factors without exchanges, for rows that are in order already. */
export const eliminateInto = (m: number, n: number, a: Float64Array, at: number): void => {
  for (let k = 0; k < Math.min(m, n); k++) eliminate(m, n, a, at, k)
}

/**
 * The first pivot of a factored matrix that is zero to rounding: no larger than the rounding error of the sum that it is,
 * `a_kk = sum_j l_kj u_jk`. Scaling rows or columns does not change the answer. -1 if no pivot qualifies.
 */
export const lostPivot = (n: number, lu: Float64Array, at: number): number => {
  for (let k = 0; k < n; k++) {
    const pivot = Math.abs(lu[at + k * n + k]!)
    let terms = pivot
    for (let j = 0; j < k; j++) terms += Math.abs(lu[at + k * n + j]! * lu[at + j * n + k]!)
    if (pivot <= Number.EPSILON * terms) return k
  }
  return -1
}

/** The determinant of a factored matrix, from the sign of its permutation on. */
export const productOfPivots = (n: number, lu: Float64Array, at: number, sign: number): number => {
  let plain = sign
  let k = 0
  for (; k < n && isBalanced(plain); k++) plain *= lu[at + k * (n + 1)]!
  if (isBalanced(plain)) return plain
  let product: Scaled = scaledOf(sign)
  for (k = 0; k < n; k++) product = times(product, scaledOf(lu[at + k * (n + 1)]!))
  return valueOf(product)
}

/** The first pivot that is exactly zero; -1 if no pivot is. */
export const zeroPivot = (n: number, lu: Float64Array, at: number): number => {
  for (let k = 0; k < n; k++) if (lu[at + k * n + k] === 0) return k
  return -1
}
