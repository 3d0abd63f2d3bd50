import { describe, expect, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { fit, meanError, noisyPoints, predict, ridgeLoss } from '../../examples/ridge/polynomial.js'

const points = noisyPoints(Random.key(0), 20)

describe('the ridge example', () => {
  it('finds the polynomial that values were taken from', () => {
    const own = T.of([1, -2, 0, 3], 'float64')
    const exact = { x: points.x, y: predict(own, points.x) }
    expect(T.item(T.max(T.abs(T.sub(fit(exact, 3), own))))).toBeLessThan(1e-13)
  })

  it.each([1e-6, 1e-3, 1])('has a slope of 0 at its solution, with a penalty of %d', (value) => {
    const penalty = T.scalar(value, 'float64')
    const slope = grad(ridgeLoss)(fit(points, 8, penalty), points, penalty)
    expect(T.item(T.norm(slope))).toBeLessThan(1e-13)
  })

  it('gives the derivative of the validation error in the penalty', () => {
    const others = noisyPoints(Random.key(1), 30)
    const outcome = (logPenalty: T.Tensor<[]>): T.Tensor<[]> => meanError(fit(points, 6, T.exp(logPenalty)), others)
    const at = (value: number): number => T.item(outcome(T.scalar(value, 'float64')))
    const slope = T.item(grad(outcome)(T.scalar(-5, 'float64')))
    expect(slope).toBeCloseTo((at(-5 + 1e-5) - at(-5 - 1e-5)) / 2e-5, 8)
  })
})
