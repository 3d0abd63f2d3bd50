/** Square roots of symmetric matrices, and the equations S X + X S = C of their derivatives, by eigenvalues. */
import { type EighSpace, eighInto, eighSpace } from './eigh.js'
import { matmulInto } from './matmul.js'

/** The working memory of both: matrices, and that of `eigh`. */
export interface RootSpace {
  readonly symmetric: Float64Array
  readonly product: Float64Array
  readonly inner: Float64Array
  readonly eigh: EighSpace
}

export const rootSpace = (n: number): RootSpace => ({
  symmetric: new Float64Array(n * n),
  product: new Float64Array(n * n),
  inner: new Float64Array(n * n),
  eigh: eighSpace(n)
})

/** The eigenvalues and eigenvectors of the symmetric part of the row-major n x n matrix at `a[at]`, to `w` and `v`. */
export const symmetricInto = (
  n: number,
  a: Float64Array,
  at: number,
  { symmetric, eigh }: RootSpace,
  w: Float64Array,
  wAt: number,
  v: Float64Array
): void => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const below = a[at + i * n + j]!
      const above = a[at + j * n + i]!
      symmetric[i * n + j] = below === above ? below : below / 2 + above / 2
    }
  }
  eighInto(n, symmetric, 0, eigh, w, wAt, v, at)
}

/** V X V^T, or V^T X V: from `x[xAt]` to `to[toAt]`. */
const turn = (
  n: number,
  v: Float64Array,
  vAt: number,
  back: boolean,
  x: Float64Array,
  xAt: number,
  product: Float64Array,
  to: Float64Array,
  toAt: number
): void => {
  const [row, column] = back ? [1, n] : [n, 1]
  matmulInto(n, n, n, v, vAt, row, column, x, xAt, n, 1, product, 0)
  matmulInto(n, n, n, product, 0, n, 1, v, vAt, column, row, to, toAt)
}

/** V diag(sqrt w) V^T, symmetric to the last digit; negative eigenvalues count as 0. */
export const rootInto = (
  n: number,
  w: Float64Array,
  wAt: number,
  v: Float64Array,
  at: number,
  { product, inner }: RootSpace,
  to: Float64Array
): void => {
  inner.fill(0)
  for (let i = 0; i < n; i++) inner[i * (n + 1)] = Math.sqrt(Math.max(0, w[wAt + i]!))
  turn(n, v, at, false, inner, 0, product, to, at)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) to[at + i * n + j] = to[at + j * n + i]!
  }
}

/**
 * The solution X of S X + X S = C, from the eigenvalues and eigenvectors of S: V Y V^T with y_ij = (V^T C V)_ij / (s_i + s_j).
 * Sums up to `least` times the largest eigenvalue count as 0, and so do their reciprocals.
 */
export const lyapunovInto = (
  n: number,
  s: Float64Array,
  sAt: number,
  v: Float64Array,
  c: Float64Array,
  at: number,
  least: number,
  { product, inner }: RootSpace,
  to: Float64Array
): void => {
  if (n === 0) return
  turn(n, v, at, true, c, at, product, inner, 0)
  const most = Math.max(Math.abs(s[sAt]!), Math.abs(s[sAt + n - 1]!))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const sum = s[sAt + i]! + s[sAt + j]!
      inner[i * n + j] = Math.abs(sum) <= least * most ? 0 : inner[i * n + j]! / sum
    }
  }
  turn(n, v, at, false, inner, 0, product, to, at)
}
