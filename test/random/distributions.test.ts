// Every test of a distribution rejects at the level 0.001, on three seeds that were fixed before it was run.
import { describe, expect, test } from 'vitest'
import { trace } from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import * as Program from 'pullback/Program'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { erf, erfc } from '../../src/kernel/special/erf.js'
import { erfInv } from '../../src/kernel/special/erfInverse.js'
import { chiSquare, correlation, countsOf, kolmogorovSmirnov } from './statistics.js'

const level = 0.001
const seeds = [0, 1, 42]
const n = 20_000
const equally = (of: number, among: number): readonly number[] => new Array<number>(among).fill(of / among)
const normalCdf = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2)

test('the tests themselves: exact values, and samples of wrong distributions', () => {
  expect(chiSquare([10, 20, 30], [20, 20, 20])).toBeCloseTo(Math.exp(-5), 12)
  expect(chiSquare([20, 20], [20, 20])).toBe(1)
  expect(chiSquare([115, 85], [100, 100])).toBeCloseTo(erfc(Math.sqrt(4.5 / 2)), 12)
  const grid = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000)
  expect(kolmogorovSmirnov(grid, (x) => x)).toBe(1)
  expect(kolmogorovSmirnov(grid, (x) => x ** 1.2)).toBeLessThan(level)
  expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12)
})

describe.each(seeds)('seed %i', (seed) => {
  const key = Random.key(seed)

  test('bits: each byte of a word is uniform', () => {
    const words = T.toArray(Random.bits(key, [n]))
    for (const shift of [0, 8, 16, 24]) {
      const bytes = Array.from(words, (word) => (word >>> shift) & 255)
      expect(chiSquare(countsOf(bytes, 256), equally(n, 256))).toBeGreaterThan(level)
    }
  })

  test.each(['float32', 'float64'] as const)('uniform numbers of %s', (dtype) => {
    const u = T.toArray(Random.uniform(key, [n], { dtype }))
    expect(u.every((each: number) => each >= 0 && each < 1)).toBe(true)
    expect(kolmogorovSmirnov(u, (x) => x)).toBeGreaterThan(level)
    const lastBits = Array.from(u, (each) => (each * 2 ** (dtype === 'float32' ? 24 : 53)) % 2)
    expect(chiSquare(countsOf(lastBits, 2), equally(n, 2))).toBeGreaterThan(level)
    const stretched = T.toArray(Random.uniform(key, [n], { low: -3, high: 5, dtype }))
    expect(kolmogorovSmirnov(stretched, (x) => (x + 3) / 8)).toBeGreaterThan(level)
  })

  test.each(['float32', 'float64'] as const)('normal numbers of %s', (dtype) => {
    const z = T.toArray(Random.normal(key, [n], dtype))
    expect(kolmogorovSmirnov(z, normalCdf)).toBeGreaterThan(level)
    const tails = countsOf(
      Array.from(z, (x) => (Math.abs(x) > 3 ? 1 : 0)),
      2
    )
    const beyond = 2 * normalCdf(-3)
    expect(chiSquare(tails, [n * (1 - beyond), n * beyond])).toBeGreaterThan(level)
  })

  test.each([
    [-2, 2],
    [-1, 3],
    [0.5, Infinity],
    [-Infinity, -3],
    [5, 6]
  ])('truncated normal numbers between %d and %d', (lower, upper) => {
    const [from, to] = [erf(lower * Math.SQRT1_2), erf(upper * Math.SQRT1_2)]
    const cdf = (x: number): number => (erf(x * Math.SQRT1_2) - from) / (to - from)
    const z = T.toArray(Random.truncatedNormal(key, lower, upper, [n], 'float64'))
    expect(z.every((each: number) => each >= lower && each <= upper)).toBe(true)
    expect(kolmogorovSmirnov(z, cdf)).toBeGreaterThan(level)
    const single = T.toArray(Random.truncatedNormal(key, lower, upper, [n]))
    expect(single.every((each: number) => each >= Math.fround(lower) && each <= Math.fround(upper))).toBe(true)
  })

  test('Gumbel numbers', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const g = T.toArray(Random.gumbel(key, [n], dtype))
      expect(kolmogorovSmirnov(g, (x) => Math.exp(-Math.exp(-x)))).toBeGreaterThan(level)
    }
  })

  test('coins of every probability', () => {
    for (const p of [0.5, 0.1, 0.999, 1 / 3]) {
      const counts = countsOf(T.toArray(Random.bernoulli(key, p, [n])), 2)
      expect(chiSquare(counts, [n * (1 - p), n * p])).toBeGreaterThan(level)
    }
    expect(T.item(T.sum(Random.bernoulli(key, 0, [n])))).toBe(0)
    expect(T.item(T.sum(Random.bernoulli(key, 1, [n])))).toBe(n)
    expect(T.item(T.sum(Random.bernoulli(key, 1e-12, [n])))).toBe(0)
    expect(T.item(T.sum(Random.bernoulli(key, 1 - 1e-12, [n])))).toBe(n)
  })

  test('categories are as likely as the softmax says', () => {
    const weights = [1, 2, 3, 4]
    const logits = T.add(T.log(T.of(weights)), 100)
    const drawn = T.toArray(Random.categorical(key, logits, { shape: [n] }))
    expect(
      chiSquare(
        countsOf(drawn, 4),
        weights.map((weight) => (n * weight) / 10)
      )
    ).toBeGreaterThan(level)
  })

  test('all 24 orders of four things are equally likely', () => {
    const orders = new Map<string, number>()
    const count = 4800
    for (let i = 0; i < count; i++) {
      const order = T.toArray(Random.permutation(Random.foldIn(key, i), 4)).join()
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect(orders.size).toBe(24)
    expect(chiSquare([...orders.values()], equally(count, 24))).toBeGreaterThan(level)
  })

  test('choices with replacement, weighted and not', () => {
    const plain = T.toArray(Random.choice(key, 7, { shape: [n] }))
    expect(chiSquare(countsOf(plain, 7), equally(n, 7))).toBeGreaterThan(level)
    const p = [0, 2, 0, 3, 5, 0]
    const counts = countsOf(T.toArray(Random.choice(key, 6, { shape: [n], p })), 6)
    expect([counts[0], counts[2], counts[5]]).toEqual([0, 0, 0])
    expect(chiSquare([counts[1]!, counts[3]!, counts[4]!], [n * 0.2, n * 0.3, n * 0.5])).toBeGreaterThan(level)
  })

  test('weighted choices without replacement are as if made one after the other', () => {
    const p = [1, 2, 3, 4]
    const pairs = new Map<string, number>()
    const count = 4800
    for (let i = 0; i < count; i++) {
      const pair = T.toArray(Random.choice(Random.foldIn(key, i), 4, { shape: [2], p, replace: false })).join()
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
    }
    const likely = [0, 1, 2, 3].flatMap((i) =>
      [0, 1, 2, 3].filter((j) => j !== i).map((j) => [`${i},${j}`, ((p[i]! / 10) * p[j]!) / (10 - p[i]!)] as const)
    )
    const counts = likely.map(([pair]) => pairs.get(pair) ?? 0)
    expect(counts.reduce((a, b) => a + b)).toBe(count)
    expect(
      chiSquare(
        counts,
        likely.map(([, probability]) => probability * count)
      )
    ).toBeGreaterThan(level)
  })
})

