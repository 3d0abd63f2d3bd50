// One in 61 of all float32 numbers, for each function: 70 million, and as many pairs for powers.
import { describe, expect, it } from 'vitest'
import { BOUND, ofOne, pairs, worstOfOne, worstOfPow } from '../kernel/functions/ulps.js'

describe(`dense samples of all of float32 are within ${BOUND} ulp`, () => {
  it.each(ofOne)('%s', { timeout: 600_000 }, (_, f, reference) => {
    const { error, at } = worstOfOne(f, reference, 61)
    expect(error, `at ${at.join()}`).toBeLessThanOrEqual(BOUND)
  })

  it('pow', { timeout: 600_000 }, () => {
    const { error, at } = worstOfPow(pairs(70_000_000))
    expect(error, `at ${at.join()}`).toBeLessThanOrEqual(BOUND)
  })
})
