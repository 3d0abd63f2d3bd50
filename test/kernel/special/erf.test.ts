import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { erf, erfc } from '../../../src/kernel/special/erf.js'
import { erfInv, erfcInv } from '../../../src/kernel/special/erfInverse.js'
import { between, magnitude } from './arbitrary.js'
import { erfcTable, erfInvTable, erfTable } from './reference/erf.js'
import { errorInUlps, expectUlps, ulp } from './ulps.js'

describe('erf', () => {
  it('is within 3 ulp of the exact values', () => expectUlps(erfTable, erf, 3))

  it('has its special values', () => {
    expect(erf(0)).toBe(0)
    expect(erf(-0)).toBe(-0)
    expect(erf(Infinity)).toBe(1)
    expect(erf(-Infinity)).toBe(-1)
    expect(erf(NaN)).toBeNaN()
  })

  it('is odd', () => fc.assert(fc.property(between(-8, 8), (x) => erf(-x) === -erf(x))))

  it('is monotone to rounding', () =>
    fc.assert(fc.property(between(-7, 7), magnitude(-6, 0), (x, h) => erf(x + h) >= erf(x) - 6 * ulp(erf(x)))))
})

describe('erfc', () => {
  it('is within 5 ulp of the exact values, down to the smallest subnormal', () => expectUlps(erfcTable, erfc, 5))

  it('has its special values', () => {
    expect(erfc(0)).toBe(1)
    expect(erfc(Infinity)).toBe(0)
    expect(erfc(-Infinity)).toBe(2)
    expect(erfc(NaN)).toBeNaN()
    expect(erfc(28)).toBe(0)
    expect(erfc(1e300)).toBe(0)
  })

  it('is the complement: erf + erfc = 1', () =>
    fc.assert(fc.property(between(-8, 8), (x) => Math.abs(erf(x) + erfc(x) - 1) <= 6 * ulp(0.5))))

  it('reflects: erfc(-x) = 2 - erfc(x)', () =>
    fc.assert(fc.property(between(-30, 30), (x) => Math.abs(erfc(-x) + erfc(x) - 2) <= 4 * ulp(1))))

  it('has the continued fraction x + (1/2) / (x + 1 / (x + (3/2) / ...)) of its tail', () =>
    fc.assert(
      fc.property(between(4, 26), (x) => {
        let fraction = x
        for (let k = 60; k >= 1; k--) fraction = x + k / 2 / fraction
        const value = Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction)
        return Math.abs(erfc(x) / value - 1) <= 1e-15 + x * x * 2 ** -53
      })
    ))
})

describe('erfInv', () => {
  it('is within 4 ulp of the exact values', () => expectUlps(erfInvTable, erfInv, 4))

  it('has its special values', () => {
    expect(erfInv(0)).toBe(0)
    expect(erfInv(-0)).toBe(-0)
    expect(erfInv(1)).toBe(Infinity)
    expect(erfInv(-1)).toBe(-Infinity)
    for (const x of [1.0000000000000002, -2, Infinity, -Infinity, NaN]) expect(erfInv(x)).toBeNaN()
  })

  it('is odd', () => fc.assert(fc.property(between(-1, 1), (x) => erfInv(-x) === -erfInv(x))))

  it('erf(erfInv(x)) = x', () => fc.assert(fc.property(between(-1, 1), (x) => errorInUlps(erf(erfInv(x)), x, 0) <= 11)))

  it('erfInv(erf(x)) = x where that is well-conditioned', () =>
    fc.assert(fc.property(between(-1, 1), (x) => errorInUlps(erfInv(erf(x)), x, 0) <= 16)))

  it('erfcInv inverts erfc over all that float64 holds, and is odd about 1', () => {
    for (let k = 0; k < 300; k += 0.37) {
      const q = 10 ** -k
      // A relative error e of y is one of 2 y^2 e in erfc(y).
      expect(Math.abs(erfc(erfcInv(q)) / q - 1)).toBeLessThanOrEqual(2e-14 + 8e-16 * erfcInv(q) ** 2)
    }
    fc.assert(fc.property(between(0.15, 1), (q) => Math.abs(erfcInv(q) - erfInv(1 - q)) <= 1e-16))
    for (const q of [0.25, 0.01, 2 ** -30]) expect(erfcInv(2 - q)).toBe(-erfcInv(2 - (2 - q)))
    expect([0, 2, 1].map(erfcInv)).toEqual([Infinity, -Infinity, 0])
    for (const q of [-1e-300, 2.0000000000000004, Infinity, -Infinity, NaN]) expect(erfcInv(q)).toBeNaN()
  })

  it('inverts the tail: erfc(erfInv(1 - t)) = t', () => {
    for (let k = 4; k <= 53; k++) expect(Math.abs(erfc(erfInv(1 - 2 ** -k)) * 2 ** k - 1)).toBeLessThanOrEqual(2e-14)
  })
})
