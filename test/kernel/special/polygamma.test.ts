import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lgamma } from '../../../src/kernel/special/logGamma.js'
import { digamma, polygamma, trigamma } from '../../../src/kernel/special/polygamma.js'
import { between } from './arbitrary.js'
import { digammaNegativeTable, digammaTable, trigammaNegativeTable, trigammaTable } from './reference/gamma.js'
import { polygammaNegativeTable, polygammaTable } from './reference/polygamma.js'
import { expectUlps, expectUlps2, ulp } from './ulps.js'

const factorial = (n: number): number => (n === 0 ? 1 : n * factorial(n - 1))

/** n! / d^(n + 1), d the distance from x to the nearest pole: the size of the largest term. */
const scale = (n: number, x: number): number => factorial(n) / Math.abs(x - Math.round(x)) ** (n + 1)

/** Away from the poles and from the half-integers, on both sides of 0. */
const anywhere = fc.oneof(between(0.05, 0.95), between(0, 40)).chain((x) => fc.constantFrom(x, -x))
const argument = anywhere.filter((x) => Math.abs(x - Math.round(x)) > 0.02)

/** Five-point centred difference: error O(h^4). */
const difference = (f: (x: number) => number, x: number, h: number): number =>
  (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)

describe('digamma', () => {
  it('is within 4 ulp of the exact values for x > 0, beside its zero too', () => expectUlps(digammaTable, digamma, 4))

  it('is within 6 ulp of its largest term for x < 0', () =>
    expectUlps(digammaNegativeTable, digamma, 6, (x) =>
      Math.max(Math.abs(digamma(1 - x)), Math.abs(Math.PI / Math.tan(Math.PI * (x - Math.round(x)))), 1 / Math.abs(x))
    ))

  it('has its special values', () => {
    expect(digamma(0)).toBe(-Infinity)
    expect(digamma(-0)).toBe(Infinity)
    expect(digamma(Infinity)).toBe(Infinity)
    for (const x of [-1, -2, -100, -Infinity, NaN]) expect(digamma(x)).toBeNaN()
  })

  it('recurs: psi(x + 1) = psi(x) + 1 / x', () =>
    fc.assert(
      fc.property(argument, (x) => {
        const [a, b] = [digamma(x + 1), digamma(x)]
        const slope = trigamma(x + 1) * ulp(x + 1)
        return Math.abs(a - b - 1 / x) <= 10 * ulp(Math.max(Math.abs(a), Math.abs(b), 1 / Math.abs(x), 4)) + slope
      })
    ))

  it('duplicates: 2 psi(2 x) = psi(x) + psi(x + 1/2) + 2 log 2', () =>
    fc.assert(
      fc.property(between(0, 50), (x) => {
        const terms = [2 * digamma(2 * x), digamma(x), digamma(x + 0.5), 2 * Math.LN2] as const
        return Math.abs(terms[0] - terms[1] - terms[2] - terms[3]) <= 10 * ulp(Math.max(...terms.map(Math.abs)))
      })
    ))

  it('is the derivative of lgamma', () =>
    fc.assert(
      fc.property(argument, (x) => {
        const d = Math.abs(x - Math.round(x))
        const h = d * 1e-3
        const rounding = 8 * ulp(Math.max(1, Math.abs(lgamma(x)))) + 2 * ulp(x) * (1 / d + Math.abs(digamma(x)))
        return Math.abs(difference(lgamma, x, h) - digamma(x)) <= rounding / h + 2e-12 / d
      })
    ))
})

describe('trigamma', () => {
  it('is within 4 ulp of the exact values for x > 0', () => expectUlps(trigammaTable, trigamma, 4))

  it('is within 6 ulp of the exact values for x < 0', () => expectUlps(trigammaNegativeTable, trigamma, 6))

  it('has its special values', () => {
    for (const x of [0, -0, -1, -2, -100]) expect(trigamma(x)).toBe(Infinity)
    expect(trigamma(Infinity)).toBe(0)
    for (const x of [-Infinity, NaN]) expect(trigamma(x)).toBeNaN()
  })
})

describe('polygamma', () => {
  it('is within 5 ulp of the exact values for x > 0', () => expectUlps2(polygammaTable, polygamma, 5))

  it('is within 5 ulp of the exact values for x < 0 and odd n', () =>
    expectUlps2(
      polygammaNegativeTable.filter(([n]) => n % 2 === 1),
      polygamma,
      5
    ))

  it('is within 5 ulp of its largest term for x < 0 and even n', () =>
    expectUlps2(
      polygammaNegativeTable.filter(([n]) => n % 2 === 0),
      polygamma,
      5,
      scale
    ))

  it('has full relative accuracy half-way between two poles, where the terms of even n cancel', () =>
    expectUlps2(
      polygammaNegativeTable.filter(([n, x]) => n % 2 === 0 && Math.abs(x % 1) === 0.5),
      polygamma,
      5
    ))

  it('is digamma and trigamma for n = 0 and 1', () =>
    fc.assert(fc.property(argument, (x) => polygamma(0, x) === digamma(x) && polygamma(1, x) === trigamma(x))))

  it('recurs: psi^(n)(x + 1) = psi^(n)(x) + (-1)^n n! / x^(n + 1)', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), argument, (n, x) => {
        const step = ((-1) ** n * factorial(n)) / x ** (n + 1)
        const unit = Math.max(scale(n, x), Math.abs(step))
        const rounding = ulp(x + 1) * scale(n + 1, x)
        return Math.abs(polygamma(n, x + 1) - polygamma(n, x) - step) <= 16 * ulp(unit) + rounding
      })
    ))

  it('is the derivative of the order before, on both sides of 0', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), argument, (n, x) => {
        const d = Math.abs(x - Math.round(x))
        const slope = difference((y) => polygamma(n, y), x, d * 1e-3)
        return Math.abs(slope - polygamma(n + 1, x)) <= 2e-9 * (scale(n + 1, x) + Math.abs(polygamma(n + 1, x)))
      })
    ))

  it('has its special values', () => {
    expect(polygamma(2, 0)).toBe(-Infinity)
    expect(polygamma(2, -0)).toBe(Infinity)
    for (const x of [0, -0, -1, -7]) expect(polygamma(3, x)).toBe(Infinity)
    for (const x of [-1, -7, -Infinity, NaN]) expect(polygamma(2, x)).toBeNaN()
    for (const x of [-Infinity, NaN]) expect(polygamma(3, x)).toBeNaN()
    expect(polygamma(2, Infinity)).toBe(-0)
    expect(polygamma(3, Infinity)).toBe(0)
    expect(polygamma(3, 1e-200)).toBe(Infinity)
    expect(polygamma(2, 1e-200)).toBe(-Infinity)
    expect(polygamma(3, 1e200)).toBe(0)
  })

  it('refuses orders that are not integers from 0 to 170', () => {
    for (const n of [-1, 0.5, 171, NaN, Infinity]) {
      expect(() => polygamma(n, 1)).toThrow(`polygamma: order is ${n}; expected an integer from 0 to 170`)
    }
  })
})
