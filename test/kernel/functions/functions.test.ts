import { describe, expect, it } from 'vitest'
import { cos } from '../../../src/kernel/functions/cos.js'
import { erf } from '../../../src/kernel/functions/erf.js'
import { exp } from '../../../src/kernel/functions/exp.js'
import { expm1 } from '../../../src/kernel/functions/expm1.js'
import { log } from '../../../src/kernel/functions/log.js'
import { log1p } from '../../../src/kernel/functions/log1p.js'
import { pow } from '../../../src/kernel/functions/pow.js'
import { sin } from '../../../src/kernel/functions/sin.js'
import { tanh } from '../../../src/kernel/functions/tanh.js'
import { BOUND, ofOne, pairs, worstOfOne, worstOfPow } from './ulps.js'

const tiny = 2 ** -149
const huge = Math.fround(3.4028234663852886e38)

describe('a function of float32', () => {
  // a prime step, which meets all kinds of last bits
  it.each(ofOne)(`%s is within ${BOUND} ulp`, (_, f, reference) => {
    const { error, at } = worstOfOne(f, reference, 5003)
    expect(error, `at ${at.join()}`).toBeLessThanOrEqual(BOUND)
  })

  it(`pow is within ${BOUND} ulp`, () => {
    const { error, at } = worstOfPow(pairs(400_000))
    expect(error, `at ${at.join()}`).toBeLessThanOrEqual(BOUND)
  })

  it.each(ofOne)('%s is right at the ends of the range and around zero', (_, f, reference) => {
    const special = [0, -0, tiny, -tiny, 2 ** -126, -(2 ** -126), 1, -1, huge, -huge, Infinity, -Infinity, NaN]
    expect(special.map((x) => Math.fround(f(x)))).toEqual(special.map((x) => Math.fround(reference(x))))
  })
})

describe('the edges of overflow and underflow', () => {
  it('exp overflows and underflows where float32 does', () => {
    expect(Math.fround(exp(88.72283172607422))).toBe(Math.fround(Math.exp(88.72283172607422)))
    expect(Math.fround(exp(88.72283935546875))).toBe(Infinity)
    expect(Math.fround(exp(-103.97207641601562))).toBe(tiny)
    expect(Math.fround(exp(-103.97208404541016))).toBe(0)
  })

  it('exp unrounded is 0 and Infinity in the end, and nowhere else', () => {
    expect([exp(-709), exp(-Infinity), exp(710), exp(Infinity)]).toEqual([0, 0, Infinity, Infinity])
    expect(exp(-707.9)).toBeGreaterThan(0)
    expect(exp(708.9)).toBeLessThan(Infinity)
  })

  it('expm1 and tanh saturate', () => {
    expect([expm1(-Infinity), expm1(-710), tanh(Infinity), tanh(-23)]).toEqual([-1, -1, 1, -1])
    expect(Math.fround(expm1(-20))).toBe(-1)
    expect([Math.fround(erf(4)), Math.fround(erf(-Infinity))]).toEqual([1, -1])
  })

  it('logarithms end at 0, and have no values below', () => {
    expect([log(0), log(-0), log(-1), log(Infinity)]).toEqual([-Infinity, -Infinity, NaN, Infinity])
    expect([log1p(-1), log1p(-2), log1p(-0), log1p(Infinity)]).toEqual([-Infinity, NaN, -0, Infinity])
  })
})

describe('sin and cos', () => {
  // the values at the largest float32 are from 120 digits
  it('reduce large angles exactly', () => {
    expect(Math.fround(sin(huge))).toBe(Math.fround(-0.5218765233336585))
    expect(Math.fround(cos(huge))).toBe(Math.fround(0.8530210398303042))
    expect(Math.fround(sin(8388608))).toBe(Math.fround(Math.sin(8388608)))
    // No float32, for which the reduction does not hold.
    expect([sin(8388608.5), cos(8388608.3), sin(1e38), cos(1e200)]).toEqual([NaN, NaN, NaN, NaN])
    expect(Math.fround(cos(8388607))).toBe(Math.fround(Math.cos(8388607)))
  })

  it('have no values at infinity', () => {
    expect([sin(Infinity), sin(-Infinity), cos(Infinity), cos(-Infinity)]).toEqual([NaN, NaN, NaN, NaN])
  })
})

describe('pow', () => {
  const values = [0, 0.5, 1, 2, 3, 1.5, 101, 2 ** 24, tiny, huge, Infinity].flatMap((v) => [v, -v]).concat(NaN)

  it('has the special values of IEEE 754', () => {
    const table = values.flatMap((x) => values.map((y) => [x, y] as const))
    const { error, at } = worstOfPow(table)
    expect(error, `at ${at.join()}`).toBeLessThanOrEqual(BOUND)
  })

  it('of 2 is a square', () => expect(pow(1.1, 2)).toBe(1.1 * 1.1))
})
