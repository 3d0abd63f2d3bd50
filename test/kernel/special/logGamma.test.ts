import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lgamma } from '../../../src/kernel/special/logGamma.js'
import { digamma } from '../../../src/kernel/special/polygamma.js'
import { between, magnitude } from './arbitrary.js'
import { lgammaNegativeTable, lgammaTable, lgammaZeroTable } from './reference/gamma.js'
import { expectUlps, ulp } from './ulps.js'

describe('lgamma', () => {
  it('is within 4 ulp of the exact values for x > 0, beside its zeros too', () => expectUlps(lgammaTable, lgamma, 4))

  it('is within 5 ulp of max(1, |result|, lgamma(-x)) for x < 0', () =>
    expectUlps(lgammaNegativeTable, lgamma, 5, (x, y) => Math.max(1, Math.abs(y), lgamma(-x) < 1e3 ? lgamma(-x) : 1)))

  it('has a relative error within 1e-14 but beside its zeros below 0, where the absolute one is within 8e-15', () => {
    for (const [x, high, low] of [...lgammaTable, ...lgammaNegativeTable, ...lgammaZeroTable]) {
      const error = Math.abs(lgamma(x) - high - low)
      if (high === lgamma(x) && Math.abs(high) > 1e300) continue
      const bound = x > 0 || Math.abs(high) >= 1 ? 1e-14 * Math.abs(high) : 8e-15
      expect(error, `lgamma(${x})`).toBeLessThanOrEqual(bound)
    }
    const worst = (from: number, to: number): number =>
      Math.max(
        ...lgammaZeroTable.filter(([x]) => x > from && x <= to).map(([x, y, low]) => Math.abs(lgamma(x) - y - low))
      )
    expect(worst(-2.8, -2.4)).toBeLessThanOrEqual(5e-16)
    expect(lgammaZeroTable.some(([x, y, low]) => Math.abs(lgamma(x) / (y + low) - 1) > 0.1)).toBe(true)
  })

  it('has its special values', () => {
    expect(lgamma(1)).toBeCloseTo(0, 300)
    expect(lgamma(2)).toBeCloseTo(0, 300)
    for (const x of [0, -0, -1, -2, -100, -(2 ** 60), Infinity, -Infinity]) expect(lgamma(x)).toBe(Infinity)
    expect(lgamma(NaN)).toBeNaN()
    expect(lgamma(1e306)).toBe(Infinity)
  })

  it('has log (n - 1)! at the integers', () => {
    let factorial = 1
    for (let n = 2; n <= 170; n++) {
      expect(Math.abs(lgamma(n) - Math.log(factorial))).toBeLessThanOrEqual(5 * ulp(Math.log(factorial)))
      factorial *= n
    }
  })

  it('recurs: lgamma(x + 1) = lgamma(x) + log |x|', () =>
    fc.assert(
      fc.property(between(-60, 60), (x) => {
        const [a, b, l] = [lgamma(x + 1), lgamma(x), Math.log(Math.abs(x))]
        const shift = ulp(x + 1) * Math.abs(digamma(x + 1))
        return Math.abs(a - b - l) <= 10 * ulp(Math.max(1, Math.abs(a), Math.abs(b), Math.abs(l))) + shift
      })
    ))

  it('reflects: lgamma(x) + lgamma(1 - x) = log(pi / |sin(pi x)|)', () =>
    fc.assert(
      fc.property(between(0, 1), (x) => {
        const right = Math.log(Math.PI / Math.sin(Math.PI * Math.min(x, 1 - x)))
        return Math.abs(lgamma(x) + lgamma(1 - x) - right) <= 8 * ulp(Math.max(1, right))
      })
    ))

  it('duplicates: lgamma(2 x) = lgamma(x) + lgamma(x + 1/2) + (2 x - 1) log 2 - log(pi) / 2', () =>
    fc.assert(
      fc.property(magnitude(-3, 4), (x) => {
        const terms = [
          lgamma(2 * x),
          lgamma(x),
          lgamma(x + 0.5),
          (2 * x - 1) * Math.LN2,
          Math.log(Math.PI) / 2
        ] as const
        const rest = terms[0] - terms[1] - terms[2] - terms[3] + terms[4]
        return Math.abs(rest) <= 12 * ulp(Math.max(1, ...terms.map(Math.abs)))
      })
    ))
})
