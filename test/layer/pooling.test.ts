// Poolings as layers are the functions of Tensor, with channels in their types.
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expectAlike, numbers } from './alike.js'

type Plain = (...args: readonly unknown[]) => unknown

const layers = Layer as unknown as Readonly<Record<string, (options?: unknown) => Layer.AnyLayer>>
const functions = T as unknown as Readonly<Record<string, (options: unknown) => (x: T.Tensor) => T.Tensor>>

/** `predict` as plain JavaScript sees it. */
const predict = Layer.predict as unknown as (
  layer: Layer.AnyLayer
) => (p: object, s: object) => (x: T.Tensor) => T.Tensor

const shape = (rank: number): readonly number[] => [1, 2, ...[4, 3, 2].slice(0, rank)]

const cases: readonly (readonly [name: string, rank: number, options: unknown])[] = [
  ...[1, 2, 3].flatMap((rank) => [
    [`maxPool${rank}d`, rank, { window: 2, padding: 1, stride: 2 }] as const,
    [`avgPool${rank}d`, rank, { window: 2, ceilMode: true, countIncludePad: false }] as const,
    [`lpPool${rank}d`, rank, { window: 2, p: 2, stride: 1 }] as const,
    [`adaptiveMaxPool${rank}d`, rank, 2] as const,
    [`adaptiveAvgPool${rank}d`, rank, Array.from({ length: rank }, (_, i) => i + 1)] as const
  ]),
  ['globalAvgPool', 2, {}],
  ['globalMaxPool', 1, { keepDims: true }]
]

test.each(cases)('%s', (name, rank, options) => {
  const layer = layers[name]!(options)
  expect(layer.init(Random.key(0))[0]).toEqual({ params: {}, state: {} })
  const x = numbers(shape(rank))
  expectAlike(predict(layer)({}, {})(x), functions[name]!(options)(x), 0)
  const law = Law.gradientWith({ name })((y: T.Tensor) => predict(layer)({}, {})(y), apart(shape(rank)))
  fc.assert(law, { numRuns: 1 })
})

/** Tensors no two elements of which are near each other, so that maxima have no kink nearby. */
const apart = (of: readonly number[]): fc.Arbitrary<T.Tensor> => {
  const n = of.reduce((product, each) => product * each, 1)
  return fc
    .shuffledSubarray(
      Array.from({ length: n }, (_, i) => i),
      { minLength: n }
    )
    .map((order) => T.reshape(T.of(order, 'float64'), of))
}

describe('fractional maxima', () => {
  const layer = Layer.fractionalMaxPool2d({ window: 2, outputSize: [3, 2] })
  const x = numbers([2, 3, 5, 4]) as T.Tensor<[2, 3, 5, 4]>

  it('are drawn where there is a key, and those of samples of 1/2 in evaluation without one', () => {
    const options = { window: 2, outputSize: [3, 2] } as const
    const key = Random.key(1)
    const draw: Layer.Context = { mode: 'train', key }
    expectAlike(Layer.apply(layer)({}, {}, draw)(x)[0], T.fractionalMaxPool2d(x, key, options), 0)
    const half = T.full([2, 3, 2], 0.5)
    expectAlike(Layer.predict(layer)({}, {})(x), T.fractionalMaxPool2d(x, half, options), 0)
    expect(() => Layer.apply(layer)({}, {}, { mode: 'train' })(x)).toThrow('the context has no key in training')
  })

  it('with channels last', () => {
    const last = Layer.fractionalMaxPool1d({ window: 2, outputRatio: 0.7, dataFormat: 'NHWC' })
    expect(Layer.predict(last)({}, {})(T.ones([2, 10, 3]) as never).shape).toEqual([2, 7, 3])
  })

  it('options are checked at once', () => {
    expect(() => Layer.fractionalMaxPool2d({ window: 0, outputSize: 2 })).toThrow('fractionalMaxPool2d: window is 0')
    expect(() => Layer.maxUnpool2d({ widow: 2 } as never)).toThrow('maxUnpool2d: unknown option widow')
  })
})

