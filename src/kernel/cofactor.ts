/**
 * Cofactor matrices and their directional derivatives, at any matrix: singular ones too.
 *
 * With complete pivoting P A Q = L D U, so that X A Y = D for X = L^-1 P and Y = Q U^-1, of determinants 1 and -1. The
 * determinant of A + sum t_a H_a is, up to that sign, the one of D + sum t_a K_a with K_a = X H_a Y. Of a diagonal matrix
 * everything follows from products of its elements.
 *
 * The determinant is an affine function of each element of D. So its mean over d + s and d - s is its value at d, exactly,
 * and elements that are zero or nearly so can be moved away from zero: nothing is divided by them. Of derivatives of order
 * k + 1, only the k + 1 smallest elements can be left out of a product at once, so no others need to be moved.
 */
import { isBalanced, one, scaledOf, times, valueOf } from './scaledProduct.js'
import { substitute } from './substitution.js'

// -----------------------------------------------------------------------------
// complete pivoting
// -----------------------------------------------------------------------------

/** P A Q = L D U: unit triangles in one array, the diagonal, the order of rows and columns, and the permutations' sign. */
interface Diagonalized {
  readonly lu: Float64Array
  readonly d: Float64Array
  readonly rows: Int32Array
  readonly columns: Int32Array
  readonly sign: number
}

const swapRows = (n: number, a: Float64Array, p: number, q: number): void => {
  for (let j = 0; j < n; j++) {
    const kept = a[p * n + j]!
    a[p * n + j] = a[q * n + j]!
    a[q * n + j] = kept
  }
}

const swapColumns = (n: number, a: Float64Array, p: number, q: number): void => {
  for (let i = 0; i < n; i++) {
    const kept = a[i * n + p]!
    a[i * n + p] = a[i * n + q]!
    a[i * n + q] = kept
  }
}

const swap = (order: Int32Array, p: number, q: number): void => {
  const kept = order[p]!
  order[p] = order[q]!
  order[q] = kept
}

const diagonalize = (n: number, source: Float64Array, at: number): Diagonalized => {
  const lu = source.slice(at, at + n * n)
  const d = new Float64Array(n)
  const rows = Int32Array.from({ length: n }, (_, i) => i)
  const columns = rows.slice()
  let sign = 1
  for (let k = 0; k < n; k++) {
    let best = -1
    let p = k
    let q = k
    for (let i = k; i < n; i++) {
      for (let j = k; j < n; j++) {
        const size = Math.abs(lu[i * n + j]!)
        if (size <= best) continue
        best = size
        p = i
        q = j
      }
    }
    if (p !== k) {
      swapRows(n, lu, p, k)
      swap(rows, p, k)
      sign = -sign
    }
    if (q !== k) {
      swapColumns(n, lu, q, k)
      swap(columns, q, k)
      sign = -sign
    }
    const pivot = lu[k * n + k]!
    if (pivot === 0) break
    d[k] = pivot
    for (let j = k + 1; j < n; j++) lu[k * n + j]! /= pivot
    for (let i = k + 1; i < n; i++) {
      const row = i * n
      const element = lu[row + k]!
      for (let j = k + 1; j < n; j++) lu[row + j]! -= element * lu[k * n + j]!
      lu[row + k] = element / pivot
    }
  }
  return { lu, d, rows, columns, sign }
}

const transpose = (n: number, x: Float64Array): Float64Array => {
  const result = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) result[j * n + i] = x[i * n + j]!
  return result
}

/** X H Y. */
const enter = (n: number, { lu, rows, columns }: Diagonalized, h: Float64Array, at: number): Float64Array => {
  const k = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) k[i * n + j] = h[at + rows[i]! * n + columns[j]!]!
  substitute(n, n, { data: lu, row: n, column: 1, lower: true, unit: true }, 0, k, 0)
  const t = transpose(n, k)
  substitute(n, n, { data: lu, row: 1, column: n, lower: true, unit: true }, 0, t, 0)
  return transpose(n, t)
}

/** The sign times X^T G Y^T. */
const leave = (
  n: number,
  { lu, rows, columns, sign }: Diagonalized,
  g: Float64Array,
  out: Float64Array,
  at: number
): void => {
  substitute(n, n, { data: lu, row: 1, column: n, lower: false, unit: true }, 0, g, 0)
  const t = transpose(n, g)
  substitute(n, n, { data: lu, row: n, column: 1, lower: false, unit: true }, 0, t, 0)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[at + rows[i]! * n + columns[j]!] = sign * t[j * n + i]!
  }
}

// -----------------------------------------------------------------------------
// at a diagonal matrix
// -----------------------------------------------------------------------------

/** Of each element, the product of all others, where that needs numbers out of range on the way. */
const exclusiveScaled = (d: Float64Array, result: Float64Array): void => {
  const n = d.length
  const parts = Array.from(d, scaledOf)
  const befores = [one]
  for (let i = 0; i < n - 1; i++) befores.push(times(befores[i]!, parts[i]!))
  let behind = one
  for (let i = n - 1; i >= 0; i--) {
    result[i] = valueOf(times(befores[i]!, behind))
    behind = times(behind, parts[i]!)
  }
}

