// Norms over windows, fractional windows, and the reverse of max pooling.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import { type Shape, ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { distance, expectHessians, expectLawful, expectMaps, expectSame, normal, weighed } from '../linalg/matrices.js'
import { type Refusal, flat, indicesOf, reader, thrownBy, total } from './naive.js'
import { cases, naive } from './windows.js'

const axesOf = (rank: number): Shape => [4, 3, 3].slice(0, rank)

describe.each([
  [1, T.lpPool1d],
  [2, T.lpPool2d],
  [3, T.lpPool3d]
])('norms in %i dimensions', (rank, lpPool) => {
  test('are those of nested loops', () => {
    fc.assert(
      fc.property(cases(rank), fc.constantFrom(1, 2, 3, 4, 0.5), ({ x, ...windows }, p) => {
        const positive = p === 0.5 ? T.abs(x) : x
        const found = flat(lpPool(positive, { ...windows, p }))
        const expected = naive({ x: positive, ...windows }, (inside) => {
          const sum = total(inside.map((value) => value ** p))
          return p === 1 ? sum : sum ** (1 / p)
        })
        const off = found.map((value, i) => {
          const wanted = expected[i]!
          return Object.is(value, wanted) ? 0 : Math.abs(value - wanted) / Math.abs(wanted)
        })
        expect(Math.max(...off)).toBeLessThan(1e-14)
      })
    )
  })

  test('have derivatives that obey the laws', () => {
    const x = T.add(T.abs(normal(1, [1, 2, ...axesOf(rank)])), 0.5)
    for (const p of [1.5, 2, 3]) {
      const windows = { window: 2, stride: 1, padding: 1, p }
      expectLawful((each) => lpPool(each, windows), x)
      expectMaps((each) => lpPool(each, windows), x)
      expectHessians(
        weighed((each) => lpPool(each, windows)),
        x
      )
    }
  })
})

describe('lpPool2d', () => {
  test('has a derivative of 0 at a window of zeros, to any order, and of 1 for p = 1', () => {
    const zeros = T.zeros([1, 2, 2], 'float64')
    for (const p of [0.5, 1.5, 2, 3]) {
      const norm = (x: T.Tensor): T.Tensor<[]> => T.sum(T.lpPool2d(x, { window: 2, p }))
      expectSame(grad(norm)(zeros), zeros)
      expectSame(grad((x: T.Tensor) => T.sum(grad(norm)(x)))(zeros), zeros)
    }
    expectSame(grad((x: T.Tensor) => T.sum(T.lpPool2d(x, { window: 2, p: 1 })))(zeros), T.onesLike(zeros))
  })

  test('has no absolute values in its formula', () => {
    const x = T.of([[-3, -4, 1, 2]])
    expectSame(T.lpPool1d(x, { window: 2 }), T.lpPool1d(T.abs(x), { window: 2 }))
    expectSame(T.lpPool1d(x, { window: 2, p: 1 }), T.of([[-7, 3]]))
    expect(T.toNested(T.lpPool1d(x, { window: 2, p: 3 }))[0]![0]).toBeNaN()
    expectSame(T.lpPool1d(T.of([[3, 4]], 'int32'), { window: 2 }), T.of([[5]]))
  })
})

interface Fractional {
  readonly x: T.Tensor
  readonly samples: T.Tensor
  readonly window: readonly number[]
  readonly outputSize: readonly number[]
}

const fractional = (rank: number): fc.Arbitrary<Fractional> =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })), {
      minLength: rank,
      maxLength: rank
    })
    .map((axes) => {
      const image = axes.map(([window, count, room]) => window + count - 1 + room)
      return {
        x: normal(total(image), [2, 1, ...image]),
        samples: Random.uniform(Random.key(total(image)), [2, 1, rank], { dtype: 'float64' }),
        window: axes.map(([window]) => window),
        outputSize: axes.map(([, count]) => count)
      }
    })

/** Where windows start along an axis, as PyTorch's generate_intervals has it. */
const intervals = (u: number, n: number, window: number, count: number): readonly number[] => {
  const alpha = (n - window) / (count - 1)
  return Array.from({ length: count }, (_, i) =>
    i === count - 1 ? n - window : Math.trunc((i + u) * alpha) - Math.trunc(u * alpha)
  )
}

