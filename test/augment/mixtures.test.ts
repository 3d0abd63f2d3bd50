// mixup and cutmix: that images and targets are mixed by one share, and which shares are drawn.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as Augment from 'pullback/Augment'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { symmetricBeta } from '../../src/augment/mixtures.js'
import { expectSameEverywhere } from '../random/everywhere.js'

const seeds = fc.integer({ min: 0, max: 2 ** 31 })
const plain = Augment as unknown as Record<string, (...args: readonly unknown[]) => unknown>
const numbersOf = (x: T.Tensor): readonly number[] => Array.from(T.toArray(x))

describe('symmetricBeta', () => {
  const n = 40_000
  test.each([0.1, 0.2, 0.5, 1, 2, 8])('has the moments of Beta(%d, same)', (a) => {
    const x = symmetricBeta(Random.key(1), a, n, 'float64')
    const centred = T.sub(x, 0.5)
    const moment = (k: number): number => T.item(T.mean(T.pow(centred, k)))
    const variance = 1 / (4 * (2 * a + 1))
    const fourth = 3 / (16 * (2 * a + 1) * (2 * a + 3))
    expect(Math.abs(moment(1))).toBeLessThan(6 * Math.sqrt(variance / n))
    expect(Math.abs(moment(2) - variance)).toBeLessThan(6 * Math.sqrt((fourth - variance ** 2) / n))
    // the eighth moment about the mean is below 1 / 256
    expect(Math.abs(moment(4) - fourth)).toBeLessThan((6 / 16) * Math.sqrt(1 / n))
  })

  test.each([
    [1, (x: number) => x],
    [0.5, (x: number) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    [2, (x: number) => x * x * (3 - 2 * x)]
  ] as const)('has the distribution of Beta(%d, same)', (a, distribution) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const sorted = numbersOf(T.sort(symmetricBeta(Random.key(2), a, n, dtype)))
      const distance = Math.max(...sorted.map((x, i) => Math.abs(distribution(x) - (i + 0.5) / n)))
      // Kolmogorov: beyond with probability 2 exp(-2 * 2.5^2), one in 10^5
      expect(distance).toBeLessThan(2.5 / Math.sqrt(n))
    }
  })

  test('is finite and between 0 and 1 for extreme parameters', () => {
    for (const a of [1e-300, 1e-3, 1e3, 1e300]) {
      for (const dtype of ['float32', 'float64'] as const) {
        const x = numbersOf(symmetricBeta(Random.key(3), a, 2000, dtype))
        expect(x.every((each) => each >= 0 && each <= 1)).toBe(true)
      }
    }
  })
})

const images = T.reshape(T.arange(1, 1 + 5 * 2 * 4 * 6), [5, 2, 4, 6])
const onehot = T.oneHot(T.of([0, 1, 2, 3, 4], 'int32'), 5)

describe('mixup', () => {
  test('mixes images and targets by the same shares, one for each example', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(0.2, 1, 3), (seed, alpha) => {
        const [mixed, targets] = Augment.mixup(Random.key(seed), images, onehot, { alpha })
        const wanted = T.matmul(targets, T.reshape(images, [5, 48]))
        T.toArray(mixed).forEach((value, i) => expect(value).toBeCloseTo(T.toArray(wanted)[i] ?? NaN, 3))
        for (const total of T.toArray(T.sum(targets, { axis: 1 }))) expect(total).toBeCloseTo(1, 6)
        for (const row of T.toNested(targets)) expect(row.filter((share) => share > 0).length).toBeLessThan(3)
      }),
      { numRuns: 20 }
    )
    const [, targets] = Augment.mixup(Random.key(0), T.zeros([50, 1]), T.eye(50))
    expect(new Set(numbersOf(T.diag(targets))).size).toBeGreaterThan(30)
  })

  test('pairs each with the one in its place in an order: every example is a partner once', () => {
    const n = 30
    const [, targets] = Augment.mixup(Random.key(4), T.zeros([n, 1]), T.eye(n))
    const partners = T.toNested(targets).map((row, i) => row.findIndex((share, j) => j !== i && share > 0))
    const others = partners.filter((partner) => partner >= 0)
    expect(new Set(others).size).toBe(others.length)
  })

  test('alpha 0 mixes nothing', () => {
    expect(Augment.mixup(Random.key(0), images, onehot, { alpha: 0 })).toEqual([images, onehot])
  })

  test('numbers are targets too, and integers become float32 images', () => {
    const [mixed, targets] = Augment.mixup(Random.key(0), T.of([[0], [4]], 'int32'), T.of([0, 4]))
    expect(mixed.dtype).toBe('float32')
    expect(numbersOf(mixed)).toEqual(numbersOf(targets))
  })
})

