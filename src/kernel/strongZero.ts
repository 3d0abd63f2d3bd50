/**
 * Products of sums in which a zero factor makes its term zero, whatever the other factor holds. The plain sums are
 * computed first. A product of zero with NaN or infinity is NaN, and a sum with NaN in it is NaN, so only the sums
 * that came out as NaN are computed again; for finite numbers the only cost is to look for NaN in the result.
 */
import { blockTerms } from './library/kinds.js'
import type { MatmulData } from './matmul.js'

/** Whether none of `count` elements from `at` on is NaN, looked at four at a time. */
const clean = (c: Float32Array | Float64Array, at: number, count: number): boolean => {
  const end = at + count
  const whole = end - (count % 4)
  let i = at
  for (; i < whole; i += 4) {
    const x = c[i]!
    const y = c[i + 1]!
    const z = c[i + 2]!
    const w = c[i + 3]!
    if (x !== x || y !== y || z !== z || w !== w) return false
  }
  for (; i < end; i++) if (c[i]! !== c[i]!) return false
  return true
}

/**
 * One sum, without the terms that have a zero factor, in the order of the rule of products; NaN as soon as a term is. `round` is the
 * rounding to the type of the operands.
 */
const strongSum = (
  k: number,
  a: MatmulData,
  s: number,
  aStep: number,
  b: MatmulData,
  t: number,
  bStep: number,
  round: (x: number) => number
): number => {
  let total = 0
  for (let start = 0; start < k; start += blockTerms) {
    const end = Math.min(k, start + blockTerms)
    let sum = 0
    for (let p = start; p < end; p++, s += aStep, t += bStep) {
      const x = a[s]!
      const y = b[t]!
      if (x === 0 || y === 0) continue
      sum = round(sum + round(x * y))
      if (sum !== sum) return sum
    }
    total = round(total + sum)
  }
  return total
}

const same = (x: number): number => x

/**
 * Computes again, with strong zeros, the elements of a matrix product that are NaN; the arguments are those of
 * `matmulInto`.
 */
export const restoreZeros = (
  m: number,
  n: number,
  k: number,
  a: MatmulData,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: MatmulData,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: MatmulData,
  cOffset: number
): void => {
  if (c instanceof Int32Array || clean(c, cOffset, m * n)) return
  const round = c instanceof Float32Array ? Math.fround : same
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const to = cOffset + i * n + j
      if (c[to]! !== c[to]!) {
        c[to] = strongSum(k, a, aOffset + i * aRow, aCol, b, bOffset + j * bCol, bRow, round)
      }
    }
  }
}

/** The indices of the columns of a row-major n x k matrix that are all zeros. */
export const zeroColumns = (n: number, k: number, b: Float64Array, at: number): readonly number[] => {
  const found: number[] = []
  for (let j = 0; j < k; j++) {
    let i = 0
    while (i < n && b[at + i * k + j] === 0) i++
    if (i === n) found.push(j)
  }
  return found
}

/** Sets columns of a row-major n x k matrix to zero. */
export const clearColumns = (n: number, k: number, columns: readonly number[], x: Float64Array, at: number): void => {
  for (const j of columns) for (let i = 0; i < n; i++) x[at + i * k + j] = 0
}

/** Whether all of `count` elements from `at` on are zero. */
export const allZero = (x: Float64Array, at: number, count: number): boolean => {
  for (let i = at; i < at + count; i++) if (x[i] !== 0) return false
  return true
}
