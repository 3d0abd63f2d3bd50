// Augmentations against plain loops over pixels, and the laws that all of them share.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as Augment from 'pullback/Augment'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { expectSameEverywhere, withKeys } from '../random/everywhere.js'

type OfImages = (key: Random.Key, x: T.Tensor, dataFormat?: 'NCHW' | 'NHWC') => T.Tensor

const augmentations: Readonly<Record<string, OfImages>> = {
  cutout: (key, x, dataFormat = 'NCHW') => Augment.cutout(key, x, { size: 3, dataFormat }),
  randomCrop: (key, x, dataFormat = 'NCHW') => Augment.randomCrop(key, x, { size: [3, 4], dataFormat }),
  'randomCrop, padded': (key, x, dataFormat = 'NCHW') =>
    Augment.randomCrop(key, x, { size: 5, padding: [1, 2], fill: 7, dataFormat }),
  randomShift: (key, x, dataFormat = 'NCHW') => Augment.randomShift(key, x, { by: [1, 3], dataFormat }),
  randomFlip: (key, x, dataFormat = 'NCHW') => Augment.randomFlip(key, x, { dataFormat }),
  'randomFlip, vertical': (key, x, dataFormat = 'NCHW') => Augment.randomFlip(key, x, { axis: 'vertical', dataFormat })
}

/** Every pixel has a number of its own, from 1. */
const numbered = (shape: readonly number[]): T.Tensor => T.reshape(T.arange(1, T.size(T.zeros(shape)) + 1), shape)
const images = numbered([6, 2, 5, 6])
const channelsLast = (x: T.Tensor): T.Tensor => T.permute(x, x.shape.length === 4 ? [0, 2, 3, 1] : [1, 2, 0])
const seeds = fc.integer({ min: 0, max: 2 ** 31 })
const plain = Augment as unknown as Record<string, (...args: readonly unknown[]) => unknown>

describe.each(Object.entries(augmentations))('%s', (_name, f) => {
  test('differs from example to example, and treats the channels of each alike', () => {
    // the same image twelve times, whose second channel is the first plus 1000
    const one = numbered([1, 5, 6])
    const x = T.broadcastTo(T.concat([one, T.add(one, 1000)]), [12, 2, 5, 6])
    const found = f(Random.key(1), x)
    const rows = Array.from({ length: 12 }, (_, i) => JSON.stringify(T.toNested(T.at(found, i))))
    expect(new Set(rows).size).toBeGreaterThan(1)
    const [first, second] = [T.slice(found, [null, [0, 1]]), T.slice(found, [null, [1, 2]])]
    const pasted = T.equal(first, second)
    expect(T.toArray(T.where(pasted, 1000, T.sub(second, first))).every((by) => by === 1000)).toBe(true)
  })

  test('staged, mapped over keys, images and both, gives the same', () => {
    expectSameEverywhere((key, x) => f(key, x), images)
  })

  test('takes channels last, and one image', () => {
    const key = Random.key(8)
    const found = channelsLast(f(key, images))
    expect(T.toNested(f(key, channelsLast(images), 'NHWC'))).toEqual(T.toNested(found))
    const [one] = [T.at(images, 0)]
    expect(T.toNested(f(key, one))).toEqual(T.toNested(T.at(f(key, T.expandDims(one, 0)), 0)))
    expect(T.toNested(f(key, channelsLast(one), 'NHWC'))).toEqual(T.toNested(channelsLast(f(key, one))))
  })

  test('keeps the type, moves values as they are, and its gradient counts how often each pixel is seen', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const key = Random.key(seed)
        const found = Array.from(T.toArray(f(key, images)))
        const counts = Array.from(T.toArray(images), (value) => found.filter((each) => each === value).length)
        // the padding's 7 is the pixel 7 too
        const gradient = T.toArray(grad((x: T.Tensor) => T.sum(f(key, x)))(images))
        const others = (values: readonly number[]): readonly number[] => values.filter((_, i) => i !== 6)
        expect(others(Array.from(gradient))).toEqual(others(counts))
      }),
      { numRuns: 10 }
    )
    expect(f(Random.key(0), T.cast(images, 'int32')).dtype).toBe('int32')
    expect(f(Random.key(0), T.cast(images, 'float64')).dtype).toBe('float64')
  })

  test('pixels that are not seen have the gradient 0 beside NaN', () => {
    const key = Random.key(4)
    const seen = T.greater(grad((x: T.Tensor) => T.sum(f(key, x)))(images), 0)
    const x = T.where(seen, images, NaN)
    const g = (v: T.Tensor): T.Tensor<[]> => T.sum(f(key, T.square(v)))
    expect(Number.isFinite(T.item(g(x)))).toBe(true)
    expect(T.toNested(T.abs(grad(g)(x)))).toEqual(T.toNested(T.where(seen, T.mul(images, 2), 0)))
  })

  test('no examples give no examples', () => {
    expect(f(Random.key(0), T.zeros([0, 2, 5, 6])).shape[0]).toBe(0)
  })
})

