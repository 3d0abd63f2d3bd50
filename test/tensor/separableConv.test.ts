// Depthwise and separable convolutions against grouped ones and nested loops.
import * as fc from 'fast-check'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it, test } from 'vitest'
import { expectSame } from './convolutionCases.js'
import { forward } from './convolutionReference.js'

const integer = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

const cases = fc.record({
  examples: integer(1, 2),
  channels: integer(1, 3),
  multiplier: integer(1, 3),
  outputs: integer(1, 4),
  window: fc.tuple(integer(1, 3), integer(1, 3)),
  stride: integer(1, 2),
  dilation: integer(1, 2),
  padding: integer(0, 2),
  seed: fc.nat()
})

test('are the nested loops of their groups, in both layouts and in both readings', () => {
  fc.assert(
    fc.property(cases, ({ examples, channels, multiplier, outputs, window, seed, ...options }) => {
      const between = channels * multiplier
      const x = Random.normal(Random.key(seed), [examples, channels, 5, 6])
      const w = Random.normal(Random.key(seed + 1), [between, 1, ...window])
      const mix = Random.normal(Random.key(seed + 2), [outputs, between, 1, 1])
      const y = T.depthwiseConv2d(x, w, options)
      const [stride, dilation] = [options.stride, options.dilation].map((n) => [n, n] as const)
      const before = [options.padding, options.padding]
      const setting = { stride: stride!, dilation: dilation!, before, groups: channels }
      expectSame(y, forward(x, w, y.shape.slice(2), setting))
      expectSame(T.depthwiseConv2d(w, options)(x), T.conv2d(x, w, { ...options, groups: channels }))
      const z = T.separableConv2d(x, w, mix, options)
      expectSame(z, T.conv2d(y, mix))
      expectSame(T.separableConv2d(w, mix, options)(x), z)
      const last = { ...options, dataFormat: 'NHWC' } as const
      expectSame(T.depthwiseConv2d(T.moveAxis(x, 1, 3), w, last), T.moveAxis(y, 1, 3))
      expectSame(T.separableConv2d(T.moveAxis(x, 1, 3), w, mix, last), T.moveAxis(z, 1, 3))
      expectSame(T.separableConv2d(T.at(x, 0), w, mix, options), T.at(z, 0))
    })
  )
})

it('maps over images with the bits of each, and has the gradients of the two convolutions', () => {
  const x = Random.normal(Random.key(0), [3, 2, 4, 4])
  const w = Random.normal(Random.key(1), [4, 1, 3, 3])
  const mix = Random.normal(Random.key(2), [5, 4, 1, 1])
  expectSame(vmap((each: T.Tensor) => T.separableConv2d(each, w, mix))(x), T.separableConv2d(x, w, mix))
  const loss =
    (f: (w: T.Tensor) => T.Tensor) =>
    (w: T.Tensor): T.Tensor<[]> =>
      T.sum(T.sin(f(w)))
  expectSame(
    grad(loss((w) => T.separableConv2d(x, w, mix)))(w),
    grad(loss((w) => T.conv2d(T.conv2d(x, w, { groups: 2 }), mix)))(w)
  )
})

describe('sentences', () => {
  const x = T.zeros([2, 3, 5, 5])
  const w = T.zeros([6, 1, 3, 3])
  test.each([
    [
      () => T.depthwiseConv2d(x, T.zeros([4, 1, 3, 3])),
      'depthwiseConv2d: the depthwise kernel has shape [4, 1, 3, 3] for 3 channels; expected [channels * multiplier, 1, height, width]'
    ],
    [
      () => T.depthwiseConv2d(x, T.zeros([3, 3, 3, 3])),
      'depthwiseConv2d: the depthwise kernel has shape [3, 3, 3, 3] for 3 channels; expected [channels * multiplier, 1, height, width]'
    ],
    [
      () => T.depthwiseConv2d(T.zeros([5, 5]), w),
      'depthwiseConv2d: the input has shape [5, 5]; expected [examples, channels, height, width], or [channels, height, width] for one example'
    ],
    [
      () => T.depthwiseConv2d(x, w, { padding: -1 }),
      "depthwiseConv2d: padding is -1; expected 'valid', 'same', 'full', an integer of 0 or more, or one integer or pair per spatial axis"
    ],
    [
      () => T.separableConv2d(x, w, T.zeros([4, 3, 1, 1])),
      'separableConv2d: the pointwise kernel has shape [4, 3, 1, 1] for 6 channels; expected [outputs, 6, 1, 1]'
    ],
    [
      () => T.separableConv2d(x, w, T.zeros([4, 6, 3, 1])),
      'separableConv2d: the pointwise kernel has shape [4, 6, 3, 1] for 6 channels; expected [outputs, 6, 1, 1]'
    ],
    [
      () => T.separableConv2d(x, T.zeros([6, 1, 7, 3]), T.zeros([4, 6, 1, 1])),
      'separableConv2d: the window spans [7, 3] on an input of [5, 5]; expected a window that fits'
    ]
  ] as const)('%s', (run, message) => {
    expect(run).toThrow(message)
  })
})
