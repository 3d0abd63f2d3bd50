/**
 * The exponential of a matrix: scaling and squaring of Pade approximants.
 *
 * N. J. Higham, The scaling and squaring method for the matrix exponential revisited, SIAM Journal on Matrix Analysis and
 * Applications 26 (2005).
 */
import { allFinite } from './householder.js'
import { matmulInto } from './matmul.js'

/** The working memory of the exponential of an n x n matrix: matrices. */
export interface ExponentialSpace {
  readonly scaled: Float64Array
  /** The even powers 2 to 8. */
  readonly powers: readonly [Float64Array, Float64Array, Float64Array, Float64Array]
  readonly odd: Float64Array
  readonly even: Float64Array
  readonly result: Float64Array
}

export const exponentialSpace = (n: number): ExponentialSpace => {
  const matrix = (): Float64Array => new Float64Array(n * n)
  return {
    scaled: matrix(),
    powers: [matrix(), matrix(), matrix(), matrix()],
    odd: matrix(),
    even: matrix(),
    result: matrix()
  }
}

// -----------------------------------------------------------------------------
// approximants
// -----------------------------------------------------------------------------

/** Up to which 1-norm an approximant of a degree is exact to double precision, and its coefficients. */
interface Approximant {
  readonly upTo: number
  readonly coefficients: readonly number[]
}

/** The coefficients of the diagonal approximant of degree m, from that of the highest power 1: (2m - j)! / (j! (m - j)!). */
const coefficientsOf = (m: number): readonly number[] => {
  const coefficients = [1]
  for (let j = m; j > 0; j--) coefficients.unshift((coefficients[0]! * (2 * m - j + 1) * j) / (m - j + 1))
  return coefficients
}

const approximants: readonly Approximant[] = [
  { upTo: 1.495585217958292e-2, coefficients: coefficientsOf(3) },
  { upTo: 2.53939833006323e-1, coefficients: coefficientsOf(5) },
  { upTo: 9.504178996162932e-1, coefficients: coefficientsOf(7) },
  { upTo: 2.097847961257068, coefficients: coefficientsOf(9) }
]

const last: Approximant = { upTo: 5.371920351148152, coefficients: coefficientsOf(13) }

// -----------------------------------------------------------------------------
// matrices
// -----------------------------------------------------------------------------

const multiply = (n: number, a: Float64Array, b: Float64Array, to: Float64Array): void =>
  matmulInto(n, n, n, a, 0, n, 1, b, 0, n, 1, to, 0)

/** The largest sum of absolute values in a column. */
const norm1 = (n: number, a: Float64Array): number => {
  let most = 0
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += Math.abs(a[i * n + j]!)
    most = Math.max(most, sum)
  }
  return most
}

/** to = sum of factor times power, and `constant` on the diagonal. */
const combine = (
  n: number,
  constant: number,
  factors: readonly number[],
  powers: readonly Float64Array[],
  to: Float64Array
): void => {
  to.fill(0)
  factors.forEach((factor, k) => {
    const power = powers[k]!
    for (let i = 0; i < n * n; i++) to[i] = to[i]! + factor * power[i]!
  })
  for (let i = 0; i < n; i++) to[i * n + i] = to[i * n + i]! + constant
}

/** Solves A X = B by elimination with partial pivoting; A is overwritten, B becomes X. */
const solve = (n: number, a: Float64Array, b: Float64Array): void => {
  const exchange = (x: Float64Array, i: number, j: number): void => {
    for (let k = 0; k < n; k++) {
      const kept = x[i * n + k]!
      x[i * n + k] = x[j * n + k]!
      x[j * n + k] = kept
    }
  }
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i
    if (pivot !== k) {
      exchange(a, k, pivot)
      exchange(b, k, pivot)
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / a[k * n + k]!
      if (factor === 0) continue
      for (let j = k + 1; j < n; j++) a[i * n + j] = a[i * n + j]! - factor * a[k * n + j]!
      for (let j = 0; j < n; j++) b[i * n + j] = b[i * n + j]! - factor * b[k * n + j]!
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      const factor = a[i * n + k]!
      if (factor === 0) continue
      for (let j = 0; j < n; j++) b[i * n + j] = b[i * n + j]! - factor * b[k * n + j]!
    }
    for (let j = 0; j < n; j++) b[i * n + j] = b[i * n + j]! / a[i * n + i]!
  }
}

