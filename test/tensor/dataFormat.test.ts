// Images with their channels last: every operation gives the bits that it gives for those with their channels first.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { expectSame, normal, weighed } from '../linalg/matrices.js'
import { type Refusal, thrownBy } from './naive.js'

const last = (x: T.Tensor): T.Tensor => T.moveAxis(x, 1, -1)
const first = (x: T.Tensor): T.Tensor => T.moveAxis(x, -1, 1)

type Format = { readonly dataFormat?: T.DataFormat }

/** An operation on images, with and without the option. */
type Operation = (x: T.Tensor, format: Format) => T.Tensor

const window = { window: 2, stride: 1, padding: 1 }
const key = Random.key(1)
const scale = normal(4, [4])

/** By the number of spatial axes. */
const operations: Readonly<Record<number, Readonly<Record<string, Operation>>>> = {
  1: {
    maxPool1d: (x, format) => T.maxPool1d(x, { ...window, ...format }),
    avgPool1d: (x, format) => T.avgPool1d(x, { ...window, ...format }),
    lpPool1d: (x, format) => T.lpPool1d(x, { ...window, ...format }),
    fractionalMaxPool1d: (x, format) => T.fractionalMaxPool1d(x, key, { window: 2, outputSize: 3, ...format }),
    adaptiveMaxPool1d: (x, format) => T.adaptiveMaxPool1d(x, 3, format),
    adaptiveAvgPool1d: (x, format) => T.adaptiveAvgPool1d(x, 3, format),
    linear: (x, format) => T.resize(x, 7, { mode: 'linear', ...format }),
    instanceNorm: (x, format) => T.instanceNorm(x, { scale, ...format })
  },
  2: {
    maxPool2d: (x, format) => T.maxPool2d(x, { ...window, ...format }),
    positions: (x, format) => T.maxPool2d(x, { ...window, ...format, returnIndices: true })[1],
    avgPool2d: (x, format) => T.avgPool2d(x, { ...window, countIncludePad: false, ...format }),
    lpPool2d: (x, format) => T.lpPool2d(x, { ...window, ...format }),
    fractionalMaxPool2d: (x, format) => T.fractionalMaxPool2d(x, key, { window: 2, outputRatio: 0.7, ...format }),
    adaptiveMaxPool2d: (x, format) => T.adaptiveMaxPool2d(x, [2, 3], format),
    adaptiveAvgPool2d: (x, format) => T.adaptiveAvgPool2d(x, [2, 3], format),
    globalAvgPool: (x, format) => T.globalAvgPool(x, { keepDims: true, ...format }),
    globalMaxPool: (x, format) => T.globalMaxPool(x, { keepDims: true, ...format }),
    nearest: (x, format) => T.resize(x, [3, 9], format),
    bilinear: (x, format) => T.upsample(x, { scale: [2, 1.5], mode: 'bilinear', ...format }),
    bicubic: (x, format) => T.resize(x, [7, 3], { mode: 'bicubic', alignCorners: true, ...format }),
    pixelShuffle: (x, format) => T.pixelShuffle(x, 2, format),
    pixelUnshuffle: (x, format) => T.pixelUnshuffle(T.pixelShuffle(x, 2, format), 2, format),
    instanceNorm: (x, format) => T.instanceNorm(x, { scale, shift: scale, ...format }),
    groupNorm: (x, format) => T.groupNorm(x, { groups: 2, scale, ...format }),
    localResponseNorm: (x, format) => T.localResponseNorm(x, { size: 3, alpha: 1, ...format }),
    conv2d: (x, format) => T.conv2d(x, normal(5, [4, 4, 2, 2]), format)
  },
  3: {
    maxPool3d: (x, format) => T.maxPool3d(x, { ...window, ...format }),
    avgPool3d: (x, format) => T.avgPool3d(x, { ...window, ...format }),
    lpPool3d: (x, format) => T.lpPool3d(x, { ...window, ...format }),
    fractionalMaxPool3d: (x, format) => T.fractionalMaxPool3d(x, key, { window: 2, outputSize: 2, ...format }),
    adaptiveMaxPool3d: (x, format) => T.adaptiveMaxPool3d(x, 2, format),
    adaptiveAvgPool3d: (x, format) => T.adaptiveAvgPool3d(x, 2, format),
    trilinear: (x, format) => T.resize(x, 3, { mode: 'trilinear', ...format })
  }
}

const cases = Object.entries(operations).flatMap(([rank, each]) =>
  Object.entries(each).map(([name, f]) => [name, f, Number(rank)] as const)
)

