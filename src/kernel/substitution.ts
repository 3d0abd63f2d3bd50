/** Substitution: the solutions of triangular systems, in row-major double precision. */
import { guarded } from './scalars.js'

/** How a triangle lies in an array: element (i, j) at `at + i * row + j * column`. */
export interface Triangle {
  readonly data: Float64Array
  readonly row: number
  readonly column: number
  /** Whether the elements below the diagonal count, or those above. */
  readonly lower: boolean
  /** Whether the diagonal is taken as ones, and not read. */
  readonly unit: boolean
}

/** One right side: sums along the rows of the triangle. */
const substituteVector = (n: number, t: Triangle, at: number, x: Float64Array, to: number): void => {
  const { data, row, column, lower, unit } = t
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step
    const from = lower ? 0 : i + 1
    const end = lower ? i : n
    let sum = x[to + i]!
    for (let j = from, p = at + i * row + from * column; j < end; j++, p += column) sum -= data[p]! * x[to + j]!
    x[to + i] = unit ? sum : sum / data[at + i * (row + column)]!
  }
}

/** Subtracts multiples of four rows, one behind the other, from one: it is loaded and stored once for all of them. */
const subtractFour = (
  k: number,
  data: Float64Array,
  at: number,
  column: number,
  x: Float64Array,
  own: number,
  other: number
): void => {
  const a = data[at]!
  const b = data[at + column]!
  const c = data[at + 2 * column]!
  const d = data[at + 3 * column]!
  for (let i = 0, p = own, q = other; i < k; i++, p++, q++) {
    x[p] = x[p]! - a * x[q]! - b * x[q + k]! - c * x[q + 2 * k]! - d * x[q + 3 * k]!
  }
}

/** Solves T X = B in place, where B has `k` columns: B becomes X. */
export const substitute = (n: number, k: number, t: Triangle, at: number, x: Float64Array, to: number): void => {
  if (k === 1) return substituteVector(n, t, at, x, to)
  const { data, row, column, lower, unit } = t
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step
    const from = lower ? 0 : i + 1
    const end = lower ? i : n
    const own = to + i * k
    let j = from
    for (; j + 4 <= end; j += 4) subtractFour(k, data, at + i * row + j * column, column, x, own, to + j * k)
    for (; j < end; j++) {
      const factor = data[at + i * row + j * column]!
      const other = to + j * k
      for (let c = 0; c < k; c++) x[own + c]! -= factor * x[other + c]!
    }
    if (unit) continue
    const pivot = data[at + i * (row + column)]!
    for (let c = 0; c < k; c++) x[own + c]! /= pivot
  }
}

/**
 * Takes the columns of the solution X that have a NaN again, from the right sides B, with zeros that are strong in products
 * and quotients: what is 0 has no part in NaN or infinities of the triangle.
 */
export const restoreSubstitutionZeros = (
  n: number,
  k: number,
  { data, row, column, lower, unit }: Triangle,
  at: number,
  b: Float64Array,
  x: Float64Array,
  to: number
): void => {
  for (let c = to; c < to + k; c++) {
    let i = 0
    while (i < n && x[c + i * k]! === x[c + i * k]!) i++
    if (i === n) continue
    for (let step = 0; step < n; step++) {
      const own = lower ? step : n - 1 - step
      let sum = b[c + own * k]!
      for (let j = lower ? 0 : own + 1; j < (lower ? own : n); j++) {
        sum -= guarded(data[at + own * row + j * column]!, x[c + j * k]!)
      }
      x[c + own * k] = unit || sum === 0 ? sum : sum / data[at + own * (row + column)]!
    }
  }
}