// -----------------------------------------------------------------------------
// the exponential
// -----------------------------------------------------------------------------

/** The odd and the even part of the approximant of degree 3 to 9. */
const low = (
  n: number,
  coefficients: readonly number[],
  { scaled, powers, odd, even, result }: ExponentialSpace
): void => {
  const used = powers.slice(0, (coefficients.length - 2) / 2)
  used.slice(1).forEach((power, k) => multiply(n, powers[0], used[k]!, power))
  combine(
    n,
    coefficients[1]!,
    used.map((_, k) => coefficients[2 * k + 3]!),
    used,
    result
  )
  multiply(n, scaled, result, odd)
  combine(
    n,
    coefficients[0]!,
    used.map((_, k) => coefficients[2 * k + 2]!),
    used,
    even
  )
}

/** The same of degree 13, with three products fewer. */
const high = (n: number, b: readonly number[], { scaled, powers, odd, even, result }: ExponentialSpace): void => {
  const [second, fourth, sixth, spare] = powers
  multiply(n, second, second, fourth)
  multiply(n, second, fourth, sixth)
  const three = [second, fourth, sixth]
  combine(n, 0, [b[9]!, b[11]!, b[13]!], three, spare)
  multiply(n, sixth, spare, result)
  combine(n, b[1]!, [b[3]!, b[5]!, b[7]!, 1], [...three, result], spare)
  multiply(n, scaled, spare, odd)
  combine(n, 0, [b[8]!, b[10]!, b[12]!], three, spare)
  multiply(n, sixth, spare, result)
  combine(n, b[0]!, [b[2]!, b[4]!, b[6]!, 1], [...three, result], even)
}

/** (even + odd) / (even - odd). */
const quotient = (n: number, { odd, even, result }: ExponentialSpace): void => {
  for (let i = 0; i < n * n; i++) {
    result[i] = even[i]! + odd[i]!
    even[i] = even[i]! - odd[i]!
  }
  solve(n, even, result)
}

/** How often elements are halved at once that are so large that their sums are infinite. */
const most = 64

/** x / 2^times. */
const halve = (x: Float64Array, times: number): void => {
  if (times > 0) for (let i = 0; i < x.length; i++) x[i] = x[i]! * 2 ** -times
}

/** The exponential of the row-major n x n matrix at `a[aAt]` to `to[at]`. Where an element is not finite, it is all NaN. */
export const exponentialInto = (
  n: number,
  a: Float64Array,
  aAt: number,
  space: ExponentialSpace,
  to: Float64Array,
  at: number
): void => {
  if (n === 0) return
  if (!allFinite(a, aAt, n * n)) {
    to.fill(NaN, at, at + n * n)
    return
  }
  const { scaled, powers, result } = space
  scaled.set(a.subarray(aAt, aAt + n * n))
  const halvings = norm1(n, scaled) < Infinity ? 0 : most
  halve(scaled, halvings)
  const norm = norm1(n, scaled)
  const chosen = halvings > 0 ? undefined : approximants.find(({ upTo }) => norm <= upTo)
  const more = chosen === undefined ? Math.max(0, Math.ceil(Math.log2(norm / last.upTo))) : 0
  halve(scaled, more)
  const squarings = halvings + more
  multiply(n, scaled, scaled, powers[0])
  if (chosen === undefined) high(n, last.coefficients, space)
  else low(n, chosen.coefficients, space)
  quotient(n, space)
  let from = result
  let spare = scaled
  for (let i = 0; i < squarings; i++) {
    multiply(n, from, from, spare)
    ;[from, spare] = [spare, from]
  }
  to.set(from, at)
}