describe('bounds', () => {
  test('the largest normal numbers are those of the documentation', () => {
    expect(Math.SQRT2 * erfInv(1 - 2 ** -24)).toBeCloseTo(5.42, 2)
    expect(Math.SQRT2 * erfInv(1 - 2 ** -53)).toBeCloseTo(8.29, 1)
    for (const dtype of ['float32', 'float64'] as const) {
      const z = T.toArray(Random.normal(Random.key(0), [200_000], dtype))
      expect(z.every((each: number) => Math.abs(each) < (dtype === 'float32' ? 5.43 : 8.3) && each !== 0)).toBe(true)
    }
  })

  test('parameters broadcast to the shape, and must', () => {
    const key = Random.key(0)
    const low = T.of([[0], [10]])
    const u = T.toArray(Random.uniform(key, [2, 3], { low, high: T.add(low, 1) }))
    expect(Array.from(u, Math.floor)).toEqual([0, 0, 0, 10, 10, 10])
    expect(() => Random.uniform(key, [3], { low })).toThrow(
      'uniform: low has shape [2, 1]; for draws of shape [3], expected a shape that broadcasts to it'
    )
    expect(() => Random.bernoulli(key, T.of([0.5, 0.5]), [3])).toThrow(
      'bernoulli: p has shape [2]; for draws of shape [3]'
    )
    expect(T.toNested(Random.bernoulli(key, T.of([[0], [1]]), [2, 2]))).toEqual([
      [0, 0],
      [1, 1]
    ])
    expect(() => Random.bernoulli(key, 1.5)).toThrow('bernoulli: a probability is 1.5; expected a number from 0 to 1')
    expect(() => Random.bernoulli(key, NaN)).toThrow('bernoulli: a probability is NaN; expected a number from 0 to 1')
  })

  test('rejects a dtype that is not a float type', () => {
    // @ts-expect-error draws are floats
    expect(() => Random.normal(Random.key(0), [2], 'int32')).toThrow(
      "normal: dtype is 'int32'; expected 'float32' or 'float64'"
    )
  })

  test('rejects bounds that are not an interval', () => {
    const key = Random.key(0)
    expect(() => Random.truncatedNormal(key, 2, 1, [3])).toThrow('lower is 2 and upper is 1; expected lower < upper')
    expect(() => Random.truncatedNormal(key, 38, 40, [3])).toThrow(
      'truncatedNormal: lower is 38; expected a number of at most 37'
    )
    expect(() => Random.truncatedNormal(key, NaN, 10, [3])).toThrow('lower is NaN')
    const lower = T.of([-1, 0, 1])
    const z = T.toArray(Random.truncatedNormal(key, lower, T.add(lower, 0.5), [3]))
    expect([-1, 0, 1].every((from, i) => z[i]! >= from && z[i]! <= from + 0.5)).toBe(true)
  })

  test('categories along any axis, and shapes of draws', () => {
    const key = Random.key(0)
    const logits = T.where(T.eye(3, 'bool'), T.scalar(0), T.scalar(-Infinity))
    expect(T.toNested(Random.categorical(key, logits))).toEqual([0, 1, 2])
    expect(T.toNested(Random.categorical(key, logits, { axis: 0 }))).toEqual([0, 1, 2])
    expect(T.toNested(Random.categorical(key, logits, { shape: [2, 3] }))).toEqual([
      [0, 1, 2],
      [0, 1, 2]
    ])
    expect(T.toNested(Random.categorical(key, logits, { axis: 0, shape: [2, 3] }))).toEqual([
      [0, 1, 2],
      [0, 1, 2]
    ])
    expect(() => Random.categorical(key, logits, { shape: [2] })).toThrow(
      'categorical: the logits without axis 1 have shape [3]; for draws of shape [2], expected a shape that broadcasts to it'
    )
    expect(() => Random.categorical(key, T.zeros([2, 0]))).toThrow(
      'categorical: axis 1 has no categories; expected at least one'
    )
    expect(() => Random.categorical(key, T.scalar(1))).toThrow('categorical: axis is -1; for shape []')
  })

  test('refuses rows without a category by their place, as soon as the logits are known', () => {
    const key = Random.key(0)
    const none = -Infinity
    const expected = 'expected numbers above -Infinity, one at least'
    const draw = (logits: T.Tensor): T.Tensor => Random.categorical(key, logits)
    expect(() => draw(T.of([0, NaN]))).toThrow(`categorical: the logits have a NaN; ${expected}`)
    expect(() => draw(T.of([none, none]))).toThrow(`categorical: the logits are all -Infinity; ${expected}`)
    const rows = T.of([
      [0, none, 1],
      [0, none, 2]
    ])
    expect(T.toNested(T.isFinite(draw(rows)))).toEqual([1, 1])
    expect(() => Random.categorical(key, rows, { axis: 0 })).toThrow('the logits for draw [1] are all -Infinity')
    expect(() => draw(T.set(rows, [1, 0], NaN))).toThrow('categorical: the logits for draw [1] have a NaN')
    expect(() => draw(T.of([[[0]], [[NaN]]], 'float64'))).toThrow('the logits for draw [1, 0] have a NaN')
    expect(() => vmap(draw)(T.set(rows, [0], none))).toThrow('the logits for draw [0] are all -Infinity')
    const program = trace(draw)(rows)
    expect(T.toNested(Program.run(program)(rows)[0]!)).toEqual(T.toNested(draw(rows)))
    expect(() => Program.run(program)(T.set(rows, [1, 2], NaN))).toThrow('the logits for draw [1] have a NaN')
    expect(() => grad((x: T.Tensor) => T.sum(T.mul(x, T.cast(draw(x), 'float32'))))(T.of([NaN]))).toThrow('have a NaN')
    expect(T.item(draw(T.of([0, 0, 1], 'int32')))).toBeGreaterThanOrEqual(0)
    expect(T.item(draw(T.of([0, Infinity])))).toBe(1)
  })

  test('things: whole slices change places; too few, or bad weights, are refused', () => {
    const key = Random.key(0)
    const rows = T.of([
      [1, 2],
      [3, 4],
      [5, 6]
    ])
    const permuted = T.toNested(Random.permutation(key, rows))
    expect([...permuted].sort((a, b) => a[0]! - b[0]!)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6]
    ])
    const columns = T.toNested(T.transpose(Random.permutation(key, rows, { axis: -1 })))
    expect([...columns].sort((a, b) => a[0]! - b[0]!)).toEqual([
      [1, 3, 5],
      [2, 4, 6]
    ])
    expect(T.toNested(Random.permutation(key, 0))).toEqual([])
    const different = T.toArray(Random.choice(key, 20, { shape: [4, 5], replace: false }))
    expect(new Set(different).size).toBe(20)
    expect(Random.choice(key, rows, { shape: [2, 2] }).shape).toEqual([2, 2, 2])
    expect(() => Random.choice(key, 3, { shape: [4], replace: false })).toThrow(
      'choice: the number of things is 3; for [4] choices, expected at least 4 without replacement'
    )
    expect(() => Random.choice(key, 0)).toThrow(
      'choice: the number of things is 0; for [] choices, expected at least one'
    )
    expect(() => Random.choice(key, 2, { p: [1, -1] })).toThrow(
      'choice: a weight is -1; expected a finite number of 0 or more'
    )
    expect(() => Random.choice(key, 2, { p: [0, 0] })).toThrow(
      'choice: the number of positive weights is 0; expected at least 1'
    )
    expect(() => Random.choice(key, 2, { p: [1] })).toThrow('choice: p has shape [1]; expected [2]')
  })

  test('uniform bounds the wrong way round, not finite, or further apart than the largest number', () => {
    const key = Random.key(3)
    for (const [low, high, dtype] of [
      [2, 1, 'float32'],
      [0, Infinity, 'float32'],
      [NaN, 1, 'float64'],
      [0, 1e39, 'float32'],
      [-3e38, 3e38, 'float32'],
      [-1.7e308, 1.7e308, 'float64']
    ] as const) {
      expect(() => Random.uniform(key, [3], { low, high, dtype })).toThrow(
        `uniform: low is ${low} and high is ${high}; expected low <= high and a difference that ${dtype} holds`
      )
    }
    expect(
      T.toArray(Random.uniform(key, [3], { low: -3e38, high: 3e38, dtype: 'float64' })).every(Number.isFinite)
    ).toBe(true)
  })

  test('choice with weights whose sum or quotients overflow', () => {
    const key = Random.key(4)
    for (const size of [1e308, 1e-310, 5e-324]) {
      const p = T.of([size, size, size], 'float64')
      const counts = [0, 0, 0]
      for (const i of T.toArray(Random.choice(key, 3, { p, shape: [3000] }))) counts[i] = counts[i]! + 1
      expect(counts.every((count) => count > 850 && count < 1150)).toBe(true)
      const firsts = Array.from({ length: 300 }, (_, i) =>
        T.item(T.at(Random.choice(Random.key(i), 3, { p, shape: [2], replace: false }), 0))
      )
      expect([0, 1, 2].every((i) => firsts.filter((first) => first === i).length > 60)).toBe(true)
    }
  })

  test('truncated normals lie inside, and have the mean of their interval, out to 37', () => {
    const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)
    const above = (x: number): number => 0.5 * erfc(x * Math.SQRT1_2)
    const n = 100_000
    for (const [lower, upper] of [
      [6.5, 7],
      [-0.5, Infinity],
      [20, 20.01],
      [30, Infinity],
      [37, 40]
    ] as const) {
      const mean = (density(lower) - density(upper)) / (above(lower) - above(upper))
      const width = Math.min(upper - lower, lower > 1 ? 1 / lower : 1)
      for (const dtype of ['float32', 'float64'] as const) {
        const hold = (bound: number): number => (dtype === 'float32' ? Math.fround(bound) : bound)
        const right = T.toArray(T.cast(Random.truncatedNormal(Random.key(1), lower, upper, [n], dtype), 'float64'))
        const left = T.toArray(T.cast(Random.truncatedNormal(Random.key(2), -upper, -lower, [n], dtype), 'float64'))
        for (const [draws, sign] of [
          [right, 1],
          [left, -1]
        ] as const) {
          let sum = 0
          for (const z of draws) {
            if (!(sign * z >= hold(lower) && sign * z <= hold(upper) && Number.isFinite(z)))
              throw new Error(`drawn: ${z}`)
            sum += sign * z - mean
          }
          expect(Math.abs(sum / n)).toBeLessThan((5 * width) / Math.sqrt(n) + 2e-7 * mean)
        }
      }
    }
  })
})
