/**
 * Singular values and vectors: QR with column pivoting of the sorted rows, then one-sided Jacobi rotations of the rows of R, which find small
 * singular values as exactly as large ones.
 *
 * Z. Drmac and K. Veselic, New fast and accurate Jacobi SVD algorithm, SIAM Journal on Matrix Analysis and Applications 29
 * (2008).
 */
import {
  allFinite,
  binaryScale,
  isNegative,
  lengthOf,
  makeReflection,
  negate,
  negligible,
  reflect
} from './householder.js'

/** The working memory of the decomposition of an m x n matrix, m >= n: lists of vectors, one after another. */
export interface SvdSpace {
  /** The columns, then the reflections. */
  readonly columns: Float64Array
  readonly taus: Float64Array
  /** The rows in order of falling size: with small ones in front, small singular values would lose their digits. */
  readonly sorted: Int32Array
  /** The size of each row; then a vector of left, in that order. */
  readonly sizes: Float64Array
  /** Which column was taken at each step. */
  readonly pivots: Int32Array
  /** The rows of R, then right singular vectors of it. */
  readonly rows: Float64Array
  /** Left singular vectors of R. */
  readonly turns: Float64Array
  readonly squares: Float64Array
  readonly lengths: Float64Array
  readonly order: Int32Array
  /** The left singular vectors, of length m. */
  readonly left: Float64Array
  /** The right singular vectors, of length n. */
  readonly right: Float64Array
}

export const svdSpace = (m: number, n: number): SvdSpace => ({
  columns: new Float64Array(m * n),
  taus: new Float64Array(n),
  sorted: new Int32Array(m),
  sizes: new Float64Array(m),
  pivots: new Int32Array(n),
  rows: new Float64Array(n * n),
  turns: new Float64Array(n * n),
  squares: new Float64Array(n),
  lengths: new Float64Array(n),
  order: new Int32Array(n),
  left: new Float64Array(m * n),
  right: new Float64Array(n * n)
})

const eps = Number.EPSILON
const mostSweeps = 60

// -----------------------------------------------------------------------------
// QR with pivoting
// -----------------------------------------------------------------------------

const swap = (x: Float64Array, a: number, b: number, n: number): void => {
  for (let i = 0; i < n; i++) {
    const kept = x[a + i]!
    x[a + i] = x[b + i]!
    x[b + i] = kept
  }
}

/** The column from `k` on that is longest below row `k`. */
const longest = (columns: Float64Array, m: number, n: number, k: number): number => {
  let best = k
  let most = -1
  for (let j = k; j < n; j++) {
    const length = lengthOf(columns, j * m + k, m - k)
    if (length > most) {
      most = length
      best = j
    }
  }
  return best
}

/** Brings the rows of the columns into order, the largest first. */
const sortRows = (m: number, n: number, { columns, sorted, sizes }: SvdSpace): void => {
  for (let i = 0; i < m; i++) {
    sorted[i] = i
    sizes[i] = 0
    for (let j = 0; j < n; j++) sizes[i] = Math.max(sizes[i]!, Math.abs(columns[j * m + i]!))
  }
  sorted.sort((i, j) => sizes[j]! - sizes[i]! || i - j)
  for (let j = 0; j < n; j++) {
    sizes.set(columns.subarray(j * m, j * m + m))
    for (let i = 0; i < m; i++) columns[j * m + i] = sizes[sorted[i]!]!
  }
}

/** Leaves R in `rows`, and the reflections in `columns`. */
const pivotedQr = (m: number, n: number, { columns, taus, pivots, rows }: SvdSpace): void => {
  for (let j = 0; j < n; j++) pivots[j] = j
  rows.fill(0)
  for (let k = 0; k < n; k++) {
    const best = longest(columns, m, n, k)
    if (best !== k) {
      swap(columns, k * m, best * m, m)
      const kept = pivots[k]!
      pivots[k] = pivots[best]!
      pivots[best] = kept
    }
    const tau = makeReflection(columns, k * m + k, m - k)
    taus[k] = tau
    for (let j = k + 1; j < n; j++) reflect(columns, k * m + k, m - k, tau, columns, j * m + k)
  }
  for (let k = 0; k < n; k++) for (let j = k; j < n; j++) rows[k * n + j] = columns[j * m + k]!
}

