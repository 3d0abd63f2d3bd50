import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as State from 'fp-ts/lib/State.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { correlation } from './random/statistics.js'

const words = (key: Random.Key): string => T.toArray(key).join()

describe('keys', () => {
  test('a seed is its 64 bits in two halves', () => {
    expect(T.toNested(Random.key(0))).toEqual([0, 0])
    expect(T.toNested(Random.key(2 ** 31))).toEqual([0, -(2 ** 31)])
    expect(T.toNested(Random.key(2 ** 32 + 5))).toEqual([1, 5])
    expect(T.toNested(Random.key(-1))).toEqual([-1, -1])
    expect(T.toNested(Random.key(Number.MAX_SAFE_INTEGER))).toEqual([2 ** 21 - 1, -1])
  })

  test('different seeds, different keys', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (a, b) => {
        expect(words(Random.key(a)) === words(Random.key(b))).toBe(Object.is(a + 0, b + 0))
      })
    )
  })

  test('rejects a seed that is not an integer', () => {
    expect(() => Random.key(0.5)).toThrow('key: the seed is 0.5; expected an integer from -(2^53 - 1) to 2^53 - 1')
    expect(() => Random.key(2 ** 53)).toThrow('key: the seed is 9007199254740992; expected an integer')
    expect(() => Random.key(NaN)).toThrow('key: the seed is NaN; expected an integer')
  })

  test('every draw rejects a value that is not a key', () => {
    // @ts-expect-error a tensor is not a key
    expect(() => Random.normal(T.of([1, 2]), [3])).toThrow(
      'normal: the key is a tensor of shape [2] and dtype float32; expected one from Random.key or Random.split'
    )
    // @ts-expect-error nor is a number
    expect(() => Random.bits([2])(7)).toThrow('bits: the key is 7; expected one from Random.key or Random.split')
    // @ts-expect-error nor a tensor of another shape
    expect(() => Random.split(T.of([1, 2, 3], 'int32'))).toThrow(
      'split: the key is a tensor of shape [3] and dtype int32'
    )
  })

  test('split keys differ from each other, from the key, and from keys of foldIn', () => {
    const key = Random.key(7)
    const folded = Array.from({ length: 2000 }, (_, i) => Random.foldIn(key, i - 1000))
    const big = [2 ** 32, -(2 ** 32), 2 ** 40, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER].map((n) =>
      Random.foldIn(key, n)
    )
    const blocks = Array.from({ length: 2000 }, (_, i) =>
      T.toArray(Random.bits(key, [4000]))
        .slice(2 * i, 2 * i + 2)
        .join()
    )
    const all = [words(key), ...[...Random.split(key, 2000), ...folded, ...big].map(words), ...blocks]
    expect(new Set(all).size).toBe(all.length)
  })

  test('the first keys do not depend on how many are split off', () => {
    const [a, b] = Random.split(Random.key(3))
    const [c, d] = Random.split(Random.key(3), 5)
    expect([a, b].map(words)).toEqual([c, d].map(words))
    expect(Random.split(Random.key(3), 0)).toEqual([])
    expect(pipe(Random.key(3), Random.split(5))).toEqual(Random.split(Random.key(3), 5))
    expect(() => Random.split(Random.key(3), 1.5)).toThrow(
      'split: the number of keys is 1.5; expected an integer of 0 or more'
    )
  })

  test('a number and an int32 tensor fold in alike', () => {
    fc.assert(
      fc.property(fc.integer(), fc.maxSafeInteger(), (n, seed) => {
        const key = Random.key(seed)
        expect(words(Random.foldIn(key, T.scalar(n, 'int32')))).toBe(words(Random.foldIn(key, n)))
      })
    )
    expect(() => Random.foldIn(Random.key(0), T.scalar(1))).toThrow('foldIn: data is float32; expected int32')
    expect(() => Random.foldIn(Random.key(0), T.of([1, 2], 'int32'))).toThrow(
      'foldIn: data has shape [2]; expected one element'
    )
    expect(() => Random.foldIn(Random.key(0), 0.5)).toThrow('foldIn: data is 0.5; expected an integer')
  })

  test('draws with two split keys are uncorrelated: |r| below 4 / sqrt(n)', () => {
    const n = 50_000
    const [a, b] = Random.split(Random.key(11))
    const [x, y] = [T.toArray(Random.uniform(a, [n])), T.toArray(Random.uniform(b, [n]))]
    expect(Math.abs(correlation(x, y))).toBeLessThan(4 / Math.sqrt(n))
    expect(Math.abs(correlation(x.subarray(1), x.subarray(0, n - 1)))).toBeLessThan(4 / Math.sqrt(n))
    const neighbours = T.toArray(Random.uniform(Random.key(12), [n]))
    expect(Math.abs(correlation(x, neighbours))).toBeLessThan(4 / Math.sqrt(n))
  })
})

