/** The lower triangular factor of a positive definite matrix, in row-major double precision. */

/** The sum of products of two stretches, in four parts, none of which waits for another. */
const inner = (n: number, a: Float64Array, p: number, q: number): number => {
  let s = 0
  let t = 0
  let u = 0
  let v = 0
  let k = 0
  for (; k + 4 <= n; k += 4) {
    s += a[p + k]! * a[q + k]!
    t += a[p + k + 1]! * a[q + k + 1]!
    u += a[p + k + 2]! * a[q + k + 2]!
    v += a[p + k + 3]! * a[q + k + 3]!
  }
  for (; k < n; k++) s += a[p + k]! * a[q + k]!
  return s + t + (u + v)
}

/**
 * Factors one matrix in place, row by row, reading its lower triangle; the upper one becomes zero. Returns the first row
 * whose pivot is not positive, or -1.
 */
export const choleskyInto = (n: number, a: Float64Array, at: number): number => {
  for (let i = 0; i < n; i++) {
    const row = at + i * n
    for (let j = 0; j < i; j++) {
      const other = at + j * n
      a[row + j] = (a[row + j]! - inner(j, a, row, other)) / a[other + j]!
    }
    const pivot = a[row + i]! - inner(i, a, row, row)
    if (pivot <= 0) {
      a[row + i] = pivot
      return i
    }
    a[row + i] = Math.sqrt(pivot)
    a.fill(0, row + i + 1, row + n)
  }
  return -1
}
