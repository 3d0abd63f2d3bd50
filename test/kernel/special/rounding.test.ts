import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mod, roundHalfEven } from '../../../src/kernel/special/rounding.js'
import { between } from './arbitrary.js'
import { ulp } from './ulps.js'

describe('roundHalfEven', () => {
  it('takes ties to the even integer and keeps the sign of zero', () => {
    const table = [
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [3.5, 4],
      [-0.5, -0],
      [-1.5, -2],
      [-2.5, -2],
      [0.49999999999999994, 0],
      [0.5000000000000001, 1],
      [-0.3, -0],
      [0, 0],
      [-0, -0],
      [2.4, 2],
      [2.6, 3],
      [-2.6, -3],
      [4503599627370495.5, 4503599627370496],
      [4503599627370494.5, 4503599627370494],
      [4503599627370497, 4503599627370497],
      [-4503599627370495.5, -4503599627370496],
      [9007199254740993, 9007199254740992],
      [1e300, 1e300],
      [-1e300, -1e300],
      [5e-324, 0],
      [Infinity, Infinity],
      [-Infinity, -Infinity],
      [NaN, NaN]
    ] as const
    for (const [x, y] of table) expect(roundHalfEven(x), `${x}`).toBe(y)
  })

  it('is odd, an integer, and within a half', () =>
    fc.assert(
      fc.property(between(-1e6, 1e6), (x) => {
        const y = roundHalfEven(x)
        return Number.isInteger(y) && Math.abs(x - y) <= 0.5 && roundHalfEven(-x) === -y
      })
    ))

  it('is even on every tie', () =>
    fc.assert(fc.property(fc.integer({ min: -1e9, max: 1e9 }), (k) => Math.abs(roundHalfEven(k + 0.5)) % 2 === 0)))
})

describe('mod', () => {
  // The values of numpy.mod, NumPy 2.
  it('is that of NumPy at every special value', () => {
    const table = [
      [5, 3, 2],
      [-5, 3, 1],
      [5, -3, -1],
      [-5, -3, -2],
      [5.5, 2, 1.5],
      [-5.5, 2, 0.5],
      [6, 3, 0],
      [-6, 3, 0],
      [6, -3, -0],
      [-6, -3, -0],
      [0, 3, 0],
      [-0, 3, 0],
      [0, -3, -0],
      [1, 0, NaN],
      [0, 0, NaN],
      [1, -0, NaN],
      [5, Infinity, 5],
      [-5, Infinity, Infinity],
      [5, -Infinity, -Infinity],
      [-5, -Infinity, -5],
      [0, -Infinity, -0],
      [Infinity, 3, NaN],
      [-Infinity, 3, NaN],
      [NaN, 3, NaN],
      [3, NaN, NaN],
      [NaN, -3, NaN],
      [-1e-20, 3, 3],
      [1e300, 7, 1]
    ] as const
    for (const [x, y, z] of table) expect(mod(x, y), `${x} mod ${y}`).toBe(z)
  })

  it('has the sign of the divisor and is smaller', () =>
    fc.assert(
      fc.property(between(-1e3, 1e3), between(-10, 10), (x, y) => {
        const r = mod(x, y)
        return Math.abs(r) < Math.abs(y) && (r === 0 || r > 0 === y > 0)
      })
    ))

  it('x - mod(x, y) is a whole multiple of y', () =>
    fc.assert(
      fc.property(between(-1e3, 1e3), between(-10, 10), (x, y) => {
        const quotient = (x - mod(x, y)) / y
        return Math.abs(quotient - Math.round(quotient)) <= 4 * ulp(Math.abs(quotient) + 1)
      })
    ))

  it('has period y', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer({ min: 1, max: 1e3 }),
        (x, y) => mod(x + y, y) === mod(x, y) && mod(x, -y) === -mod(-x, y)
      )
    ))
})