describe('places, by loops over pixels', () => {
  const at = (x: T.Tensor): readonly (readonly (readonly number[])[])[] => T.toNested(T.ensure(x, [2, 5, 6]))

  test('a crop is the part that begins at its first pixel; all places are alike', () => {
    const found = T.ensure(
      withKeys((key, x) => Augment.randomCrop(key, x, { size: [4, 4] }), T.at(images, 0), 3000),
      [3000, 2, 4, 4]
    )
    const whole = at(T.at(images, 0))
    const tally = new Map<string, number>()
    for (const crop of T.toNested(found)) {
      const first = (crop[0]?.[0]?.[0] ?? NaN) - 1
      const [top, left] = [Math.floor(first / 6), first % 6]
      const wanted = whole.map((channel) => channel.slice(top, top + 4).map((row) => row.slice(left, left + 4)))
      expect(crop).toEqual(wanted)
      tally.set(`${top} ${left}`, (tally.get(`${top} ${left}`) ?? 0) + 1)
    }
    // 2 by 3 places, each 500 times within six deviations
    expect(tally.size).toBe(6)
    for (const count of tally.values()) expect(Math.abs(count - 500)).toBeLessThan(6 * Math.sqrt(500 * (5 / 6)))
  })

  test('a shift is a crop of a padded image; by 0, and a crop of the size of the images, are the identity', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }), (seed, rows, columns) => {
        const key = Random.key(seed)
        const found = Augment.randomShift(key, images, { by: [rows, columns], fill: -1 })
        const crop = Augment.randomCrop(key, images, { size: [5, 6], padding: [rows, columns], fill: -1 })
        expect(T.toNested(found)).toEqual(T.toNested(crop))
      }),
      { numRuns: 20 }
    )
    expect(T.toNested(Augment.randomShift(Random.key(0), images, { by: 0 }))).toEqual(T.toNested(images))
    expect(T.toNested(Augment.randomCrop(Random.key(0), images, { size: [5, 6] }))).toEqual(T.toNested(images))
  })

  test('shifts reach every distance, and both ways', () => {
    const dot = T.reshape(T.oneHot(T.of([3], 'int32'), 7), [1, 1, 7])
    const found = withKeys((key, x) => Augment.randomShift(key, x, { by: [0, 2] }), dot, 300)
    const places = T.toArray(T.argmax(found, { axis: 3 }))
    expect([...new Set(places)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5])
  })

  test('flips turn the right axis, as often as the probability says', () => {
    const key = Random.key(0)
    expect(T.toNested(Augment.randomFlip(key, images, { p: 1 }))).toEqual(T.toNested(T.flip(images, { axis: 3 })))
    const vertical = Augment.randomFlip(key, images, { axis: 'vertical', p: 1 })
    expect(T.toNested(vertical)).toEqual(T.toNested(T.flip(images, { axis: 2 })))
    expect(T.toNested(Augment.randomFlip(key, images, { p: 0 }))).toEqual(T.toNested(images))
    const many = Augment.randomFlip(key, T.broadcastTo(T.of([0, 1]), [4000, 1, 1, 2]), { p: 0.3 })
    const share = T.item(T.mean(T.slice(many, [null, null, null, [0, 1]])))
    expect(Math.abs(share - 0.3)).toBeLessThan(6 * Math.sqrt((0.3 * 0.7) / 4000))
  })
})

