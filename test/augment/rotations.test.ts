// Rotations against a plain loop over pixels.
import * as Augment from 'pullback/Augment'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { expectSameEverywhere } from '../random/everywhere.js'

const [n, h, w] = [3, 4, 5] as const
const images = T.reshape(T.arange(1, n * h * w + 1), [n, 1, h, w])
const pixels = T.toNested(images)
const key = Random.key(7)
const angles = (by: number): readonly number[] =>
  Array.from(T.toArray(Random.uniform(key, [n, 1])), (u) => ((2 * u - 1) * by * Math.PI) / 180)

/** Each pixel of the result from its place before it was turned counter-clockwise, rows counted downwards. */
const byLoop = (by: number, at: (image: number, y: number, x: number) => number): readonly number[] =>
  angles(by).flatMap((angle, image) =>
    Array.from({ length: h * w }, (_, i) => {
      const [y, x] = [Math.floor(i / w) - (h - 1) / 2, (i % w) - (w - 1) / 2]
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      return at(image, s * x + c * y + (h - 1) / 2, c * x - s * y + (w - 1) / 2)
    })
  )

const pixel = (image: number, y: number, x: number): number => pixels[image]?.[0]?.[y]?.[x] ?? -2

const expectNear = (found: T.Tensor, wanted: readonly number[]): void => {
  Array.from(T.toArray(found)).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 3))
}

test('bilinear and nearest are the loops', () => {
  const mixed = byLoop(70, (image, y, x) => {
    const [row, column] = [Math.floor(y), Math.floor(x)]
    const [v, u] = [y - row, x - column]
    const top = (1 - u) * pixel(image, row, column) + u * pixel(image, row, column + 1)
    return (1 - v) * top + v * ((1 - u) * pixel(image, row + 1, column) + u * pixel(image, row + 1, column + 1))
  })
  expectNear(Augment.randomRotate(key, images, { by: 70, fill: -2 }), mixed)
  const nearest = byLoop(70, (image, y, x) => pixel(image, Math.round(y), Math.round(x)))
  expectNear(Augment.randomRotate(key, images, { by: 70, fill: -2, mode: 'nearest' }), nearest)
})

test('by 0 it is the identity, beside NaN and infinities too, and keeps types', () => {
  const x = T.where(T.equal(images, 7), NaN, T.where(T.equal(images, 9), Infinity, images))
  for (const mode of ['bilinear', 'nearest'] as const) {
    expect(T.toNested(Augment.randomRotate(key, x, { by: 0, mode }))).toEqual(T.toNested(x))
  }
  for (const dtype of ['int32', 'float64'] as const) {
    expect(Augment.randomRotate(key, T.cast(images, dtype), { by: 30 }).dtype).toBe(dtype)
  }
})

test('turns counter-clockwise, and is the same staged and mapped', () => {
  const dot = T.reshape(T.oneHot(T.of([5], 'int32'), 9), [1, 1, 3, 3])
  for (const seed of [1, 3]) {
    const found = Augment.randomRotate(Random.key(seed), dot, { by: 90, mode: 'nearest' })
    const angle = 2 * T.item(Random.uniform(Random.key(seed), [])) - 1
    expect(Math.abs(angle)).toBeGreaterThan(0.3)
    expect(Math.floor(T.item(T.argmax(T.reshape(found, [9]))) / 3)).toBe(angle > 0 ? 0 : 2)
  }
  expectSameEverywhere((k, x) => Augment.randomRotate(k, x, { by: 45 }), images)
  const sum = grad((x: T.Tensor) => T.sum(Augment.randomRotate(key, x, { by: 45 })))(images)
  expect(T.item(T.all(T.isFinite(sum)))).toBe(1)
})

test('takes channels last, one image, and no examples', () => {
  const x = T.reshape(T.arange(48), [2, 2, 3, 4])
  const last = T.permute(x, [0, 2, 3, 1])
  const found = T.permute(Augment.randomRotate(key, x, { by: 45 }), [0, 2, 3, 1])
  expect(T.toNested(Augment.randomRotate(key, last, { by: 45, dataFormat: 'NHWC' }))).toEqual(T.toNested(found))
  const one = Augment.randomRotate(key, T.at(x, 0), { by: 45 })
  expect(T.toNested(one)).toEqual(T.toNested(T.at(Augment.randomRotate(key, T.slice(x, [[0, 1]]), { by: 45 }), 0)))
  expect(Augment.randomRotate(key, T.zeros([0, 2, 3, 4]), { by: 45 }).shape).toEqual([0, 2, 3, 4])
})
