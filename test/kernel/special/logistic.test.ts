import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as L from '../../../src/kernel/special/logistic.js'
import { between } from './arbitrary.js'
import * as reference from './reference/logistic.js'
import { errorInUlps, expectUlps, expectUlps2, ulp } from './ulps.js'

describe('sigmoid', () => {
  it('is within 4 ulp of the exact values', () => expectUlps(reference.sigmoidTable, L.sigmoid, 4))

  it('has its special values', () => {
    expect(L.sigmoid(0)).toBe(0.5)
    expect(L.sigmoid(Infinity)).toBe(1)
    expect(L.sigmoid(-Infinity)).toBe(0)
    expect(L.sigmoid(NaN)).toBeNaN()
  })

  it('s(x) + s(-x) = 1', () =>
    fc.assert(fc.property(between(-800, 800), (x) => Math.abs(L.sigmoid(x) + L.sigmoid(-x) - 1) <= 3 * ulp(0.5))))

  it('s(x) = exp(x) s(-x)', () =>
    fc.assert(fc.property(between(-700, 700), (x) => errorInUlps(L.sigmoid(x) * Math.exp(-x), L.sigmoid(-x), 0) <= 8)))
})

describe('sigmoidDerivative', () => {
  it('is within 6 ulp of the exact values', () => expectUlps(reference.sigmoidDerivativeTable, L.sigmoidDerivative, 6))

  it('is even and s(x) s(-x)', () =>
    fc.assert(
      fc.property(between(-700, 700), (x) => {
        const y = L.sigmoidDerivative(x)
        return y === L.sigmoidDerivative(-x) && errorInUlps(L.sigmoid(x) * L.sigmoid(-x), y, 0) <= 10
      })
    ))

  it('is 0 at both infinities and NaN at NaN', () => {
    expect(L.sigmoidDerivative(Infinity)).toBe(0)
    expect(L.sigmoidDerivative(-Infinity)).toBe(0)
    expect(L.sigmoidDerivative(NaN)).toBeNaN()
  })
})

describe('tanhDerivative', () => {
  it('is within 6 ulp of the exact values', () => expectUlps(reference.tanhDerivativeTable, L.tanhDerivative, 6))

  it('is even and 1 - tanh(x)^2 where that is well-conditioned', () =>
    fc.assert(
      fc.property(between(-2, 2), (x) => {
        const y = L.tanhDerivative(x)
        return y === L.tanhDerivative(-x) && Math.abs(1 - Math.tanh(x) ** 2 - y) <= 6 * ulp(0.5)
      })
    ))

  it('is 1 at 0, 0 at both infinities and NaN at NaN', () => {
    expect(L.tanhDerivative(0)).toBe(1)
    expect(L.tanhDerivative(Infinity)).toBe(0)
    expect(L.tanhDerivative(-1e300)).toBe(0)
    expect(L.tanhDerivative(NaN)).toBeNaN()
  })
})

describe('softplus and logSigmoid', () => {
  it('are within 4 ulp of the exact values', () => {
    expectUlps(reference.softplusTable, L.softplus, 4)
    expectUlps(reference.softplusTable, (x) => -L.logSigmoid(-x), 4)
  })

  it('have their special values', () => {
    expect(L.softplus(1000)).toBe(1000)
    expect(L.softplus(-1000)).toBe(0)
    expect(L.softplus(Infinity)).toBe(Infinity)
    expect(L.softplus(-Infinity)).toBe(0)
    expect(L.softplus(NaN)).toBeNaN()
    expect(L.logSigmoid(-1000)).toBe(-1000)
    expect(L.logSigmoid(1000)).toBe(-0)
    expect(L.logSigmoid(-Infinity)).toBe(-Infinity)
    expect(L.logSigmoid(NaN)).toBeNaN()
  })

  it('softplus(x) - softplus(-x) = x', () =>
    fc.assert(
      fc.property(between(-1000, 1000), (x) => Math.abs(L.softplus(x) - L.softplus(-x) - x) <= 4 * ulp(Math.abs(x) + 1))
    ))

  it('exp(logSigmoid(x)) = sigmoid(x)', () =>
    fc.assert(
      fc.property(
        between(-30, 30),
        (x) => Math.abs(Math.exp(L.logSigmoid(x)) / L.sigmoid(x) - 1) <= 4e-16 * (2 + Math.abs(x))
      )
    ))
})

describe('logAddExp', () => {
  it('is within 3 ulp of max(|x|, |y|, 1)', () =>
    expectUlps2(reference.logAddExpTable, L.logAddExp, 3, (x, y) => Math.max(Math.abs(x), Math.abs(y), 1)))

  it('has its special values', () => {
    expect(L.logAddExp(-Infinity, -Infinity)).toBe(-Infinity)
    expect(L.logAddExp(Infinity, Infinity)).toBe(Infinity)
    expect(L.logAddExp(-Infinity, Infinity)).toBe(Infinity)
    expect(L.logAddExp(Infinity, 1)).toBe(Infinity)
    expect(L.logAddExp(-Infinity, 1)).toBe(1)
    expect(L.logAddExp(1, -Infinity)).toBe(1)
    for (const x of [1, NaN, Infinity, -Infinity]) {
      expect(L.logAddExp(NaN, x)).toBeNaN()
      expect(L.logAddExp(x, NaN)).toBeNaN()
    }
  })

  it('is commutative, at least the larger, and softplus beside 0', () =>
    fc.assert(
      fc.property(between(-50, 50), between(-50, 50), (x, y) => {
        const z = L.logAddExp(x, y)
        return z === L.logAddExp(y, x) && z >= Math.max(x, y) && L.logAddExp(x, 0) === L.softplus(x)
      })
    ))

  it('is associative to rounding', () =>
    fc.assert(
      fc.property(between(-50, 50), between(-50, 50), between(-50, 50), (x, y, z) => {
        const difference = L.logAddExp(L.logAddExp(x, y), z) - L.logAddExp(x, L.logAddExp(y, z))
        return Math.abs(difference) <= 6 * ulp(50)
      })
    ))
})

describe('xlogy', () => {
  it('is within 3 ulp of the exact values', () => expectUlps2(reference.xlogyTable, L.xlogy, 3))

  it('is 0 where the weight is 0, except at NaN', () => {
    for (const y of [0, -0, -1, 1, Infinity]) {
      expect(L.xlogy(0, y)).toBe(0)
      expect(L.xlogy(-0, y)).toBe(0)
    }
    expect(L.xlogy(0, NaN)).toBeNaN()
    expect(L.xlogy(NaN, 0)).toBeNaN()
    expect(L.xlogy(1, -1)).toBeNaN()
    expect(L.xlogy(2, 0)).toBe(-Infinity)
    expect(L.xlogy(2, Infinity)).toBe(Infinity)
  })
})
