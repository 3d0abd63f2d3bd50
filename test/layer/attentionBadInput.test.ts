// What attention of several heads, positions and the blocks of transformers refuse, in a sentence each.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const key = Random.key(0)

describe('bad input', () => {
  const plain = Layer as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  test.each([
    ['multiHeadAttention: the number of heads is 3; expected a divisor of the width, 8', ['multiHeadAttention', 8, 3]],
    ['multiHeadAttention: the number of heads is 0; expected an integer above 0', ['multiHeadAttention', 8, 0]],
    [
      'multiHeadAttention: the heads have a width of 3; expected an even one for rotary positions',
      ['multiHeadAttention', 6, 2, { rotary: true }]
    ],
    [
      'multiHeadAttention: dropout is 1; expected a number from 0 to 1 (exclusive)',
      ['multiHeadAttention', 8, 2, { dropout: 1 }]
    ],
    ['encoderBlock: the number of heads is 3; expected a divisor of the width, 8', ['encoderBlock', 8, 3]],
    ['decoderBlock: the number of heads is 3; expected a divisor of the width, 8', ['decoderBlock', 8, 3]],
    ["encoderBlock: norm is 'first'; expected 'pre' or 'post'", ['encoderBlock', 8, 2, { norm: 'first' }]],
    ['rotary: unknown option bass; expected base or pairs', ['multiHeadAttention', 8, 2, { rotary: { bass: 1 } }]],
    ['sinusoidalPositions: the width is 5; expected an even integer above 0', ['sinusoidalPositions', 5]],
    ['sinusoidalPositions: the width is [4]; expected an even integer above 0', ['sinusoidalPositions', [4]]],
    ['encoderBlock: the width is 8n; expected an integer above 0', ['encoderBlock', 8n, 2]],
    ['learnedPositions: the length is 0.5; expected an integer above 0', ['learnedPositions', 0.5, 2]]
  ] as const)('%s', (sentence, [name, ...args]) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  test('inputs and masks, with the path of the layer', () => {
    const model = Layer.make(
      { positions: Layer.learnedPositions(6, 4), body: Layer.repeat(2, Layer.encoderBlock(4, 2)) },
      ({ positions, body }) =>
        (x: T.Tensor<[number, number, 4]>, own: Layer.AttentionMasks = {}) =>
          body(positions(x), own)
    )
    const [{ params, state }] = model.init(key)
    const f = Layer.predict(model)(params, state) as unknown as (...inputs: readonly unknown[]) => unknown
    const x = T.ones([2, 5, 4])
    const at = 'layer body[0..1].attention: multiHeadAttention: '
    expect(() => f(T.ones([2, 7, 4]))).toThrow(
      'layer positions: learnedPositions: the input has shape [2, 7, 4], a sequence of 7; expected 6 or fewer'
    )
    expect(() => f(T.ones([2, 5, 3]))).toThrow(
      'layer positions: learnedPositions: the input has shape [2, 5, 3]; expected [..., length, 4]'
    )
    expect(() => f(x, { mask: T.ones([4, 5], 'bool') })).toThrow(
      `${at}mask has shape [4, 5]; expected [2, 5, 5], or a shape that broadcasts to it`
    )
    expect(() => f(x, { keyMask: T.ones([3, 5], 'bool') })).toThrow(
      `${at}keyMask has shape [3, 5]; expected [2, 5], or a shape that broadcasts to it`
    )
    expect(() => f(x, { keyMask: T.ones([2, 5]) })).toThrow(
      `${at}keyMask is float32; expected bool, true where a query sees a key`
    )
    expect(() => f(x, { keymask: T.ones([2, 5], 'bool') })).toThrow(
      `${at}unknown entry keymask; expected mask or keyMask`
    )
    for (const second of [x, 3]) {
      expect(() => f(x, second)).toThrow(
        `${at}the masks are ${second === 3 ? 3 : 'a tensor of shape [2, 5, 4]'}; expected`
      )
      expect(() => f(x, second)).not.toThrow('map')
    }
  })

  test.each([
    [[], '0 inputs; expected 1 to 4'],
    [[undefined], 'the argument queries is undefined; expected a tensor, make one with T.of or T.scalar'],
    [[T.ones([2, 3, 4]), T.ones([2, 5, 3])], 'the keys have shape [2, 5, 3]; expected [..., length, 4]'],
    [
      [T.ones([2, 3, 4]), T.ones([3, 5, 4])],
      'the keys have shape [3, 5, 4]; expected leading axes that broadcast to those of the queries, which have shape [2, 3, 4]'
    ],
    [
      [T.ones([3, 4]), T.ones([2, 5, 4])],
      'the keys have shape [2, 5, 4]; expected leading axes that broadcast to those of the queries, which have shape [3, 4]'
    ],
    [
      [T.ones([2, 3, 4]), T.ones([5, 4]), T.ones([3, 5, 4])],
      'the values have shape [3, 5, 4]; expected leading axes that broadcast to those of the queries, which have shape [2, 3, 4]'
    ],
    [
      [T.ones([2, 3, 4]), T.ones([2, 5, 4]), T.ones([2, 6, 4])],
      'the values have shape [2, 6, 4]; expected 5 on the axis before the last, one for each key'
    ]
  ])('inputs of multiHeadAttention %#', (inputs, sentence) => {
    const layer = Layer.multiHeadAttention(4, 2)
    const [{ params, state }] = layer.init(key)
    const f = Layer.predict(layer)(params, state) as unknown as (...given: readonly unknown[]) => unknown
    expect(() => f(...inputs)).toThrow(expect.objectContaining({ message: `multiHeadAttention: ${sentence}` }))
  })

  const wide = T.ones([2, 5, 4])
  test.each([
    [
      [T.ones([3, 5, 4])],
      'the memory has shape [3, 5, 4]; expected leading axes that broadcast to those of the input, which has shape [2, 3, 4]'
    ],
    [
      [wide, { memoryMask: T.ones([3, 4], 'bool') }],
      'memoryMask has shape [3, 4]; expected [2, 3, 5], or a shape that broadcasts to it'
    ],
    [
      [wide, { memoryKeyMask: T.ones([3, 5], 'bool') }],
      'memoryKeyMask has shape [3, 5]; expected [2, 5], or a shape that broadcasts to it'
    ],
    [[wide, { memoryKeyMask: T.ones([5]) }], 'memoryKeyMask is float32; expected bool, true where a query sees a key'],
    [[wide, 3], 'the masks are 3; expected an object with mask, keyMask, memoryMask or memoryKeyMask']
  ])('inputs of decoderBlock %#', (inputs, sentence) => {
    const layer = Layer.decoderBlock(4, 2)
    const [{ params, state }] = layer.init(key)
    const f = Layer.predict(layer)(params, state) as unknown as (...given: readonly unknown[]) => unknown
    expect(() => f(T.ones([2, 3, 4]), ...inputs)).toThrow(
      expect.objectContaining({ message: `decoderBlock: ${sentence}` })
    )
  })

  test('layers of one input refuse a second one', () => {
    for (const [layer, x] of [
      [Layer.sinusoidalPositions(4), wide],
      [Layer.learnedPositions(6, 4), wide],
      [Layer.embedding(3, 4), T.zeros([2], 'int32')],
      [Layer.oneHot(3), T.zeros([2], 'int32')]
    ] as never as readonly (readonly [Layer.Layer<(...inputs: readonly unknown[]) => T.Tensor>, T.Tensor])[]) {
      const f = Layer.predict(layer)(layer.init(key)[0].params, {})
      expect(() => f(x, x)).toThrow('2 inputs; expected 1')
    }
  })

  test('sequences of no length go through all layers of sequences', () => {
    const layers = [
      Layer.sinusoidalPositions(4),
      Layer.learnedPositions(6, 4),
      Layer.multiHeadAttention(4, 2, { rotary: true }),
      Layer.encoderBlock(4, 2)
    ] as never as readonly Layer.Layer<(x: T.Tensor) => T.Tensor>[]
    for (const layer of layers) {
      const [{ params, state }] = layer.init(key)
      expect(Layer.predict(layer)(params, state)(T.zeros([2, 0, 4])).shape).toEqual([2, 0, 4])
    }
  })

  test('check goes on behind positions of another width, at the length of the sequence', () => {
    const found = Layer.check(Layer.sequential(Layer.learnedPositions(6, 4), Layer.dense(5 as number, 2)), [2, 3, 7])
    expect(E.isLeft(found) && found.left.map(({ message }) => message)).toEqual([
      'learnedPositions: the input has shape [2, 3, 7]; expected [..., length, 4]',
      'dense: the input has shape [2, 3, 4]; expected 5 on the last axis'
    ])
  })

  test('check goes on behind a sequence that is too long', () => {
    const width: number = 4
    const model = Layer.sequential(
      Layer.learnedPositions(3, width),
      Layer.encoderBlock(4, 2),
      Layer.dense(width + 1, 2)
    )
    const found = Layer.check(model, [2, 5, 4])
    expect(E.isLeft(found) && found.left).toEqual([
      {
        path: '[0]',
        message: 'learnedPositions: the input has shape [2, 5, 4], a sequence of 5; expected 3 or fewer'
      },
      { path: '[2]', message: 'dense: the input has shape [2, 3, 4]; expected 5 on the last axis' }
    ])
  })
})