describe.each(cases)('%s', (_name, f, rank) => {
  const x = normal(rank, [2, 4, ...[4, 5, 3].slice(0, rank)])

  test('is the same with its channels last', () => {
    const expected = last(f(x, {}))
    expectSame(f(last(x), { dataFormat: 'NHWC' }), expected)
    expectSame(f(x, { dataFormat: 'NCHW' }), f(x, {}))
    if (expected.dtype === 'int32') return
    const gradient = grad(weighed((y: T.Tensor) => first(f(last(y), { dataFormat: 'NHWC' }))))(x)
    expectSame(gradient, grad(weighed((y: T.Tensor) => f(y, {})))(x))
  })
})

test('an image without examples may have its channels last', () => {
  const x = normal(1, [4, 5, 3])
  const pooled = T.maxPool2d(x, { ...window, dataFormat: 'NHWC' })
  expectSame(pooled, T.at(T.maxPool2d(T.expandDims(x, 0), { ...window, dataFormat: 'NHWC' }), 0))
  expect(T.pixelShuffle(T.zeros([4, 5, 12]), 2, { dataFormat: 'NHWC' }).shape).toEqual([8, 10, 3])
})

test('columns are the same for both, and unpooling takes values and positions alike', () => {
  const x = normal(1, [2, 3, 4, 5])
  const columns = T.im2col(x, { window: 2 })
  expectSame(T.im2col(last(x), { window: 2, dataFormat: 'NHWC' }), columns)
  const images = T.col2im(columns, { window: 2, size: [4, 5] })
  expectSame(T.col2im(columns, { window: 2, size: [4, 5], dataFormat: 'NHWC' }), last(images))
  const [values, places] = T.maxPool2d(x, { window: 2, returnIndices: true })
  const back = T.maxUnpool2d(last(values), last(places), { outputSize: [4, 5], dataFormat: 'NHWC' })
  expectSame(back, last(T.maxUnpool2d(values, places, { outputSize: [4, 5] })))
})

test('the types know which axes keep their sizes', () => {
  const x = T.zeros([2, 3, 4, 4])
  expectTypeOf(T.upsample(x, { scale: 2 })).toEqualTypeOf<T.Tensor<[2, 3, number, number]>>()
  expectTypeOf(T.upsample(x, { scale: 2, dataFormat: 'NHWC' })).toEqualTypeOf<
    T.Tensor<[number, number, number, number]>
  >()
  expectTypeOf(T.resize(x, 8, { mode: 'bilinear' })).toEqualTypeOf<T.Tensor<[2, 3, number, number]>>()
  expectTypeOf(T.resize(x, 8)).toEqualTypeOf<T.Tensor<[2, 3, number, number]>>()
  expectTypeOf(T.instanceNorm(x, { dataFormat: 'NHWC' })).toEqualTypeOf<T.Tensor<[2, 3, 4, 4]>>()
})

const format = { dataFormat: 'NHWC' } as const

const refusals: readonly Refusal[] = [
  [
    'maxPool2d: the operand has shape [4]; expected [examples, height, width, channels], or [height, width, channels] for one example',
    ShapeError,
    () => T.maxPool2d(T.zeros([4]), { window: 2, ...format })
  ],
  [
    "avgPool2d: dataFormat is 'NWHC'; expected 'NCHW' or 'NHWC'",
    TypeError,
    () => T.avgPool2d(T.zeros([1, 2, 2]), { window: 1, dataFormat: 'NWHC' as 'NHWC' })
  ],
  [
    'globalMaxPool: the operand has shape [2, 2]; expected [examples, ...spatial axes, channels]',
    ShapeError,
    () => T.globalMaxPool(T.zeros([2, 2]), format)
  ],
  [
    "resize: the shape is [2, 2, 2]; in mode 'bilinear', expected [N, H, W, C]",
    ShapeError,
    () => T.resize(T.zeros([2, 2, 2]), 3, { mode: 'bilinear', ...format })
  ],
  [
    'upsample: scale is 0.1; for size 4 along axis 1, expected a number of 0.25 or more',
    ShapeError,
    () => T.upsample(T.zeros([1, 4, 4, 2]), { scale: 0.1, ...format })
  ],
  [
    'pixelShuffle: factor is 2; for the 3 channels of shape [1, 4, 4, 3], expected one whose square divides 3',
    ShapeError,
    () => T.pixelShuffle(T.zeros([1, 4, 4, 3]), 2, format)
  ],
  [
    'groupNorm: groups is 2; for the 3 channels of shape [1, 4, 4, 3], expected a divisor',
    ShapeError,
    () => T.groupNorm(T.zeros([1, 4, 4, 3]), { groups: 2, ...format })
  ],
  [
    'instanceNorm: the shape is [1, 4]; expected [N, L, C], [N, H, W, C] or more axes',
    ShapeError,
    () => T.instanceNorm(T.zeros([1, 4]), format)
  ]
]

test.each(refusals)('%s', (message, kind, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(kind)
  expect(error).toHaveProperty('message', message)
})
