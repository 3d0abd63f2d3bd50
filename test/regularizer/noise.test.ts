// The noise of networks: what is dropped and what is left, by each function; laws that all of them share.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { grad, jvp } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as Regularizer from 'pullback/Regularizer'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { expectSameEverywhere, withKeys } from '../random/everywhere.js'

type Drop = (key: Random.Key, x: T.Tensor, rate: number) => T.Tensor

/** What is dropped together, as the shape of the coins for images [4, 3, 2, 5]. */
const drops: Readonly<Record<string, readonly [coins: readonly number[], drop: Drop]>> = {
  dropout: [[4, 3, 2, 5], (key, x, rate) => Regularizer.dropout(key, x, { rate })],
  dropConnect: [[4, 3, 2, 5], (key, x, rate) => Regularizer.dropConnect(key, x, { rate })],
  spatialDropout: [[4, 3, 1, 1], (key, x, rate) => Regularizer.spatialDropout(key, x, { rate })],
  'spatialDropout, channels last': [
    [4, 1, 1, 5],
    (key, x, rate) => Regularizer.spatialDropout(key, x, { rate, dataFormat: 'NHWC' })
  ],
  stochasticDepth: [[4, 1, 1, 1], (key, x, rate) => Regularizer.stochasticDepth(key, x, { rate })],
  'stochasticDepth of a batch': [
    [1, 1, 1, 1],
    (key, x, rate) => Regularizer.stochasticDepth(key, x, { rate, mode: 'batch' })
  ]
}

const shape = [4, 3, 2, 5]
const ones = T.ones(shape)
const seeds = fc.integer({ min: 0, max: 2 ** 31 })
const plain = Regularizer as unknown as Record<string, (...args: readonly unknown[]) => unknown>

describe.each(Object.entries(drops))('%s', (_name, [coins, drop]) => {
  test('drops by the coins of the key, together what belongs together, and scales the rest', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(0.1, 0.25, 0.5, 0.9), (seed, rate) => {
        const key = Random.key(seed)
        const keep = T.broadcastTo(Random.bernoulli(key, 1 - rate, coins), shape)
        const x = T.reshape(T.arange(1, 121), shape)
        const wanted = T.where(keep, T.mul(x, 1 / (1 - rate)), 0)
        expect(T.toArray(drop(key, x, rate))).toEqual(T.toArray(wanted))
      }),
      { numRuns: 20 }
    )
  })

  test('keeps the mean, over many keys', () => {
    const mean = T.mean(
      withKeys((key, x) => drop(key, x, 0.3), ones, 4000),
      { axis: 0 }
    )
    // six deviations of a mean of 4000
    const deviation = Math.sqrt(0.3 / 0.7 / 4000)
    for (const value of T.toArray(mean)) expect(Math.abs(value - 1)).toBeLessThan(6 * deviation)
  })

  test('differs from key to key', () => {
    const found = Array.from({ length: 12 }, (_, seed) => T.toArray(drop(Random.key(seed), ones, 0.5)).join())
    expect(new Set(found).size).toBeGreaterThan(1)
  })

  test('a rate of 0 returns the tensor', () => {
    expect(drop(Random.key(0), ones, 0)).toBe(ones)
  })

  test('what is dropped is 0 beside NaN and infinities, in values, gradients and tangents', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(NaN, Infinity), (seed, bad) => {
        const key = Random.key(seed)
        const kept = T.greater(drop(key, ones, 0.5), 0)
        const x = T.where(kept, 1, bad)
        expect(T.toArray(drop(key, x, 0.5))).toEqual(T.toArray(T.where(kept, T.full(shape, 2), 0)))
        const f = (v: T.Tensor) => T.sum(T.square(drop(key, T.sqrt(v), 0.5)))
        const gradient = T.toArray(grad(f)(x)).map(Math.abs)
        expect(gradient).toEqual(T.toArray(T.where(kept, T.full(shape, 4), 0)))
        expect(Number.isFinite(T.item(jvp(f)([x], [ones])[1]))).toBe(true)
      }),
      { numRuns: 10 }
    )
  })

  test('staged, mapped over keys, tensors and both, gives the same', () => {
    const x = T.reshape(T.linspace(-1, 1, 120), shape)
    expectSameEverywhere((key, v) => drop(key, v, 0.5), x)
  })

  test('keeps the type of floats, and makes integers float32', () => {
    expect(drop(Random.key(0), T.ones(shape, 'float64'), 0.2).dtype).toBe('float64')
    expect(drop(Random.key(0), T.ones(shape, 'int32'), 0.2).dtype).toBe('float32')
  })
})

test('Layer.dropout is dropout with the key of its context', () => {
  const key = Random.key(9)
  const x = T.linspace(1, 2, 50)
  const [found] = Layer.apply(Layer.dropout(0.4))({}, {}, { mode: 'train', key })(x)
  expect(T.toArray(found)).toEqual(T.toArray(Regularizer.dropout(key, x, { rate: 0.4 })))
})

