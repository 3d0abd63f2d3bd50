// Errors of an approximation against a table of exact values, in units in the last place.
import { expect } from 'vitest'

const bits = new DataView(new ArrayBuffer(8))

/** The distance from |x| to the next larger float64. */
export const ulp = (x: number): number => {
  bits.setFloat64(0, Math.abs(x))
  const size = bits.getFloat64(0)
  bits.setBigInt64(0, bits.getBigInt64(0) + 1n)
  const next = bits.getFloat64(0)
  return next === Infinity ? 2 ** 971 : next - size
}

/** |actual - (high + low)| in ulp of `unit`, the exact value unless something else is asked for. */
export const errorInUlps = (actual: number, high: number, low: number, unit: number = high): number => {
  if (Object.is(actual, high) && low === 0) return 0
  const error = Math.abs(actual - high - low) / ulp(unit)
  return Number.isNaN(error) ? Infinity : error
}

/** Every row [x, high, low] of a table is met within `bound` ulp. */
export const expectUlps = (
  table: ReadonlyArray<readonly [number, number, number]>,
  f: (x: number) => number,
  bound: number,
  unit: (x: number, y: number) => number = (_x, y) => y
): void => {
  for (const [x, high, low] of table) {
    const error = errorInUlps(f(x), high, low, unit(x, high))
    expect(error, `f(${x}) = ${f(x)}; expected ${high} within ${bound} ulp`).toBeLessThanOrEqual(bound)
  }
}

/** Every row [x, y, high, low] of a table is met within `bound` ulp. */
export const expectUlps2 = (
  table: ReadonlyArray<readonly [number, number, number, number]>,
  f: (x: number, y: number) => number,
  bound: number,
  unit: (x: number, y: number, z: number) => number = (_x, _y, z) => z
): void => {
  for (const [x, y, high, low] of table) {
    const error = errorInUlps(f(x, y), high, low, unit(x, y, high))
    expect(error, `f(${x}, ${y}) = ${f(x, y)}; expected ${high} within ${bound} ulp`).toBeLessThanOrEqual(bound)
  }
}
