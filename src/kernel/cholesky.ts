/** The lower triangular factor of a positive definite matrix, in row-major double precision. */

/** The sum of products of two stretches. */
const inner = (n: number, a: Float64Array, p: number, q: number): number => {
  let sum = 0
  for (let k = 0; k < n; k++) sum += a[p + k]! * a[q + k]!
  return sum
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