/** Of each element, the product of all others: no division. */
const exclusive = (d: Float64Array): Float64Array => {
  const n = d.length
  const result = new Float64Array(n)
  let inRange = true
  let before = 1
  for (let i = 0; i < n; i++) {
    result[i] = before
    before *= d[i]!
    inRange &&= before === 0 || isBalanced(before)
  }
  let behind = 1
  for (let i = n - 1; i >= 0; i--) {
    result[i]! *= behind
    behind *= d[i]!
    inRange &&= behind === 0 || isBalanced(behind)
  }
  if (!inRange) exclusiveScaled(d, result)
  return result
}

/** Subtracts N W from `out`, where N is K with its rows divided by d. */
const subtractProduct = (n: number, k: Float64Array, d: Float64Array, w: Float64Array, out: Float64Array): void => {
  for (let i = 0; i < n; i++) {
    for (let l = 0; l < n; l++) {
      const factor = k[i * n + l]! / d[i]!
      for (let j = 0; j < n; j++) out[i * n + j]! -= factor * w[l * n + j]!
    }
  }
}

/** The trace of W N. */
const traceOf = (n: number, w: Float64Array, k: Float64Array, d: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < n; i++) for (let l = 0; l < n; l++) sum += (w[i * n + l]! * k[l * n + i]!) / d[l]!
  return sum
}

/**
 * Adds to `out` the coefficient of t_1 ... t_k in the cofactors of D + sum t_a K_a, where no element of D is zero. Numbers
 * of which t_a^2 = 0 have a coefficient for each subset of the directions, which is a bit mask here. With N = D^-1 sum t_a K_a:
 * W = (I + N)^-1 from W_S = -sum N_a W_(S - a); the determinant from its logarithmic derivative tr(W N_a).
 */
const addCoefficient = (n: number, d: Float64Array, ks: readonly Float64Array[], out: Float64Array): void => {
  const subsets = 1 << ks.length
  const inverses: Float64Array[] = []
  const determinants = new Float64Array(subsets)
  for (let set = 0; set < subsets; set++) {
    const w = new Float64Array(n * n)
    if (set === 0) for (let i = 0; i < n; i++) w[i * n + i] = 1
    for (let a = 0; a < ks.length; a++) {
      if ((set & (1 << a)) !== 0) subtractProduct(n, ks[a]!, d, inverses[set & ~(1 << a)]!, w)
    }
    inverses.push(w)
    if (set === 0) {
      determinants[0] = d.reduce((product, each) => product * each, 1)
      continue
    }
    const a = 31 - Math.clz32(set)
    const rest = set & ~(1 << a)
    // Over all subsets of the rest, the empty one last.
    for (let part = rest; ; part = (part - 1) & rest) {
      determinants[set]! += determinants[rest & ~part]! * traceOf(n, inverses[part]!, ks[a]!, d)
      if (part === 0) break
    }
  }
  for (let set = 0; set < subsets; set++) {
    const w = inverses[set]!
    const factor = determinants[subsets - 1 - set]!
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i * n + j]! += (factor * w[j * n + i]!) / d[i]!
  }
}

/** An element this much smaller than those that stay is moved away from zero. */
const small = 1 / 64

/** The coefficient of t_1 ... t_k in the cofactors of D + sum t_a K_a, for any D. */
const coefficient = (n: number, d: Float64Array, ks: readonly Float64Array[]): Float64Array => {
  const out = new Float64Array(n * n)
  const order = [...d.keys()].sort((p, q) => Math.abs(d[p]!) - Math.abs(d[q]!))
  const most = ks.length + 1
  // Of degree n altogether: there is nothing left to differentiate, or too many zeros for any product.
  if (most > n) return out
  const scale = most < n ? Math.abs(d[order[most]!]!) : Math.abs(d[order[n - 1]!]!) || 1
  if (scale === 0) return out
  const moved = order.slice(0, most).filter((i) => Math.abs(d[i]!) < small * scale)
  const signs = 1 << moved.length
  for (let sign = 0; sign < signs; sign++) {
    const shifted = d.slice()
    moved.forEach((i, bit) => {
      shifted[i]! += (sign & (1 << bit)) === 0 ? scale : -scale
    })
    addCoefficient(n, shifted, ks, out)
  }
  for (let i = 0; i < n * n; i++) out[i]! /= signs
  return out
}

// -----------------------------------------------------------------------------
// at any matrix
// -----------------------------------------------------------------------------

/**
 * The derivative of the cofactor matrix of A along H_1, ..., H_k, in row-major order; with no direction, the cofactor matrix
 * itself. All are n x n, at the same position of their arrays.
 */
export const cofactorInto = (
  n: number,
  a: Float64Array,
  directions: readonly Float64Array[],
  at: number,
  out: Float64Array
): void => {
  const form = diagonalize(n, a, at)
  if (directions.length > 0) {
    const ks = directions.map((h) => enter(n, form, h, at))
    return leave(n, form, coefficient(n, form.d, ks), out, at)
  }
  const g = new Float64Array(n * n)
  exclusive(form.d).forEach((each, i) => {
    g[i * (n + 1)] = each
  })
  leave(n, form, g, out, at)
}