describe('the same key, the same bits for ever', () => {
  const key = Random.key(42)

  test('the published vector: key 0, counter 0', () => {
    expect(T.toNested(Random.bits(Random.key(0), [2]))).toEqual([0x6b200159 | 0, 0x99ba4efe | 0])
  })

  test.each([
    ['bits', Random.bits(key, [4]), [1832780943, 270669613, 64467757, -1378843660]],
    ['split', Random.split(key)[0], [-699161599, -63025992]],
    ['split', Random.split(key)[1], [1946893949, -79456841]],
    ['foldIn', Random.foldIn(key, 7), [-419740425, 22718876]],
    ['foldIn', Random.foldIn(key, -7), [921973039, 1532096887]],
    ['foldIn', Random.foldIn(key, 2 ** 40), [-443478725, 502569784]],
    ['uniform', Random.uniform(key, [2]), [0.4267275333404541, 0.06302016973495483]],
    ['uniform', Random.uniform(key, [2], { dtype: 'float64' }), [0.42672756361231334, 0.015010071389100932]],
    ['uniform', Random.uniform(key, [2], { low: -3, high: 5 }), [0.4138202667236328, -2.4958386421203613]],
    ['normal', Random.normal(key, [2]), [-0.184711754322052, -1.5299043655395508]],
    ['normal', Random.normal(key, [2], 'float64'), [-0.1847117530270402, -2.169824510947413]],
    ['gumbel', Random.gumbel(key, [2]), [0.1606271117925644, -1.0167876482009888]],
    ['truncatedNormal', Random.truncatedNormal(key, -2, 2, [2]), [-0.17621764540672302, -1.7856590747833252]],
    ['bernoulli', Random.bernoulli(key, 0.5, [8]), [1, 1, 1, 0, 0, 1, 0, 1]],
    ['categorical', Random.categorical(key, T.of([0, 1, 2, 3]), { shape: [8] }), [3, 2, 2, 3, 3, 3, 2, 3]],
    ['permutation', Random.permutation(key, 8), [3, 1, 5, 6, 0, 4, 7, 2]],
    ['choice', Random.choice(key, 10, { shape: [8] }), [4, 0, 5, 7, 6, 6, 6, 5]],
    ['choice', Random.choice(key, 4, { shape: [8], p: [1, 2, 3, 4] }), [2, 0, 2, 3, 3, 3, 3, 2]],
    ['choice', Random.choice(key, 4, { shape: [4], p: [1, 2, 3, 4], replace: false }), [1, 2, 3, 0]]
  ] as const)('%s', (_name, drawn: T.Tensor, golden) => {
    expect(T.toNested(drawn)).toEqual(golden)
  })

  test('an element depends on its place only, not on how many are drawn, nor on their shape', () => {
    const draws: readonly ((n: number) => T.Tensor)[] = [
      (n) => Random.bits(key, [n]),
      (n) => Random.uniform(key, [n]),
      (n) => Random.normal(key, [n], 'float64'),
      (n) => Random.bernoulli(key, 0.3, [n])
    ]
    for (const draw of draws) expect(T.toArray(draw(7))).toEqual(T.toArray(draw(20)).slice(0, 7))
    expect(T.toArray(Random.normal(key, [2, 3]))).toEqual(T.toArray(Random.normal(key, [6])))
  })

  test('drawing reads the key, and leaves it as it was', () => {
    const own = Random.key(5)
    Random.normal(own, [10])
    Random.split(own)
    expect(T.toNested(own)).toEqual([0, 5])
  })
})