describe.each([
  [1, T.fractionalMaxPool1d],
  [2, T.fractionalMaxPool2d],
  [3, T.fractionalMaxPool3d]
])('fractional maxima in %i dimensions', (rank, pool) => {
  test('are those of nested loops over the intervals', () => {
    fc.assert(
      fc.property(fractional(rank), ({ x, samples, ...windows }) => {
        const [values, indices] = pool(x, samples, { ...windows, returnIndices: true })
        const image = x.shape.slice(2)
        const [read, sample] = [reader(x), reader(samples)]
        const expected = indicesOf([2, 1, ...windows.outputSize]).map(([n = 0, c = 0, ...at]) => {
          const starts = image.map((length, axis) => {
            const u = sample([n, c, rank === 2 ? 1 - axis : axis])
            return intervals(u, length, windows.window[axis]!, windows.outputSize[axis]!)[at[axis]!]!
          })
          const inside = indicesOf(windows.window).map((offset) => offset.map((j, axis) => starts[axis]! + j))
          return Math.max(...inside.map((place) => read([n, c, ...place])))
        })
        expect(flat(values)).toEqual(expected)
        const rows = T.takeAlongAxis(T.reshape(x, [2, -1]), T.reshape(indices, [2, -1]))
        expectSame(rows, T.reshape(values, [2, -1]))
      })
    )
  })

  test('obey the laws of derivatives', () => {
    const x = normal(1, [2, 1, ...[6, 5, 4].slice(0, rank)])
    const samples = Random.uniform(Random.key(1), [2, 1, rank])
    expectLawful((each) => pool(each, samples, { window: 2, outputSize: 3 }), x)
    const ofOne = T.at(samples, 0)
    expectMaps((each) => pool(each, ofOne, { window: 2, outputSize: 3 }), x)
  })
})

describe('fractionalMaxPool2d', () => {
  const x = normal(3, [2, 3, 8, 9])
  const options = { window: 2, outputRatio: 0.6 }

  test('draws samples from a key, the same ones each time, and others for each example of a map', () => {
    const key = Random.key(5)
    const samples = Random.uniform(key, [2, 3, 2], { dtype: 'float64' })
    expectSame(T.fractionalMaxPool2d(x, key, options), T.fractionalMaxPool2d(x, samples, options))
    expectSame(pipe(x, T.fractionalMaxPool2d(key, options)), T.fractionalMaxPool2d(x, samples, options))
    const keys = Random.split(key, 2)
    const pooled = vmap((each: T.Tensor, k: Random.Key) => T.fractionalMaxPool2d(each, k, options), {
      inAxes: [0, 'split']
    })(x, key)
    expectSame(pooled, T.stack([0, 1].map((i) => T.fractionalMaxPool2d(T.at(x, i), keys[i]!, options))))
  })

  test('has the size of the ratio, rounded down', () => {
    const half = T.fractionalMaxPool2d(T.zeros([2, 3, 8, 9]), Random.key(0), options)
    expect(half.shape).toEqual([2, 3, 4, 5])
    expectTypeOf(half).toEqualTypeOf<T.Tensor<[number, number, number, number]>>()
  })
})

describe.each([
  [1, T.maxPool1d, T.maxUnpool1d],
  [2, T.maxPool2d, T.maxUnpool2d],
  [3, T.maxPool3d, T.maxUnpool3d]
])('unpooling in %i dimensions', (rank, pool, unpool) => {
  test('puts maxima back where they were, and is undone by pooling again where they are positive', () => {
    fc.assert(
      fc.property(cases(rank), ({ x, ...windows }) => {
        const positive = T.add(T.abs(x), 1)
        const [values, indices] = pool(positive, { ...windows, returnIndices: true })
        const back = unpool(values, indices, { outputSize: x.shape.slice(2) })
        const places = T.reshape(indices, [2, -1])
        expectSame(T.takeAlongAxis(T.reshape(back, [2, -1]), places), T.reshape(values, [2, -1]))
        expectSame(T.where(T.equal(back, 0), positive, back), positive)
        expectSame(pool(back, windows), values)
      })
    )
  })

  test('obeys the laws of derivatives', () => {
    const image = normal(1, [2, 1, ...[4, 4, 2].slice(0, rank)])
    const [values, indices] = pool(image, { window: 2, returnIndices: true })
    expectLawful((each) => unpool(each, indices, { window: 2 }), values)
    const ofOne = T.at(indices, 0)
    expectMaps((each) => unpool(each, ofOne, { window: 2 }), values)
    const pairs = vmap((v: T.Tensor, i: T.Tensor) => unpool(v, i, { window: 2 }))(values, indices)
    expectSame(pairs, unpool(values, indices, { window: 2 }))
  })
})

