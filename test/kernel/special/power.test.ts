import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cbrt, hypot, pow, rsqrt } from '../../../src/kernel/special/power.js'
import { between, magnitude } from './arbitrary.js'
import { cbrtTable, hypotTable, powTable, rsqrtTable } from './reference/power.js'
import { errorInUlps, expectUlps, expectUlps2 } from './ulps.js'

describe('pow', () => {
  it('is within 1 ulp of the exact values', () => expectUlps2(powTable, pow, 1))

  it('has the special values of IEEE 754, where JavaScript differs too', () => {
    for (const y of [NaN, Infinity, -Infinity, 0, 2, 2.5]) expect(pow(1, y)).toBe(1)
    for (const y of [Infinity, -Infinity, 0, 2]) expect(pow(-1, y)).toBe(1)
    for (const x of [NaN, Infinity, -Infinity, 0, -3]) {
      expect(pow(x, 0)).toBe(1)
      expect(pow(x, -0)).toBe(1)
    }
    expect(pow(NaN, 1)).toBeNaN()
    expect(pow(2, NaN)).toBeNaN()
    expect(pow(-1, NaN)).toBeNaN()
    expect(pow(-1, 3)).toBe(-1)
    expect(pow(-8, 1 / 3)).toBeNaN()
    expect(pow(0, -1)).toBe(Infinity)
    expect(pow(-0, -1)).toBe(-Infinity)
    expect(pow(-0, -2)).toBe(Infinity)
    expect(pow(-0, 3)).toBe(-0)
    expect(pow(-0, 2)).toBe(0)
    expect(pow(-Infinity, 3)).toBe(-Infinity)
    expect(pow(-Infinity, 2)).toBe(Infinity)
    expect(pow(0.5, Infinity)).toBe(0)
    expect(pow(0.5, -Infinity)).toBe(Infinity)
    expect(pow(-2, Infinity)).toBe(Infinity)
  })

  it('has the square correctly rounded', () => fc.assert(fc.property(between(-1e3, 1e3), (x) => pow(x, 2) === x * x)))
})

describe('rsqrt', () => {
  it('is within 2 ulp of the exact values', () => expectUlps(rsqrtTable, rsqrt, 2))

  it('has its special values', () => {
    expect(rsqrt(4)).toBe(0.5)
    expect(rsqrt(0)).toBe(Infinity)
    expect(rsqrt(-0)).toBe(-Infinity)
    expect(rsqrt(Infinity)).toBe(0)
    expect(rsqrt(-1)).toBeNaN()
    expect(rsqrt(NaN)).toBeNaN()
  })
})

describe('cbrt', () => {
  it('is within 1 ulp of the exact values', () => expectUlps(cbrtTable, cbrt, 1))

  it('has exact cubes and its special values', () => {
    for (let n = 1; n <= 50; n++) expect([cbrt(n * n * n), cbrt(-n * n * n)]).toEqual([n, -n])
    for (const x of [0, -0, Infinity, -Infinity]) expect(cbrt(x)).toBe(x)
    expect(cbrt(NaN)).toBeNaN()
  })
})

describe('hypot', () => {
  it('is within 2 ulp of the exact values', () => expectUlps2(hypotTable, hypot, 2))

  it('has its special values', () => {
    expect(hypot(0, 0)).toBe(0)
    expect(hypot(-0, -0)).toBe(0)
    expect(hypot(Infinity, NaN)).toBe(Infinity)
    expect(hypot(NaN, -Infinity)).toBe(Infinity)
    expect(hypot(NaN, 1)).toBeNaN()
    expect(hypot(0, NaN)).toBeNaN()
    expect(hypot(Number.MAX_VALUE, Number.MAX_VALUE)).toBe(Infinity)
    expect(hypot(Number.MAX_VALUE, 1)).toBe(Number.MAX_VALUE)
  })

  it('is symmetric, even, and exact for a triple of any size that is a power of two', () =>
    fc.assert(
      fc.property(between(-9, 9), between(-9, 9), fc.integer({ min: -1060, max: 1020 }), (x, y, k) => {
        const h = hypot(x, y)
        return h === hypot(y, x) && h === hypot(-x, y) && hypot(3 * 2 ** k, 4 * 2 ** k) === 5 * 2 ** k
      })
    ))

  it('is homogeneous: hypot(c x, c y) = c hypot(x, y)', () =>
    fc.assert(
      fc.property(
        between(0, 9),
        between(0, 9),
        magnitude(-290, 290),
        (x, y, c) => errorInUlps(hypot(c * x, c * y), c * hypot(x, y), 0) <= 5
      )
    ))
})
