// Data sets made by a key: pure, balanced, and where they should be.
import * as Dataset from 'pullback/Dataset'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

const makers: Readonly<
  Record<string, (key: Random.Key, n: number, options?: { readonly noise?: number }) => Dataset.Dataset>
> = {
  blobs: Dataset.blobs,
  circles: Dataset.circles,
  moons: Dataset.moons,
  noisySine: Dataset.noisySine,
  spirals: Dataset.spirals,
  xor: Dataset.xor
}

describe.each(Object.entries(makers))('%s', (name, make) => {
  test('is a function of the key, float32, and has noise', () => {
    const data = make(Random.key(1), 9)
    expect(make(Random.key(1), 9)).toEqual(data)
    expect(make(Random.key(2), 9)).not.toEqual(data)
    expect(data.features.dtype).toBe('float32')
    expect(Dataset.size(data)).toBe(9)
    expect(T.item(T.all(T.isFinite(data.features)))).toBe(1)
    expect(make(Random.key(1), 9, { noise: 0.5 })).not.toEqual(make(Random.key(1), 9, { noise: 0.25 }))
  })

  test('takes one example, and refuses none', () => {
    expect(T.item(T.all(T.isFinite(make(Random.key(1), 1).features)))).toBe(1)
    expect(() => make(Random.key(1), 0)).toThrow(`${name}: the number of examples is 0; expected an integer above 0`)
    expect(() => make(Random.key(1), 3, { noise: -1 })).toThrow(
      `${name}: noise is -1; expected a finite number of 0 or more`
    )
  })
})

test('without noise, they lie on their curves', () => {
  const key = Random.key(0)
  const near = (x: T.Tensor, y: T.Tensor): void => expect(T.isClose(x, y, { atol: 1e-6, rtol: 1e-6 })).toBe(true)
  const circles = Dataset.circles(key, 8, { noise: 0, factor: 0.25 })
  near(T.norm(circles.features, { axis: 1 }), T.where(T.equal(circles.labels, 0), 1, 0.25))
  const moons = Dataset.moons(key, 8, { noise: 0 })
  const [x, y] = [0, 1].map((column) => T.at(moons.features, column, { axis: 1 }))
  const first = T.equal(moons.labels, 0)
  const centred = T.hypot(T.sub(x!, T.where(first, 0, 1)), T.sub(y!, T.where(first, 0, 0.5)))
  near(centred, T.ones([8]))
  const blobs = Dataset.blobs(key, 6, { noise: 0 })
  near(T.slice(blobs.features, [[0, 3]]), T.slice(blobs.features, [[3, 6]]))
})

test('the inner circle has half of the radius of the outer one, unless told otherwise', () => {
  const { features } = Dataset.circles(Random.key(0), 8, { noise: 0 })
  const radii = T.toArray(T.sqrt(T.sum(T.square(features), { axis: 1 })))
  expect(Math.min(...radii)).toBeCloseTo(0.5)
  expect(Math.max(...radii)).toBeCloseTo(1)
})

test('moons go from end to end', () => {
  const { features } = Dataset.moons(Random.key(0), 4, { noise: 0 })
  const ends = [
    [1, 0],
    [0, 0.5],
    [-1, 0],
    [2, 0.5]
  ]
  expect(T.isClose(features, T.of(ends), { atol: 1e-6 })).toBe(true)
})
