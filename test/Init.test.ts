import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Init from 'pullback/Init'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const drawn = (init: Init.Initializer, shape: readonly number[], seed: number = 0): readonly number[] => [
  ...T.toArray(init(shape, 'float64')(Random.key(seed))[0])
]

const deviation = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

/** Each initialiser with the standard deviation it should have on a weight of shape [outputs, inputs]. */
const spread: Readonly<Record<string, readonly [Init.Initializer, (outputs: number, inputs: number) => number]>> = {
  glorotUniform: [Init.glorotUniform, (o, i) => Math.sqrt(2 / (o + i))],
  glorotNormal: [Init.glorotNormal, (o, i) => Math.sqrt(2 / (o + i))],
  heUniform: [Init.heUniform, (_o, i) => Math.sqrt(2 / i)],
  heNormal: [Init.heNormal, (_o, i) => Math.sqrt(2 / i)],
  lecunNormal: [Init.lecunNormal, (_o, i) => Math.sqrt(1 / i)],
  'normal(0.5)': [Init.normal(0.5), () => 0.5],
  'uniform(-3, 3)': [Init.uniform(-3, 3), () => Math.sqrt(3)]
}

describe.each(Object.entries(spread))('%s', (_name, [init, expected]) => {
  it('has mean 0 and the stated deviation, by fan-in and fan-out', () => {
    for (const shape of [
      [120, 80],
      [30, 300]
    ] as const) {
      const values = drawn(init, shape)
      const sigma = expected(shape[0], shape[1])
      // 9,000 to 9,600 values: the deviation of a sample is within 3 %, its mean within 5 standard errors
      expect(deviation(values) / sigma).toBeGreaterThan(0.97)
      expect(deviation(values) / sigma).toBeLessThan(1.03)
      expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan(0.052 * sigma)
    }
  })

  it('has the shape and type that it is asked for, and follows from the key', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 4 }), fc.nat(), (shape, seed) => {
        const [x, next] = init(shape)(Random.key(seed))
        expect(x.shape).toEqual(shape)
        expect(x.dtype).toBe('float32')
        expect(next).not.toEqual(Random.key(seed))
        expect(drawn(init, shape, seed)).toEqual(drawn(init, shape, seed))
      }),
      { numRuns: 30 }
    )
  })
})

describe('bounds', () => {
  it('uniform initialisers keep theirs', () => {
    const largest = (init: Init.Initializer, shape: readonly number[]) => Math.max(...drawn(init, shape).map(Math.abs))
    expect(largest(Init.glorotUniform, [40, 60])).toBeLessThanOrEqual(Math.sqrt(6 / 100))
    expect(largest(Init.heUniform, [40, 60])).toBeLessThanOrEqual(Math.sqrt(6 / 60))
    expect(largest(Init.uniform(-2, 2), [40, 60])).toBeLessThanOrEqual(2)
  })
})

describe('uniform', () => {
  it('rejects bounds that are not in order', () => {
    expect(() => Init.uniform(1, -1)).toThrow(
      expect.objectContaining({
        message: 'uniform: low is 1 and high is -1; expected low <= high and a difference that float64 holds'
      })
    )
    expect(() => Init.uniform(NaN, 1)).toThrow('uniform: low is NaN and high is 1')
  })
})

describe('fans', () => {
  it('of a convolution kernel count its window', () => {
    const values = drawn(Init.heNormal, [64, 8, 5, 5])
    expect(deviation(values) / Math.sqrt(2 / 200)).toBeCloseTo(1, 1)
  })

  it('of vectors and scalars are their size', () => {
    expect(deviation(drawn(Init.heNormal, [10_000])) / Math.sqrt(2 / 10_000)).toBeCloseTo(1, 1)
    expect(drawn(Init.lecunNormal, []).every(Number.isFinite)).toBe(true)
  })
})

describe('constants', () => {
  it('have one value, and draw nothing', () => {
    const [x, next] = Init.constant(0.25)([2, 2])(Random.key(3))
    expect(T.toNested(x)).toEqual([
      [0.25, 0.25],
      [0.25, 0.25]
    ])
    expect(next).toEqual(Random.key(3))
    expect(drawn(Init.zeros, [2])).toEqual([0, 0])
    expect(drawn(Init.ones, [2])).toEqual([1, 1])
  })
})