describe('gaussianNoise', () => {
  const noisy = (key: Random.Key, x: T.Tensor): T.Tensor => Regularizer.gaussianNoise(key, x, { std: 0.5 })

  test('has the mean of the tensor and the deviation that is asked for', () => {
    const x = T.of([3, -1, 0], 'float64')
    const many = withKeys(noisy, x, 20_000)
    T.toArray(T.mean(many, { axis: 0 })).forEach((mean, i) => {
      expect(Math.abs(mean - (T.toArray(x)[i] ?? NaN))).toBeLessThan((6 * 0.5) / Math.sqrt(20_000))
    })
    for (const std of T.toArray(T.std(many, { axis: 0 }))) expect(Math.abs(std - 0.5)).toBeLessThan(0.02)
  })

  test('is staged and mapped; its derivative is 1, and a deviation of 0 returns the tensor', () => {
    expectSameEverywhere(noisy, T.linspace(-1, 1, 6))
    const x = T.of([1, 2])
    expect(T.toNested(grad((v: T.Tensor) => T.sum(noisy(Random.key(0), v)))(x))).toEqual([1, 1])
    expect(Regularizer.gaussianNoise(Random.key(0), x, { std: 0 })).toBe(x)
    expect(noisy(Random.key(0), T.of([1, 2], 'int32')).dtype).toBe('float32')
  })
})

describe('alphaDropout', () => {
  const drop = (key: Random.Key, x: T.Tensor): T.Tensor => Regularizer.alphaDropout(key, x, { rate: 0.5 })

  test('is staged and mapped; a rate of 0 returns the tensor', () => {
    expectSameEverywhere(drop, T.linspace(-1, 1, 6))
    expect(Regularizer.alphaDropout(Random.key(0), ones, { rate: 0 })).toBe(ones)
    expect(pipe(Random.key(2), Regularizer.alphaDropout(ones, { rate: 0.5 }))).toEqual(drop(Random.key(2), ones))
  })

  test('refuses a rate of 1', () => {
    expect(() => Regularizer.alphaDropout(Random.key(0), ones, { rate: 1 })).toThrow(
      'alphaDropout: rate is 1; expected a number from 0 to 1 (exclusive)'
    )
  })
})

test('data-last readings wait for the key', () => {
  const x = T.linspace(-1, 1, 24)
  const [key] = Random.split(Random.key(0))
  const options = { rate: 0.5 }
  expect(pipe(key, Regularizer.dropout(x, options))).toEqual(Regularizer.dropout(key, x, options))
  const [drawn] = Random.draw(Regularizer.dropout(x, options))(Random.key(0))
  expect(drawn).toEqual(Regularizer.dropout(key, x, options))
})

describe('bad input', () => {
  const key = Random.key(0)
  const x = T.zeros([2, 3])
  test.each([
    ['dropout: rate is 1; expected a number from 0 to 1 (exclusive)', () => plain['dropout']?.(key, x, { rate: 1 })],
    ['dropout: rate is undefined; expected a number from 0 to 1 (exclusive)', () => plain['dropout']?.(key, x)],
    [
      'dropConnect: rate is NaN; expected a number from 0 to 1 (exclusive)',
      () => plain['dropConnect']?.(x, { rate: NaN })
    ],
    [
      "dropout: rate is '0.5'; expected a number from 0 to 1 (exclusive)",
      () => plain['dropout']?.(key, x, { rate: '0.5' })
    ],
    ["dropout: options are 'half'; expected an object with rate", () => plain['dropout']?.(key, x, 'half')],
    [
      'dropout: the key is a tensor of shape [2, 3] and dtype float32; expected one from Random.key or Random.split',
      () => plain['dropout']?.(x, key, { rate: 0.5 })
    ],
    [
      'dropout: the operand is [1, 2]; expected a tensor, make one with T.of or T.scalar',
      () => plain['dropout']?.(key, [1, 2], { rate: 0.5 })
    ],
    [
      'spatialDropout: the operand has shape [2, 3]; expected [N, C, ...] with three axes or more',
      () => plain['spatialDropout']?.(key, x, { rate: 0.5 })
    ],
    [
      'spatialDropout: the operand has shape [2, 3]; expected [N, ..., C] with three axes or more',
      () => plain['spatialDropout']?.(key, x, { rate: 0, dataFormat: 'NHWC' })
    ],
    [
      "stochasticDepth: mode is 'rows'; expected 'row' or 'batch'",
      () => plain['stochasticDepth']?.(key, x, { rate: 0.5, mode: 'rows' })
    ],
    [
      'stochasticDepth: the operand has shape []; expected an axis of examples',
      () => plain['stochasticDepth']?.(key, T.scalar(1), { rate: 0.5 })
    ],
    [
      'gaussianNoise: std is -1; expected a finite number of 0 or more',
      () => plain['gaussianNoise']?.(key, x, { std: -1 })
    ],
    [
      'gaussianNoise: std is undefined; expected a finite number of 0 or more',
      () => plain['gaussianNoise']?.(key, x, {})
    ]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(expect.objectContaining({ message: sentence }))
  })
})