test('unpooling puts maxima back at their places', () => {
  const x = numbers([2, 3, 4, 6]) as T.Tensor<[2, 3, 4, 6]>
  const [maxima, indices] = T.maxPool2d(x, { window: 2, returnIndices: true })
  const layer = Layer.maxUnpool2d({ window: 2 })
  const found = Layer.predict(layer)({}, {})(T.ensure(maxima, [2, 3, 2, 3]), T.ensure(indices, [2, 3, 2, 3]))
  expectAlike(found, T.maxUnpool2d(maxima, indices, { window: 2 }), 0)
  const model = Layer.make(
    { layer, pool: Layer.maxPool2d({ window: 2 }) },
    ({ layer: unpool, pool }) =>
      (y: typeof x) => {
        const [values, places] = T.maxPool2d(y, { window: 2, returnIndices: true })
        return pool(unpool(T.ensure(values, [2, 3, 2, 3]), T.ensure(places, [2, 3, 2, 3])))
      }
  )
  const none = { layer: {}, pool: {} }
  expect(Layer.predict(model)(none, none)(x).shape).toEqual([2, 3, 2, 3])
})

describe('channels', () => {
  it('are kept in the types, from a convolution to a dense layer', () => {
    const model = Layer.sequential(
      Layer.conv2d(1, 4, { window: 3, padding: 1 }),
      Layer.batchNorm(4),
      T.relu,
      Layer.maxPool2d({ window: 2 }),
      Layer.globalAvgPool(),
      Layer.dense(4, 2)
    )
    const [{ params, state }] = model.init(Random.key(0))
    const scores: T.Tensor<[number, 2]> = Layer.predict(model)(params, state)(T.ones([3, 1, 8, 8]))
    expect(scores.shape).toEqual([3, 2])
    expect(Layer.check(model, [3, 1, 8, 8])).toEqual(E.right([[3, 2]]))
    expect(Layer.summary(model, [3, 1, 8, 8]).map(({ shapes, parameters }) => [shapes[0], parameters])).toEqual([
      [[3, 2], 58],
      [[3, 4, 8, 8], 40],
      [[3, 4, 8, 8], 8],
      [[3, 4, 8, 8], 0],
      [[3, 4, 4, 4], 0],
      [[3, 4], 0],
      [[3, 2], 10]
    ])
  })
})

describe('what bad input gets', () => {
  const perAxis = 'an integer of 1 or more, or one per spatial axis'
  it.each([
    ['maxPool2d', [], `maxPool2d: window is undefined; expected ${perAxis}`],
    ['avgPool1d', [{}], `avgPool1d: window is undefined; expected ${perAxis}`],
    [
      'maxPool2d',
      [2],
      "maxPool2d: options are 2; expected an object with window, stride, padding, dilation, ceilMode or dataFormat; in an array's map write (x) => maxPool2d(x)"
    ],
    [
      'maxPool2d',
      [{ window: 2, returnIndices: true }],
      'maxPool2d: unknown option returnIndices; expected window, stride, padding, dilation, ceilMode or dataFormat'
    ],
    [
      'maxPool3d',
      [{ window: [2, 2] }],
      'maxPool3d: window is [2, 2]; expected a number, or a list of 3, one per spatial axis'
    ],
    ['adaptiveAvgPool2d', [0], `adaptiveAvgPool2d: size is 0; expected ${perAxis}`],
    ['adaptiveMaxPool2d', [], `adaptiveMaxPool2d: size is undefined; expected ${perAxis}`],
    ['adaptiveMaxPool1d', [[1, 2]], 'adaptiveMaxPool1d: size is [1, 2]; expected a number, or a list of 1'],
    ['globalAvgPool', [{ keepDims: 1 }], 'globalAvgPool: keepDims is 1; expected true or false']
  ] as const)('%s', (name, args, sentence) => {
    expect(() => (layers[name] as Plain)(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  it('inputs without the axes, and smaller than a window', () => {
    const model = Layer.sequential(
      T.relu as (x: T.Tensor) => T.Tensor<[number, number, number, number]>,
      Layer.maxPool2d({ window: 2, dilation: 3 }),
      Layer.globalAvgPool()
    )
    for (const input of [[3], [1, 2, 3, 3]]) {
      const result = Layer.check(model, input)
      expect(E.isLeft(result) && result.left.map(({ path }) => path)).toEqual(['[1]'])
    }
  })
})
