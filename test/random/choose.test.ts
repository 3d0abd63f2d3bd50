// The kernels of weighted choices, at the ends of the unit interval, which no sample will find.
import { describe, expect, test } from 'vitest'
import { withReplacement, withoutReplacement } from '../../src/random/choose.js'

const last = 1 - 2 ** -53
const weights = Float64Array.of(0, 0, 3, 0, 1, 0, 0)

describe('an item of weight 0 is never chosen', () => {
  test('with replacement, at 0, at the seam, and just below 1', () => {
    const u = Float64Array.of(0, 2 ** -53, 0.75 - 2 ** -53, 0.75, last)
    expect([...withReplacement(weights, u)]).toEqual([2, 2, 2, 4, 4])
    expect([...withReplacement(Float64Array.of(0, 1), Float64Array.of(0, last))]).toEqual([1, 1])
    expect([...withReplacement(Float64Array.of(1, 0), Float64Array.of(0, last))]).toEqual([0, 0])
  })

  test('with replacement, where sums are rounded', () => {
    const uneven = Float64Array.of(0, 0.1, 0.2, 0.3, 0, 1e-17, 0)
    for (const u of [0, last]) expect([1, 2, 3, 5]).toContain(withReplacement(uneven, Float64Array.of(u))[0])
  })

  test('without replacement, whatever the others draw', () => {
    for (const u of [0, 2 ** -53, 0.5, last]) {
      expect([...withoutReplacement(weights, new Float64Array(7).fill(u), 2)].sort((a, b) => a - b)).toEqual([2, 4])
    }
    const early = Float64Array.of(0, 0, last, 0, last, 0, 0)
    expect([...withoutReplacement(weights, early, 2)]).toEqual([2, 4])
  })
})
