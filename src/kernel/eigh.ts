/**
 * Eigenvalues and eigenvectors of symmetric matrices: reflections to tridiagonal form, then the QL algorithm with implicit
 * shifts.
 *
 * G. H. Golub and C. F. Van Loan, Matrix Computations, 4th edition (2013), sections 8.3.1 and 8.3.3.
 */
import {
  allFinite,
  binaryScale,
  isNegative,
  makeReflection,
  negate,
  negligible,
  reflect,
  rotate
} from './householder.js'

/** The working memory of the decomposition of an n x n matrix. */
export interface EighSpace {
  readonly matrix: Float64Array
  /** The eigenvectors, one after another. */
  readonly vectors: Float64Array
  readonly diagonal: Float64Array
  /** Beside the diagonal; element i lies between i and i + 1. */
  readonly beside: Float64Array
  readonly taus: Float64Array
  readonly v: Float64Array
  readonly w: Float64Array
  readonly order: Int32Array
}

export const eighSpace = (n: number): EighSpace => ({
  matrix: new Float64Array(n * n),
  vectors: new Float64Array(n * n),
  diagonal: new Float64Array(n),
  beside: new Float64Array(n),
  taus: new Float64Array(n),
  v: new Float64Array(n),
  w: new Float64Array(n),
  order: new Int32Array(n)
})

const eps = Number.EPSILON
/** Up to which size elements count as 0, whatever they stand beside; where that has no end, those whose squares are lost. */
const leastBeside = (steps: number): number => (steps < mostSteps / 2 ? negligible : 2 ** -500)
const mostSteps = 60

/** A2 - v w^T - w v^T in the lower triangle from row and column `from` on, where w = tau A2 v - (tau^2 / 2)(v . A2 v) v. */
const reflectBothSides = (n: number, from: number, tau: number, { matrix, v, w }: EighSpace): void => {
  w.fill(0, from, n)
  for (let i = from; i < n; i++) {
    const row = i * n
    const vi = v[i]!
    let sum = 0
    for (let j = from; j < i; j++) {
      const a = matrix[row + j]!
      sum += a * v[j]!
      w[j] = w[j]! + a * vi
    }
    w[i] = w[i]! + sum + matrix[row + i]! * vi
  }
  let along = 0
  for (let i = from; i < n; i++) {
    w[i] = w[i]! * tau
    along += w[i]! * v[i]!
  }
  along *= tau / 2
  for (let i = from; i < n; i++) w[i] = w[i]! - along * v[i]!
  for (let i = from; i < n; i++) {
    const row = i * n
    const vi = v[i]!
    const wi = w[i]!
    for (let j = from; j <= i; j++) matrix[row + j] = matrix[row + j]! - vi * w[j]! - wi * v[j]!
  }
}

/** To tridiagonal form T = Q^T A Q; leaves Q^T in `vectors`. */
const tridiagonalise = (n: number, space: EighSpace): void => {
  const { matrix, vectors, diagonal, beside, taus, v } = space
  vectors.fill(0)
  for (let k = 0; k < n - 1; k++) {
    const from = k + 1
    // The column below the diagonal, reflected in row k of `vectors`, where its vector waits for its second use.
    for (let i = from; i < n; i++) vectors[k * n + i] = matrix[i * n + k]!
    const tau = makeReflection(vectors, k * n + from, n - from)
    taus[k] = tau
    beside[k] = vectors[k * n + from]!
    if (tau === 0) continue
    v[from] = 1
    for (let i = from + 1; i < n; i++) v[i] = vectors[k * n + i]!
    reflectBothSides(n, from, tau, space)
  }
  for (let i = 0; i < n; i++) diagonal[i] = matrix[i * n + i]!
  if (n > 0) beside[n - 1] = 0
  // Q^T = ... H_1 H_0, from the last to the first: only what lies behind row k is not the identity yet.
  if (n > 0) vectors[n * n - 1] = 1
  for (let k = n - 2; k >= 0; k--) {
    const from = k + 1
    for (let i = from; i < n; i++) v[i] = vectors[k * n + i]!
    for (let row = from; row < n; row++) reflect(v, from, n - from, taus[k]!, vectors, row * n + from)
    vectors.fill(0, k * n, k * n + n)
    vectors[k * n + k] = 1
  }
}

