import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { trace } from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { distance, expectLawful, expectMaps, expectSame, normal } from '../linalg/matrices.js'
import { type Refusal, thrownBy, total } from './naive.js'
import { cases, naive, windowsOf } from './windows.js'

const maxPools = [T.maxPool1d, T.maxPool2d, T.maxPool3d] as const
const avgPools = [T.avgPool1d, T.avgPool2d, T.avgPool3d] as const

describe.each([1, 2, 3])('in %i dimensions', (rank) => {
  const [maxPool, avgPool] = [maxPools[rank - 1]!, avgPools[rank - 1]!]

  test('maxima are those of nested loops, and their positions point at them', () => {
    fc.assert(
      fc.property(cases(rank), ({ x, ...windows }) => {
        const [values, indices] = maxPool(x, { ...windows, returnIndices: true })
        const expected = naive({ x, ...windows }, (inside) => Math.max(...inside))
        expect(values.shape).toEqual([2, 1, ...windowsOf({ x, ...windows }).shape])
        expect(Array.from(T.toArray(values), (value) => value + 0)).toEqual(expected.map((value) => value + 0))
        const flat = T.reshape(x, [2, -1])
        expectSame(T.takeAlongAxis(flat, T.reshape(indices, [2, -1])), T.reshape(values, [2, -1]))
        expectSame(maxPool(x, windows), values)
      })
    )
  })

  test('means are those of nested loops, with and without the padding', () => {
    fc.assert(
      fc.property(cases(rank), fc.boolean(), ({ x, ...windows }, countIncludePad) => {
        const found = Array.from(T.toArray(avgPool(x, { ...windows, countIncludePad })))
        const expected = naive(
          { x, ...windows },
          (inside, all) => total(inside) / (countIncludePad ? all : inside.length)
        )
        expect(found.map((value) => value + 0)).toEqual(expected.map((value) => value + 0))
      })
    )
  })

  test('derivatives obey the laws', () => {
    const x = normal(1, [1, 2, ...[4, 3, 3].slice(0, rank)])
    const windows = { window: 2, stride: 1, padding: 1, ceilMode: true }
    expectLawful((each) => maxPool(each, windows), x)
    expectLawful((each) => avgPool(each, windows), x)
    expectMaps((each) => maxPool(each, windows), x)
    expectMaps((each) => avgPool(each, windows), x)
    expectSame(maxPool(T.at(x, 0), windows), T.at(maxPool(x, windows), 0))
  })
})

describe('maxPool2d', () => {
  test('gives the derivative to the first of equal ones, in windows of negative numbers and of -Infinity too', () => {
    const gradient = (value: number): T.Tensor =>
      grad((x: T.Tensor) => T.sum(T.maxPool2d(x, { window: 2, padding: 1, stride: 2 })))(T.full([1, 1, 2, 2], value))
    for (const value of [3, -3, -Infinity]) expectSame(gradient(value), T.ones([1, 1, 2, 2]))
    const x = T.full([1, 2, 2], -7)
    expectSame(
      grad((y: T.Tensor) => T.sum(T.maxPool2d(y, { window: 2 })))(x),
      T.of([
        [
          [1, 0],
          [0, 0]
        ]
      ])
    )
    expectSame(T.maxPool2d(T.full([1, 1, 1], -9), { window: 3, padding: 1 }), T.full([1, 1, 1], -9))
  })

  test('passes NaN on, and keeps the element type', () => {
    expectSame(T.maxPool1d(T.of([[1, NaN, 2, 3]]), { window: 2 }), T.of([[NaN, 3]]))
    expectSame(T.maxPool1d(T.of([[1, 5]], 'int32'), { window: 2 }), T.of([[5]], 'int32'))
    const [, places] = T.maxPool1d(T.of([[7, NaN, NaN, 0, -0, NaN]]), {
      window: 4,
      stride: 1,
      padding: 1,
      returnIndices: true
    })
    expectSame(places, T.of([[1, 1, 1, 2, 5]], 'int32'))
    expectSame(T.maxPool1d(T.of([[-0, 0]]), { window: 2 }), T.of([[-0]]))
  })

  test('takes what argmax takes of the columns of the windows, with ties and NaN', () => {
    const spoilt = fc.array(fc.constantFrom(NaN, -Infinity, -1, -0, 0, 1), { minLength: 20, maxLength: 20 })
    const places = T.reshape(T.arange(20), [1, 1, 4, 5])
    fc.assert(
      fc.property(spoilt, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), (values, window, stride) => {
        const x = T.reshape(T.of(values), [1, 1, 4, 5])
        const columns = T.im2col(x, { window, stride })
        const which = T.argmax(columns, { axis: 1, keepDims: true })
        const expected = T.takeAlongAxis(T.im2col(places, { window, stride }), which, { axis: 1 })
        const [maxima, indices] = T.maxPool2d(x, { window, stride, returnIndices: true })
        expectSame(T.reshape(T.cast(indices, 'float32'), expected.shape), expected)
        expectSame(T.reshape(maxima, expected.shape), T.takeAlongAxis(columns, which, { axis: 1 }))
      })
    )
  })

  test('pools no images, and no channels', () => {
    for (const shape of [
      [0, 2, 4, 4],
      [2, 0, 4, 4]
    ]) {
      const x = T.zeros(shape)
      const [n = 0, c = 0] = shape
      const windows = { window: 2, returnIndices: true } as const
      const [values, indices] = T.maxPool2d(x, windows)
      expectSame(values, T.zeros([n, c, 2, 2]))
      expectSame(T.maxUnpool2d(values, indices, { window: 2 }), x)
      expectSame(T.avgPool2d(x, { window: 2 }), values)
      expectSame(T.lpPool2d(x, { window: 2 }), values)
      expectSame(T.fractionalMaxPool2d(x, T.zeros([n, c, 2]), { window: 2, outputSize: 2 }), values)
      expectSame(grad((y: T.Tensor) => T.sum(T.maxPool2d(y, { window: 2 })))(x), x)
    }
  })

  test('knows its rank, data last too, and can be staged', () => {
    const x = T.zeros([1, 2, 4, 4])
    expectTypeOf(T.maxPool2d(x, { window: 2 })).toEqualTypeOf<T.Tensor<[number, number, number, number]>>()
    expectTypeOf(pipe(x, T.avgPool2d({ window: 2 }))).toEqualTypeOf<T.Tensor<[number, number, number, number]>>()
    expectSame(
      pipe(x, T.maxPool2d({ window: 2, returnIndices: true }))[1],
      T.maxPool2d(x, { window: 2, returnIndices: true })[1]
    )
    expect(trace((y: T.Tensor<[1, 2, 4, 4]>) => T.maxPool2d(y, { window: 2 }))(x).equations.length).toBeGreaterThan(0)
  })
})

