/** The QR decomposition by reflections, with a diagonal of R that is not negative. */
import { allFinite, binaryScale, makeReflection, negate, reflect } from './householder.js'

/** The working memory of the decomposition of an m x n matrix. */
export interface QrSpace {
  readonly columns: Float64Array
  readonly basis: Float64Array
  readonly taus: Float64Array
  /** By which power of two each column is multiplied, so that it neither overflows nor underflows: Q is the same. */
  readonly scales: Float64Array
}

export const qrSpace = (m: number, n: number): QrSpace => ({
  columns: new Float64Array(m * n),
  basis: new Float64Array(m),
  taus: new Float64Array(n),
  scales: new Float64Array(n)
})

/**
 * Decomposes the row-major matrix A, m x n with m >= n, at `a[aAt]`: Q, m x n with orthonormal columns, to `q[qAt]`, and R,
 * upper triangular, to `r[rAt]`, which is zero before. Where an element is not finite, all results are NaN.
 */
export const qrInto = (
  m: number,
  n: number,
  a: Float64Array,
  aAt: number,
  { columns, basis, taus, scales }: QrSpace,
  q: Float64Array,
  qAt: number,
  r: Float64Array,
  rAt: number
): void => {
  if (!allFinite(a, aAt, m * n)) {
    q.fill(NaN, qAt, qAt + m * n)
    r.fill(NaN, rAt, rAt + n * n)
    return
  }
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) columns[j * m + i] = a[aAt + i * n + j]!
    const scale = binaryScale(columns, j * m, m)
    scales[j] = scale
    if (scale !== 1) for (let i = 0; i < m; i++) columns[j * m + i] = columns[j * m + i]! * scale
  }
  for (let k = 0; k < n; k++) {
    taus[k] = makeReflection(columns, k * m + k, m - k)
    for (let j = k + 1; j < n; j++) reflect(columns, k * m + k, m - k, taus[k]!, columns, j * m + k)
  }
  for (let k = 0; k < n; k++) {
    basis.fill(0)
    basis[k] = 1
    for (let i = k; i >= 0; i--) reflect(columns, i * m + i, m - i, taus[i]!, basis, i)
    const turned = columns[k * m + k]! < 0
    if (turned) negate(basis, 0, m)
    for (let i = 0; i < m; i++) q[qAt + i * n + k] = basis[i]! + 0
    for (let j = k; j < n; j++) {
      const element = columns[j * m + k]! / scales[j]!
      r[rAt + k * n + j] = (turned ? 0 - element : element) + 0
    }
  }
}