describe('sequences', () => {
  const step = Random.draw(Random.normal([2]))

  test('a draw uses one half of the key and passes on the other', () => {
    const [use, next] = Random.split(Random.key(1))
    const [x, after] = step(Random.key(1))
    expect(x).toEqual(Random.normal(use, [2]))
    expect(words(after)).toBe(words(next))
  })

  test('they compose with fp-ts', () => {
    const both = pipe(
      step,
      State.chain((x) =>
        pipe(
          step,
          State.map((y) => [x, y] as const)
        )
      )
    )
    const [x, y] = State.evaluate(Random.key(1))(both)
    expect([x, y]).toEqual(Random.sequence([step, step])(Random.key(1))[0])
    const own = pipe(
      step,
      Random.chain((a) =>
        pipe(
          step,
          Random.map((b) => [a, b])
        )
      )
    )
    expect(own(Random.key(1))).toEqual(both(Random.key(1)))
    expect(Random.of(3)(Random.key(1))).toEqual([3, Random.key(1)])
  })

  test('a sequence of 10^5 draws does not overflow', () => {
    const coin = Random.draw((key) => T.item(Random.bernoulli(key, 0.5)))
    const n = 100_000
    const [coins, after] = pipe(coin, Random.replicate(n))(Random.key(2))
    expect(coins.length).toBe(n)
    const heads = coins.reduce((sum, each) => sum + each, 0)
    expect(Math.abs(heads - n / 2)).toBeLessThan(4 * Math.sqrt(n / 4))
    const [sum, afterwards] = Random.reduce(coins, 0, (total) =>
      pipe(
        coin,
        Random.map((c) => total + c)
      )
    )(Random.key(2))
    expect(sum).toBe(heads)
    expect(words(afterwards)).toBe(words(after))
    const many = new Array<Random.Random<number>>(n).fill(coin)
    expect(Random.sequence(many)(Random.key(2))[0]).toEqual(coins)
  })
})

describe('derivatives', () => {
  test('a reparametrised draw moves with its mean and its deviation', () => {
    const key = Random.key(9)
    const z = Random.normal(key, [5], 'float64')
    const total = ({ mean, std }: { mean: T.Tensor<[]>; std: T.Tensor<[]> }): T.Tensor<[]> =>
      T.sum(T.add(mean, T.mul(std, Random.normal(key, [5], 'float64'))))
    const gradient = grad(total)({ mean: T.scalar(1, 'float64'), std: T.scalar(2, 'float64') })
    expect(T.item(gradient.mean)).toBe(5)
    expect(T.item(gradient.std)).toBeCloseTo(T.item(T.sum(z)), 12)
  })

  test('uniform numbers move with their bounds', () => {
    const key = Random.key(9)
    const u = T.toArray(Random.uniform(key, [4], { dtype: 'float64' }))
    const draw = ({ low, high }: { low: T.Tensor<[4]>; high: T.Tensor<[]> }): T.Tensor<[]> =>
      T.sum(Random.uniform(key, [4], { low, high }))
    const gradient = grad(draw)({ low: T.zeros([4], 'float64'), high: T.scalar(3, 'float64') })
    expect(T.toNested(gradient.low)).toEqual(Array.from(u, (each) => 1 - each))
    expect(T.item(gradient.high)).toBeCloseTo(
      Array.from(u).reduce((a, b) => a + b),
      14
    )
  })

  test('truncated normal numbers move with their bounds as centred differences say', () => {
    const key = Random.key(9)
    const draw = (lower: T.Tensor<[]>): T.Tensor<[]> => T.sum(Random.truncatedNormal(key, lower, 1.5, [4]))
    const at = (x: number): number => T.item(draw(T.scalar(x, 'float64')))
    const h = 1e-4
    const slope = (8 * (at(-1 + h) - at(-1 - h)) - (at(-1 + 2 * h) - at(-1 - 2 * h))) / (12 * h)
    expect(T.item(grad(draw)(T.scalar(-1, 'float64')))).toBeCloseTo(slope, 9)
  })

  test('a permutation moves gradients back to their places; coins and categories have derivative 0', () => {
    const key = Random.key(9)
    const order = T.toArray(Random.permutation(key, 4))
    const weights = T.of([1, 2, 3, 4])
    const gradient = grad((x: T.Tensor<[4]>) => T.dot(Random.permutation(key, x), weights))(T.zeros([4]))
    expect(Array.from(order, (place) => T.toArray(gradient)[place])).toEqual([1, 2, 3, 4])
    const coins = grad((p: T.Tensor<[4]>) => T.sum(T.cast(Random.bernoulli(key, p), 'float32')))(T.full([4], 0.5))
    expect(T.toNested(coins)).toEqual([0, 0, 0, 0])
    const category = (logits: T.Tensor<[4]>): T.Tensor<[]> => T.cast(Random.categorical(key, logits), 'float32')
    expect(T.toNested(grad(category)(T.zeros([4])))).toEqual([0, 0, 0, 0])
  })
})