// -----------------------------------------------------------------------------
// Jacobi
// -----------------------------------------------------------------------------

const dot = (x: Float64Array, a: number, b: number, n: number): number => {
  let sum = 0
  for (let i = 0; i < n; i++) sum += x[a + i]! * x[b + i]!
  return sum
}

/**
 * The vectors p and q become c p - s q and s p + c q, with 1 - c = s tau: small rotations lose no orthogonality, however many
 * there are.
 */
const turn = (x: Float64Array, p: number, q: number, n: number, s: number, tau: number): void => {
  for (let i = 0; i < n; i++) {
    const a = x[p + i]!
    const b = x[q + i]!
    x[p + i] = a - s * (b + tau * a)
    x[q + i] = b + s * (a - tau * b)
  }
}

/** Below this, squares lose digits, and then all of them. */
const leastSquare = 1e-280

/** The tangent of the angle that makes two vectors orthogonal, where `half` is the cotangent of its double. */
const tangentOf = (half: number): number => (half >= 0 ? 1 : -1) / (Math.abs(half) + Math.hypot(1, half))

/** The tangent for rows whose squares are out of range; 0 where they are orthogonal. */
const tangentOfShort = (n: number, i: number, j: number, tolerance: number, rows: Float64Array): number => {
  const a = lengthOf(rows, i * n, n)
  const b = lengthOf(rows, j * n, n)
  if (a < negligible || b < negligible) return 0
  let cosine = 0
  for (let k = 0; k < n; k++) cosine += (rows[i * n + k]! / a) * (rows[j * n + k]! / b)
  return Math.abs(cosine) <= tolerance ? 0 : tangentOf((b / a - a / b) / (2 * cosine))
}

/** Rotates rows i and j to be orthogonal; whether they were not. */
const rotatePair = (
  n: number,
  i: number,
  j: number,
  tolerance: number,
  { rows, turns, squares }: SvdSpace
): boolean => {
  const a = squares[i]!
  const b = squares[j]!
  const isShort = a < leastSquare || b < leastSquare
  const product = isShort ? 0 : dot(rows, i * n, j * n, n)
  if (!isShort && Math.abs(product) <= tolerance * Math.sqrt(a) * Math.sqrt(b)) return false
  const t = isShort ? tangentOfShort(n, i, j, tolerance, rows) : tangentOf((b - a) / (2 * product))
  if (t === 0) return false
  const c = 1 / Math.sqrt(1 + t * t)
  const s = c * t
  const tau = s / (1 + c)
  turn(rows, i * n, j * n, n, s, tau)
  turn(turns, i * n, j * n, n, s, tau)
  squares[i] = isShort ? dot(rows, i * n, i * n, n) : Math.max(0, a - t * product)
  squares[j] = isShort ? dot(rows, j * n, j * n, n) : b + t * product
  return true
}

/** Makes the rows orthogonal: afterwards R = turns^T rows. Whether that came to an end. */
const orthogonalise = (n: number, space: SvdSpace): boolean => {
  const { rows, turns, squares } = space
  const tolerance = eps * Math.max(1, Math.sqrt(n))
  turns.fill(0)
  for (let i = 0; i < n; i++) turns[i * n + i] = 1
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    for (let i = 0; i < n; i++) squares[i] = dot(rows, i * n, i * n, n)
    let moved = false
    for (let i = 0; i < n - 1; i++) {
      for (let j = i + 1; j < n; j++) if (rotatePair(n, i, j, tolerance, space)) moved = true
    }
    if (!moved) return true
  }
  return false
}

/** Makes the vector behind the `known` ones at the front of a list orthogonal to them, and of length 1. */
const orthogonaliseLast = (x: Float64Array, known: number, n: number): void => {
  const at = known * n
  for (let again = 0; again < 2; again++) {
    for (let k = 0; k < known; k++) {
      const along = dot(x, k * n, at, n)
      for (let i = 0; i < n; i++) x[at + i] = x[at + i]! - along * x[k * n + i]!
    }
  }
  const length = lengthOf(x, at, n)
  for (let i = 0; i < n; i++) x[at + i] = x[at + i]! / length
}