/** The next place at or after `from` where the tridiagonal matrix falls apart. */
const gapAfter = (n: number, from: number, d: Float64Array, e: Float64Array, least: number): number => {
  let m = from
  while (m < n - 1) {
    const size = Math.abs(e[m]!)
    if (size <= eps * (Math.abs(d[m]!) + Math.abs(d[m + 1]!)) || size <= least) break
    m++
  }
  return m
}

/** One step of QL on rows `l` to `m`, with Wilkinson's shift. */
const step = (n: number, l: number, m: number, { diagonal: d, beside: e, vectors }: EighSpace): void => {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!)
  const root = Math.hypot(half, 1)
  let g = d[m]! - d[l]! + e[l]! / (half + (half >= 0 ? root : -root))
  let s = 1
  let c = 1
  let p = 0
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!
    const b = c * e[i]!
    const r = Math.hypot(f, g)
    e[i + 1] = r
    if (r < negligible) {
      // The matrix falls apart; what the last rotation has made of the element above, its sign too, stays.
      e[i + 1] = 0
      e[i] = b
      d[i + 1] = d[i + 1]! - p
      e[m] = 0
      return
    }
    s = f / r
    c = g / r
    g = d[i + 1]! - p
    const t = (d[i]! - g) * s + 2 * c * b
    p = s * t
    d[i + 1] = g + p
    g = c * t - b
    rotate(vectors, i * n, i * n + n, n, c, s)
  }
  d[l] = d[l]! - p
  e[l] = g
  e[m] = 0
}

/** Makes the tridiagonal matrix diagonal; whether that came to an end. */
const diagonalise = (n: number, space: EighSpace): boolean => {
  for (let l = 0; l < n; l++) {
    for (let steps = 0; ; steps++) {
      const m = gapAfter(n, l, space.diagonal, space.beside, leastBeside(steps))
      if (m === l) break
      if (steps === mostSteps) return false
      step(n, l, m, space)
    }
  }
  return true
}

/**
 * Decomposes the symmetric matrix whose lower triangle is that of the row-major n x n matrix at `a[aAt]`: the eigenvalues,
 * ascending, to `w[wAt]`, and the eigenvectors to the columns of the matrix at `v[vAt]`. Of each and its negative that one
 * is taken whose largest component is positive, see `isNegative`. Where an element is not finite, all results are NaN.
 */
export const eighInto = (
  n: number,
  a: Float64Array,
  aAt: number,
  space: EighSpace,
  w: Float64Array,
  wAt: number,
  v: Float64Array,
  vAt: number
): void => {
  const { matrix, vectors, diagonal, order } = space
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = j <= i ? a[aAt + i * n + j]! : 0
  }
  const scale = binaryScale(matrix, 0, n * n)
  for (let i = 0; i < n * n; i++) matrix[i] = matrix[i]! * scale
  const finite = allFinite(matrix, 0, n * n)
  if (finite) tridiagonalise(n, space)
  if (!finite || !diagonalise(n, space)) {
    w.fill(NaN, wAt, wAt + n)
    v.fill(NaN, vAt, vAt + n * n)
    return
  }
  for (let i = 0; i < n; i++) order[i] = i
  order.sort((i, j) => diagonal[i]! - diagonal[j]! || i - j)
  for (let k = 0; k < n; k++) {
    const row = order[k]! * n
    w[wAt + k] = diagonal[order[k]!]! / scale
    if (isNegative(vectors, row, n)) negate(vectors, row, n)
    for (let i = 0; i < n; i++) v[vAt + i * n + k] = vectors[row + i]! + 0
  }
}