test('of several values at one place the last is written, and has the gradient', () => {
  const twice = T.of([[1, 1, 2]], 'int32')
  const unpooled = (x: T.Tensor): T.Tensor => T.maxUnpool1d(x, twice, { outputSize: [4] })
  expectSame(unpooled(T.of([[5, 6, 7]])), T.of([[0, 6, 7, 0]]))
  const gradient = grad((x: T.Tensor) => T.dot(T.reshape(unpooled(x), [4]), T.of([1, 2, 3, 4])))
  expectSame(gradient(T.of([[5, 6, 7]])), T.of([[0, 2, 3]]))
})

test('maxPool2d has the gradient of its unpooling', () => {
  const x = normal(2, [2, 3, 6, 6])
  const ct = normal(3, [2, 3, 3, 3])
  const [, indices] = T.maxPool2d(x, { window: 2, returnIndices: true })
  const gradient = grad((y: T.Tensor) => T.sum(T.mul(T.maxPool2d(y, { window: 2 }), ct)))(x)
  expect(distance(gradient, T.maxUnpool2d(ct, indices, { window: 2 }))).toBe(0)
})

const image = T.zeros([1, 1, 4, 4])
const two = T.zeros([1, 1, 2, 2])
const samples = T.zeros([1, 1, 2])

const refusals: readonly Refusal[] = [
  ['lpPool2d: p is 0; expected a finite number above 0', RangeError, () => T.lpPool2d(image, { window: 2, p: 0 })],
  [
    'lpPool1d: the operand has shape [4]; expected [examples, channels, length], or [channels, length] for one example',
    ShapeError,
    () => T.lpPool1d(T.zeros([4]), { window: 2 })
  ],
  [
    'fractionalMaxPool2d: outputSize and outputRatio are missing; expected one of them',
    TypeError,
    () => T.fractionalMaxPool2d(image, samples, { window: 2 })
  ],
  [
    'fractionalMaxPool2d: outputSize and outputRatio are both given; expected one of them',
    TypeError,
    () => T.fractionalMaxPool2d(image, samples, { window: 2, outputSize: 2, outputRatio: 0.5 })
  ],
  [
    'fractionalMaxPool2d: outputRatio is 1; expected a number between 0 and 1, or one per spatial axis',
    RangeError,
    () => T.fractionalMaxPool2d(image, samples, { window: 2, outputRatio: 1 })
  ],
  [
    'fractionalMaxPool2d: the samples have shape [2]; expected [1, 1, 2], or a key',
    ShapeError,
    () => T.fractionalMaxPool2d(image, T.zeros([2]), { window: 2, outputSize: 2 })
  ],
  [
    'fractionalMaxPool2d: samples[0, 0, 1] is 1; expected a number of 0 or more and below 1',
    RangeError,
    () => T.fractionalMaxPool2d(image, T.of([[[0, 1]]]), { window: 2, outputSize: 2 })
  ],
  [
    'fractionalMaxPool2d: the result is [4, 2] by windows of [2, 2] on an input of [4, 4]; expected sizes of 1 or more, and with the window at most 1 more than the input',
    ShapeError,
    () => T.fractionalMaxPool2d(image, samples, { window: 2, outputSize: [4, 2] })
  ],
  [
    'maxUnpool2d: indices[0, 0, 1, 0] is 16; expected an integer from 0 to 15, a position in [4, 4]',
    RangeError,
    () =>
      T.maxUnpool2d(
        two,
        T.of(
          [
            [
              [
                [0, 1],
                [16, 2]
              ]
            ]
          ],
          'int32'
        ),
        { window: 2 }
      )
  ],
  [
    'maxUnpool2d: the indices have shape [1, 1, 1, 2]; expected [1, 1, 2, 2], that of the values',
    ShapeError,
    () => T.maxUnpool2d(two, T.zeros([1, 1, 1, 2], 'int32'), { window: 2 })
  ],
  [
    'maxUnpool2d: outputSize is [4]; expected a number, or a list of 2, one per spatial axis',
    ShapeError,
    () => T.maxUnpool2d(two, T.zeros([1, 1, 2, 2], 'int32'), { outputSize: [4] })
  ],
  [
    'maxUnpool2d: the size of the result is [0, 0]; expected at least 1, or outputSize',
    ShapeError,
    () => T.maxUnpool2d(two, T.zeros([1, 1, 2, 2], 'int32'), { window: 1, stride: 1, padding: 1 })
  ]
]

test.each(refusals)('%s', (message, kind, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(kind)
  expect(error).toHaveProperty('message', message)
})