describe('adaptive pooling', () => {
  const parts = (n: number, m: number): readonly (readonly [number, number])[] =>
    Array.from({ length: m }, (_, i) => [Math.floor((i * n) / m), Math.ceil(((i + 1) * n) / m)])

  test('reduces windows that divide each axis evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 7 }),
        (h, w, m) => {
          const x = normal(h, [1, 2, h, w])
          const grid = (f: (part: T.Tensor) => T.Tensor): T.Tensor =>
            T.stack(
              parts(h, 2).map((rows) =>
                T.stack(
                  parts(w, m).map((columns) => f(T.slice(x, [null, null, rows, columns]))),
                  { axis: -1 }
                )
              ),
              { axis: 2 }
            )
          expectSame(
            T.adaptiveMaxPool2d(x, [2, m]),
            grid((part) => T.max(part, { axis: [2, 3] }))
          )
          const means = grid((part) => T.mean(part, { axis: [2, 3] }))
          expect(distance(T.adaptiveAvgPool2d(x, [2, m]), means)).toBeLessThan(1e-14)
        }
      )
    )
  })

  test('is global pooling for one window, and the identity for as many as there are', () => {
    const x = normal(1, [2, 3, 4, 5])
    expect(distance(T.adaptiveAvgPool2d(x, 1), T.globalAvgPool(x, { keepDims: true }))).toBeLessThan(1e-15)
    expectSame(T.adaptiveMaxPool2d(x, 1), T.globalMaxPool(x, { keepDims: true }))
    expectSame(T.adaptiveAvgPool2d(x, [4, 5]), x)
    expect(T.adaptiveMaxPool3d(T.ones([1, 2, 3, 4]), [1, 2, 3]).shape).toEqual([1, 1, 2, 3])
  })

  test('obeys the laws of derivatives', () => {
    const x = normal(2, [2, 1, 5])
    for (const f of [T.adaptiveAvgPool1d, T.adaptiveMaxPool1d]) {
      expectLawful((each) => f(each, 3), x)
      expectMaps((each) => f(each, 3), x)
    }
    expectLawful(T.globalAvgPool, x)
    expectLawful(T.globalMaxPool, x)
  })
})

const image = T.zeros([1, 1, 4, 4])
const undefinedWindow = { window: undefined } as unknown as T.PoolOptions

const refusals: readonly Refusal[] = [
  [
    'maxPool2d: window is undefined; expected an integer of 1 or more, or one per spatial axis',
    TypeError,
    () => T.maxPool2d(image, undefinedWindow)
  ],
  [
    'maxPool2d: the operand has shape [4]; expected [examples, channels, height, width], or [channels, height, width] for one example',
    ShapeError,
    () => T.maxPool2d(T.zeros([4]), { window: 2 })
  ],
  [
    'avgPool2d: the window spans [5, 5] on an input of [4, 4]; expected a window that fits',
    ShapeError,
    () => T.avgPool2d(image, { window: 5 })
  ],
  [
    'maxPool2d: a window has no element of the input of [4, 4]; expected less padding, or a smaller dilation',
    ShapeError,
    () => T.maxPool2d(image, { window: 1, padding: 1 })
  ],
  [
    'avgPool2d: a window has no element of the input of [4, 4]; expected less padding, or a smaller dilation',
    ShapeError,
    () => T.avgPool2d(image, { window: 1, padding: 1, countIncludePad: false })
  ],
  [
    'avgPool1d: stride is 0; expected an integer of 1 or more, or one per spatial axis',
    RangeError,
    () => T.avgPool1d(T.zeros([1, 4]), { window: 1, stride: 0 })
  ],
  [
    'adaptiveAvgPool2d: size is 0; expected an integer of 1 or more, or one per spatial axis',
    RangeError,
    () => T.adaptiveAvgPool2d(image, 0)
  ],
  [
    'globalAvgPool: the operand has shape [2, 2]; expected [examples, channels, ...spatial axes]',
    ShapeError,
    () => T.globalAvgPool(T.zeros([2, 2]))
  ]
]

test.each(refusals)('%s', (message, kind, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(kind)
  expect(error).toHaveProperty('message', message)
})
