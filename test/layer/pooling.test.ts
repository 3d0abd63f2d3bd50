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
