/** Applications of the singular value decomposition: least squares solutions of least length. */

/** Where the factors of one m x n matrix begin, and its sizes. */
export interface Decomposed {
  readonly m: number
  readonly n: number
  readonly u: Float64Array
  readonly uAt: number
  readonly s: Float64Array
  readonly sAt: number
  readonly vt: Float64Array
  readonly vAt: number
}

/**
 * The vectors x = V (U^T b / s), one per column of the row-major matrix b, m x columns, to `x[xAt]`, n x columns, which is
 * zero before; with `transpose`, U (V^T b / s), and m and n change places. Singular values up to `cutoff` times the largest
 * count as 0, and so do their reciprocals.
 */
export const leastSquaresInto = (
  { m, n, u, uAt, s, sAt, vt, vAt }: Decomposed,
  cutoff: number,
  transpose: boolean,
  columns: number,
  b: Float64Array,
  bAt: number,
  x: Float64Array,
  xAt: number
): void => {
  const k = Math.min(m, n)
  const sums = new Float64Array(columns)
  const [rows, results] = transpose ? [n, m] : [m, n]
  for (let p = 0; p < k; p++) {
    const value = s[sAt + p]!
    // Not the other way around: NaN does not count as a small singular value.
    if (value <= cutoff * s[sAt]!) continue
    sums.fill(0)
    for (let i = 0; i < rows; i++) {
      const weight = transpose ? vt[vAt + p * n + i]! : u[uAt + i * k + p]!
      for (let j = 0; j < columns; j++) sums[j] = sums[j]! + weight * b[bAt + i * columns + j]!
    }
    for (let j = 0; j < columns; j++) sums[j] = sums[j]! / value
    for (let i = 0; i < results; i++) {
      const weight = transpose ? u[uAt + i * k + p]! : vt[vAt + p * n + i]!
      for (let j = 0; j < columns; j++) x[xAt + i * columns + j] = x[xAt + i * columns + j]! + weight * sums[j]!
    }
  }
}