describe('cutout', () => {
  test.each([1, 2, 3, 4, 20])('size %i: a square around any pixel, cut off at the border', (size) => {
    const [h, w] = [5, 6]
    const squares = new Set<string>()
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const from = [y, x].map((centre) => centre - Math.floor(size / 2)) as [number, number]
        const isIn = (i: number, start: number): boolean => i >= start && i < start + size
        squares.add(
          Array.from({ length: h * w }, (_, i) =>
            isIn(Math.floor(i / w), from[0]) && isIn(i % w, from[1]) ? 9 : 1
          ).join()
        )
      }
    }
    const found = Augment.cutout(Random.key(2), T.ones([1000, 1, h, w]), { size, fill: 9 })
    const masks = T.toNested(T.reshape(found, [1000, h * w])).map((mask) => mask.join())
    expect([...new Set(masks)].sort()).toEqual([...squares].sort())
  })
})

test('data-last readings wait for the key', () => {
  const key = Random.key(3)
  expect(T.toNested(pipe(key, Augment.randomFlip(images)))).toEqual(T.toNested(Augment.randomFlip(key, images)))
  const size = { size: 2 }
  expect(T.toNested(pipe(key, Augment.cutout(images, size)))).toEqual(T.toNested(Augment.cutout(key, images, size)))
  const [drawn] = Random.draw(Augment.randomCrop(images, size))(key)
  expect(drawn.shape).toEqual([6, 2, 2, 2])
})

describe('bad input', () => {
  const key = Random.key(0)
  const pair = 'expected an integer of 1 or more, or two of them'
  test.each([
    [
      'randomCrop: size is [6, 4]; for images of [5, 6], expected at most that',
      () => plain['randomCrop']?.(key, images, { size: [6, 4] })
    ],
    [
      'randomCrop: size is [8, 8]; for images padded to [7, 8], expected at most that',
      () => plain['randomCrop']?.(key, images, { size: 8, padding: 1 })
    ],
    [`randomCrop: size is undefined; ${pair}`, () => plain['randomCrop']?.(key, images)],
    [`randomCrop: size is [2, 2, 2]; ${pair}`, () => plain['randomCrop']?.(images, { size: [2, 2, 2] })],
    [
      'randomShift: by is -1; expected an integer of 0 or more, or two of them',
      () => plain['randomShift']?.(key, images, { by: -1 })
    ],
    ['randomFlip: p is 1.5; expected a number from 0 to 1', () => plain['randomFlip']?.(images, { p: 1.5 })],
    ["randomFlip: axis is 2; expected 'horizontal' or 'vertical'", () => plain['randomFlip']?.(images, { axis: 2 })],
    ['randomRotate: by is 181; expected a number from 0 to 180', () => plain['randomRotate']?.(images, { by: 181 })],
    ['cutout: size is 0; expected an integer of 1 or more', () => plain['cutout']?.(key, images, { size: 0 })],
    [
      "cutout: dataFormat is 'CHW'; expected 'NCHW' or 'NHWC'",
      () => plain['cutout']?.(key, images, { size: 1, dataFormat: 'CHW' })
    ],
    [
      'cutout: the images have shape [5, 6]; expected [N, C, H, W] or [C, H, W], with one pixel or more',
      () => plain['cutout']?.(key, T.zeros([5, 6]), { size: 1 })
    ],
    [
      'randomFlip: the images have shape [2, 0, 6, 3]; expected [N, H, W, C] or [H, W, C], with one pixel or more',
      () => plain['randomFlip']?.(key, T.zeros([2, 0, 6, 3]), { dataFormat: 'NHWC' })
    ],
    [
      'randomFlip: the argument images is [[1]]; expected a tensor, make one with T.of or T.scalar',
      () => plain['randomFlip']?.(key, [[1]])
    ],
    ['randomFlip: the key is 0; expected one from Random.key or Random.split', () => plain['randomFlip']?.(0, images)]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(expect.objectContaining({ message: sentence }))
  })
})