describe('options', () => {
  test('uniform rejects unknown options', () => {
    const options: object = { min: 0, max: 1 }
    expect(() => Random.uniform(Random.key(0), [2], options)).toThrow(
      'uniform: unknown option min; expected low, high or dtype'
    )
  })

  const plain = Random as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const key = Random.key(0)
  const dtype = { dtype: 'float64' }
  test.each([
    ['normal', [key, [2], dtype]],
    ['normal', [[2], dtype]],
    ['gumbel', [key, [2], dtype]],
    ['gumbel', [[2], dtype]],
    ['truncatedNormal', [key, -1, 1, [2], dtype]],
    ['truncatedNormal', [-1, 1, [2], dtype]]
  ])('%s rejects options in the place of the dtype, with the right form', (name, args) => {
    expect(() => plain[name]?.(...args)).toThrow(
      `${name}: dtype is { dtype: 'float64' }; expected 'float32' or 'float64' itself, as in ${name}(key, ..., 'float64')`
    )
  })
})

describe('copies of tensors', () => {
  const plain = Random as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const key = Random.key(0)
  const copy: unknown = structuredClone(T.of([0.5, 0.5]))
  const copiedKey: unknown = structuredClone(key)
  const restore = 'restore it with T.fromTypedArray or T.fromJSON'
  test.each([
    ['normal', [copiedKey, [2]]],
    ['split', [copiedKey]],
    ['foldIn', [copiedKey, 1]],
    ['permutation', [copiedKey, 3]],
    ['permutation', [key, copy]],
    ['choice', [key, copy]],
    ['choice', [key, 2, { p: copy }]],
    ['categorical', [key, copy]],
    ['bernoulli', [key, copy]],
    ['uniform', [key, [2], { low: copy }]],
    ['truncatedNormal', [key, copy, 1, [2]]]
  ])('%s rejects a copy, with the remedy (%#)', (name, args) => {
    expect(() => plain[name]?.(...args)).toThrow(restore)
  })
})

test('truncatedNormal refuses what is not a shape before it waits for the key', () => {
  const options: never = { lower: -1, upper: 1 } as never
  expect(() => Random.truncatedNormal(Random.key(0), [2] as never, options)).toThrow(
    'truncatedNormal: shape is { lower: -1, upper: 1 }; expected an array of sizes such as [3]'
  )
})

test('a shape in the place of the key is refused', () => {
  expect(() => Random.normal([2] as never, [3] as never)).toThrow(
    'normal: the key is [2]; expected one from Random.key'
  )
})

test('bernoulli asks a second stream where 32 bits do not decide', () => {
  const tosses = Array.from({ length: 200 }, (_, seed) => {
    const own = Random.key(seed)
    const word = T.item(Random.bits(own, [])) >>> 0
    return T.item(Random.bernoulli(own, T.scalar((word + 0.98) / 2 ** 32, 'float64')))
  })
  // 200 tosses of 0.98: fewer than 180 heads have a probability below 10^-8.
  expect(tosses.filter((toss) => toss === 1).length).toBeGreaterThan(180)
})

test('uniform refuses bounds in the wrong order, where they can be read', () => {
  const key = Random.key(0)
  const draw = (low: T.Tensor, high: T.Tensor): T.Tensor => Random.uniform(key, [2], { low, high })
  expect(() => draw(T.of([0, 2]), T.of([1, 1]))).toThrow('uniform: low is above high at [1]; expected low <= high')
  expect(() => draw(T.scalar(2), T.scalar(1))).toThrow('uniform: low is above high; expected low <= high')
  expect(() => Random.uniform(key, [2], { low: T.scalar(2) })).toThrow(
    'uniform: low is above high; expected low <= high'
  )
  expect(() => vmap((low: T.Tensor<[]>) => draw(low, T.scalar(1)))(T.of([0, 3]))).toThrow('uniform: low is above high')
  expect(draw(T.of([0, 1]), T.of([1, 1])).shape).toEqual([2])
})
