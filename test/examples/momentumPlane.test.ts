import { describe, expect, it } from 'vitest'
import * as T from 'pullback/Tensor'
import { gridOf, measuredRates, optimum, rates } from '../../examples/momentumPlane/plane.js'

describe('the plane of momentum', () => {
  it('without momentum has the factor of gradient descent, |1 - rate * curvature|', () => {
    const grid = gridOf([0.1, 0.3, 0.5], [0])
    const expected = [0.9, 0.7, 1]
    expect(T.isClose(rates([1, 4], grid), T.of(expected, 'float64'))).toBe(true)
    expect(T.isClose(measuredRates([1, 4], grid, 100), T.of(expected, 'float64'))).toBe(true)
  })

  it('has the root of the damping as its factor where points swing', () => {
    const grid = gridOf([0.3, 0.35], [0.81])
    expect(T.isClose(rates([1, 4], grid), T.of([0.9, 0.9], 'float64'))).toBe(true)
  })

  it.each([4, 25, 1000])('is lowest at the optimum, with condition %d', (k) => {
    const { rate, momentum, factor } = optimum([1, k])
    const nearby = [-1, 0, 1].map((i) => rate * (1 + i / 100))
    const dampings = [-1, 0, 1].map((i) => momentum * (1 + i / 100))
    const around = T.toNested(rates([1, k], gridOf(nearby, dampings)))
    expect([around].flat()[4]).toBeCloseTo(factor, 6)
    expect(T.item(T.argmin(rates([1, k], gridOf(nearby, dampings))))).toBe(4)
  })
})