/** A vector of length 1 orthogonal to the `known` vectors at the front of a list, at position `known` of it. */
const complete = (x: Float64Array, known: number, n: number): void => {
  let best = 0
  let least = Infinity
  for (let i = 0; i < n; i++) {
    let covered = 0
    for (let k = 0; k < known; k++) covered += x[k * n + i]! ** 2
    if (covered < least) {
      least = covered
      best = i
    }
  }
  const at = known * n
  x.fill(0, at, at + n)
  x[at + best] = 1
  orthogonaliseLast(x, known, n)
}

// -----------------------------------------------------------------------------
// the decomposition
// -----------------------------------------------------------------------------

/** The singular vectors, in order of falling singular values, to `left` and `right`; these, unscaled, to `squares`. */
const collect = (m: number, n: number, space: SvdSpace): void => {
  const { columns, taus, sorted, sizes, pivots, rows, turns, squares, lengths, order, left, right } = space
  for (let i = 0; i < n; i++) {
    order[i] = i
    lengths[i] = lengthOf(rows, i * n, n)
  }
  order.sort((i, j) => lengths[j]! - lengths[i]! || i - j)
  for (let k = 0; k < n; k++) {
    const from = order[k]!
    const s = lengths[from]!
    squares[k] = s
    left.fill(0, k * m, k * m + m)
    for (let i = 0; i < n; i++) left[k * m + i] = turns[from * n + i]!
    for (let i = n - 1; i >= 0; i--) reflect(columns, i * m + i, m - i, taus[i]!, left, k * m + i)
    sizes.set(left.subarray(k * m, k * m + m))
    for (let i = 0; i < m; i++) left[k * m + sorted[i]!] = sizes[i]!
    if (s >= negligible) for (let i = 0; i < n; i++) right[k * n + pivots[i]!] = rows[from * n + i]! / s
    else complete(right, k, n)
  }
}

/** Of each pair of singular vectors and its negative, the one whose left vector has a positive largest component. */
const orient = (a: Float64Array, aSize: number, b: Float64Array, bSize: number, s: Float64Array): void => {
  for (let k = 0; k < s.length; k++) {
    const turned = isNegative(a, k * aSize, aSize)
    if (turned) negate(a, k * aSize, aSize)
    // At the singular value 0 the two are not tied to each other.
    if (s[k] === 0 ? isNegative(b, k * bSize, bSize) : turned) negate(b, k * bSize, bSize)
  }
}

/**
 * Decomposes the row-major m x n matrix A at `a[aAt]`, with k = min(m, n): U, m x k, to `u[uAt]`, the singular values,
 * falling, to `s[sAt]`, and V^T, k x n, to `v[vAt]`. The space is that of max(m, n) x k. Where an element is not finite, all
 * results are NaN.
 */
export const svdInto = (
  m: number,
  n: number,
  a: Float64Array,
  aAt: number,
  space: SvdSpace,
  u: Float64Array,
  uAt: number,
  s: Float64Array,
  sAt: number,
  v: Float64Array,
  vAt: number
): void => {
  const wide = m < n
  const k = wide ? m : n
  const long = wide ? n : m
  const { columns, left, right, squares } = space
  const scale = binaryScale(a, aAt, m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) columns[wide ? i * n + j : j * m + i] = a[aAt + i * n + j]! * scale
  }
  const finite = allFinite(columns, 0, m * n)
  if (finite) {
    sortRows(long, k, space)
    pivotedQr(long, k, space)
  }
  if (!finite || !orthogonalise(k, space)) {
    u.fill(NaN, uAt, uAt + m * k)
    s.fill(NaN, sAt, sAt + k)
    v.fill(NaN, vAt, vAt + k * n)
    return
  }
  collect(long, k, space)
  if (wide) orient(right, k, left, long, squares)
  else orient(left, long, right, k, squares)
  const [ofU, ofV] = wide ? [right, left] : [left, right]
  for (let j = 0; j < k; j++) {
    s[sAt + j] = squares[j]! / scale
    for (let i = 0; i < m; i++) u[uAt + i * k + j] = ofU[j * m + i]! + 0
    for (let i = 0; i < n; i++) v[vAt + j * n + i] = ofV[j * n + i]! + 0
  }
}