describe('cutmix', () => {
  test('pastes a box, and mixes the targets by its area', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(0.5, 1, 4), (seed, alpha) => {
        const [mixed, targets] = Augment.cutmix(Random.key(seed), images, onehot, { alpha })
        T.toNested(T.ensure(mixed, [5, 2, 4, 6])).forEach((image, i) => {
          // the example that a pixel comes from; pixels keep their place
          const from = image.map((channel) => channel.map((row) => row.map((value) => Math.floor((value - 1) / 48))))
          image.forEach((channel, c) =>
            channel.forEach((row, y) => row.forEach((value, x) => expect((value - 1) % 48).toBe(c * 24 + y * 6 + x)))
          )
          expect(from[0]).toEqual(from[1])
          const pasted = (from[0] ?? []).flatMap((row, y) =>
            row.flatMap((example, x) => (example === i ? [] : [[y, x] as const]))
          )
          const extent = [0, 1].map((axis) => new Set(pasted.map((place) => place[axis])).size)
          // a box is the product of its rows and columns, without gaps
          expect((extent[0] ?? 0) * (extent[1] ?? 0)).toBe(pasted.length)
          expect(T.toNested(targets)[i]?.[i]).toBeCloseTo(1 - pasted.length / 24, 6)
        })
      }),
      { numRuns: 30 }
    )
  })

  test('boxes lie around any pixel, with sides by the root of 1 - s, cut off at the border', () => {
    // alpha is large: all shares are near 1/2
    const [h, w] = [5, 6]
    const sides = [Math.floor(h * Math.SQRT1_2), Math.floor(w * Math.SQRT1_2)] as const
    const within = (at: number, centre: number, side: number): boolean => {
      const from = centre - Math.floor(side / 2)
      return at >= from && at < from + side
    }
    const wanted = Array.from({ length: h * w }, (_, centre) =>
      Array.from({ length: h * w }, (_, at) =>
        within(Math.floor(at / w), Math.floor(centre / w), sides[0]) && within(at % w, centre % w, sides[1]) ? 1 : 0
      ).join()
    )
    // every image has a number of its own
    const n = 1000
    const own = T.reshape(T.arange(n), [n, 1, 1, 1])
    const [mixed] = Augment.cutmix(Random.key(7), T.broadcastTo(own, [n, 1, h, w]), T.zeros([n]), { alpha: 1e6 })
    const pasted = T.reshape(T.cast(T.notEqual(mixed, own), 'int32'), [n, h * w])
    const found = new Set(T.toNested(pasted).map((box) => box.join()))
    // an image whose partner is itself shows no box
    found.delete(T.toNested(T.zeros([h * w])).join())
    expect([...found].sort()).toEqual([...new Set(wanted)].sort())
  })

  test('takes channels last; alpha 0 mixes nothing', () => {
    const key = Random.key(6)
    const last = T.permute(images, [0, 2, 3, 1])
    const [found, targets] = Augment.cutmix(key, last, onehot, { dataFormat: 'NHWC' })
    const [wanted, same] = Augment.cutmix(key, images, onehot)
    expect(T.toNested(found)).toEqual(T.toNested(T.permute(wanted, [0, 2, 3, 1])))
    expect(T.toNested(targets)).toEqual(T.toNested(same))
    expect(Augment.cutmix(key, images, onehot, { alpha: 0 })).toEqual([images, onehot])
  })

  test('what is covered has the gradient 0, beside NaN', () => {
    const key = Random.key(2)
    const f = (x: T.Tensor): T.Tensor => Augment.cutmix(key, x, onehot)[0]
    const seen = T.greater(grad((x: T.Tensor) => T.sum(f(x)))(images), 0)
    const x = T.where(seen, images, NaN)
    const gradient = grad((v: T.Tensor) => T.sum(f(T.square(v))))(x)
    expect(numbersOf(gradient).every(Number.isFinite)).toBe(true)
  })
})

const mixtures: Readonly<Record<string, typeof Augment.mixup>> = { mixup: Augment.mixup, cutmix: Augment.cutmix }

describe.each(Object.entries(mixtures))('%s', (name, f) => {
  test('staged, mapped over keys, images and both, gives the same', () => {
    expectSameEverywhere((key, x) => f(key, x, onehot)[0], images)
    expectSameEverywhere((key, x) => f(key, x, onehot)[1], images)
  })

  test('waits for the key', () => {
    const key = Random.key(1)
    for (const options of [{ alpha: 0.4 }, undefined]) {
      const wait: (key: Random.Key) => readonly T.Tensor[] = f(images, onehot, options)
      const wanted: readonly T.Tensor[] = f(key, images, onehot, options)
      expect(pipe(key, wait).map((x) => T.toNested(x))).toEqual(wanted.map((x) => T.toNested(x)))
    }
  })

  const key = Random.key(0)
  const labels = T.of([0, 1, 2, 3, 4], 'int32')
  const remedy = 'pass class indices through T.oneHot(labels, classes)'
  test.each([
    [`the targets are int32; expected float32 or float64, ${remedy}`, [key, images, labels]],
    [`the targets are bool; expected float32 or float64, ${remedy}`, [key, images, T.greater(onehot, 0)]],
    [
      'the shapes of images and targets are [5, 2, 4, 6] and [4]; expected one target for each image',
      [key, images, T.zeros([4])]
    ],
    ['the argument targets is [1]; expected a tensor, make one with T.of or T.scalar', [key, images, [1]]],
    ['alpha is -1; expected a finite number of 0 or more', [key, images, onehot, { alpha: -1 }]],
    [
      'the key is a tensor of shape [5, 5] and dtype float32; expected one from Random.key or Random.split',
      [onehot, images, onehot]
    ]
  ])('%s', (sentence, args) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: `${name}: ${sentence}` }))
  })
})

test('cutmix refuses what is not a batch of images', () => {
  expect(() => Augment.cutmix(Random.key(0), T.zeros([5, 4]), onehot)).toThrow(
    'cutmix: the images have shape [5, 4]; expected [N, C, H, W], with one pixel or more'
  )
})

test('mixup has shares that are all equally likely, unless told otherwise', () => {
  const [images, targets] = [T.ones([4, 1, 2, 2]), T.eye(4)]
  const key = Random.key(3)
  expect(Augment.mixup(key, images, targets)).toEqual(Augment.mixup(key, images, targets, { alpha: 1 }))
})
