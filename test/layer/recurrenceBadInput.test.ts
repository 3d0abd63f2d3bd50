// What recurrent layers refuse, in a sentence each.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const key = Random.key(0)

describe('bad input gets a sentence, with the path of the layer', () => {
  const model = Layer.make({ encoder: Layer.gru(2, 3, { layers: 2, bidirectional: true }) }, ({ encoder }) => encoder)
  const [{ params, state }] = model.init(key)
  const given = (x: T.Tensor, sequence?: object) => (): unknown =>
    Layer.predict(model)(params, state)(x as never, sequence as never)
  const x = T.ones([2, 4, 2])
  const cases: readonly (readonly [string, () => unknown])[] = [
    ['the input has shape [2, 4, 3]; expected [batch, time, 2]', given(T.ones([2, 4, 3]))],
    ['the input has shape [4, 2]; expected [batch, time, 2]', given(T.ones([4, 2]))],
    ['the input is 3; expected a tensor', given(3 as never)],
    ['the mask has shape [2, 3]; expected [2, 4], that of batch and time', given(x, { mask: T.ones([2, 3]) })],
    ['the mask has shape [4]; expected [2, 4], that of batch and time', given(x, { mask: T.ones([4]) })],
    ['the mask is [[1]]; expected a tensor', given(x, { mask: [[1]] })],
    ['lengths have shape [3]; expected [2], one for each sequence', given(x, { lengths: T.of([1, 2, 3], 'int32') })],
    ['lengths are float32; expected int32, cast them with T.cast', given(x, { lengths: T.of([1, 2]) })],
    ['lengths[1] is 5; expected an integer from 0 to 4', given(x, { lengths: T.of([1, 5], 'int32') })],
    ['mask and lengths are given; expected one of them', given(x, { lengths: T.of([1, 2]), mask: T.ones([2, 4]) })],
    ['the mask is float32; expected bool, true where a step is there', given(x, { mask: T.full([2, 4], 0.5) })],
    ['the mask is int32; expected bool, true where a step is there', given(x, { mask: T.ones([2, 4], 'int32') })],
    ['the second input is 3; expected an object with mask, lengths or initial', given(x, 3 as never)],
    [
      'the second input is a copy of a tensor of shape [2, 4]; expected an object with mask, lengths or initial',
      given(x, structuredClone(T.ones([2, 4])))
    ],
    ['unknown entry masks; expected mask, lengths or initial', given(x, { masks: T.ones([2, 4]) })],
    ['the initial state is {}; expected an array of 2, one for each layer', given(x, { initial: {} })],
    [
      'the initial state of layer 0 is a tensor of shape [2, 3]; expected an object with forward and backward',
      given(x, { initial: [T.ones([2, 3]), T.ones([2, 3])] })
    ],
    [
      "the initial state of layer 0's backward has shape [3]; expected [2, 3]",
      given(x, { initial: Array.from({ length: 2 }, () => ({ forward: T.ones([2, 3]), backward: T.ones([3]) })) })
    ]
  ]
  const state2 = { forward: T.ones([2, 3]), backward: undefined }
  const missing: readonly (readonly [string, readonly unknown[]])[] = [
    ['layer 0 is undefined; expected an object with forward and backward', [undefined, undefined]],
    ['layer 0 is undefined; expected an object with forward and backward', new Array(2)],
    ["layer 0's backward is undefined; expected a tensor, make one with T.of or T.scalar", [state2, state2]]
  ]
  test.each(missing)('a part of a state that is missing: %s', (sentence, initial) => {
    expect(given(x, { initial })).toThrow(`layer encoder: gru: the initial state of ${sentence}`)
  })

  test('a second input that is no record is not taken for an index', () => {
    for (const second of [3, T.ones([2, 4])]) {
      expect(given(x, second as never)).not.toThrow('map')
      expect(given(x, second as never)).toThrow('gru: the second input is ')
    }
  })

  test.each(cases)('%s', (sentence, call) => {
    expect(call).toThrow(`layer encoder: gru: ${sentence}`)
  })

  const options: readonly (readonly [string, () => unknown])[] = [
    ['rnn: unknown option layer; expected bias', () => Layer.rnn(2, 3, { layer: 2 } as never)],
    ['lstm: layers is 0; expected an integer of 1 or more', () => Layer.lstm(2, 3, { layers: 0 })],
    [
      "gru: returns is 'all'; expected 'outputs', 'last' or 'state'",
      () => Layer.gru(2, 3, { returns: 'all' as never })
    ],
    ['gru: dropout is 1; expected a number from 0 to 1 (exclusive)', () => Layer.gru(2, 3, { layers: 2, dropout: 1 })],
    ['gru: dropout is 0.5 with one layer; expected layers to be 2 or more', () => Layer.gru(2, 3, { dropout: 0.5 })],
    [
      'gru: bidirectional and reverse are true; expected one of them',
      () => Layer.gru(2, 3, { bidirectional: true, reverse: true })
    ],
    [
      "rnn: activation is 'relu'; expected a function such as T.tanh",
      () => Layer.rnn(2, 3, { activation: 'relu' as never })
    ],
    ['lstm: the number of inputs is 0; expected an integer above 0', () => Layer.lstm(0, 3)],
    ['lstm: the number of hidden units is 1.5; expected an integer above 0', () => Layer.lstm(2, 1.5)]
  ]
  test.each(options)('%s', (sentence, make) => {
    expect(make).toThrow(sentence)
  })

  test('cells', () => {
    const lstm = Layer.lstmCell(2, 3)
    const cell = Layer.predict(lstm)(lstm.init(key)[0].params, {}) as (...args: unknown[]) => unknown
    expect(() => cell(T.ones([3]), {})).toThrow('lstmCell: the input has shape [3]; expected 2 on the last axis')
    expect(() => cell(T.ones([5, 2]))).toThrow('lstmCell: 1 input; expected 2')
    expect(() => cell(T.ones([5, 2]), T.ones([5, 3]))).toThrow(
      'lstmCell: the state is a tensor of shape [5, 3]; expected an object with h and c'
    )
    expect(() => cell(T.ones([5, 2]), { h: T.ones([5, 3]) })).toThrow(
      "lstmCell: the state's c is undefined; expected a tensor"
    )
    expect(() => cell(T.ones([5, 2]), { h: T.ones([5, 3]), c: T.ones([3]) })).toThrow(
      "lstmCell: the state's c has shape [3]; expected [5, 3]"
    )
  })

  test.each([
    [(): unknown => 3, 'is 3; expected a tensor'],
    [(h: T.Tensor): unknown => T.sum(h), 'is of float32 and shape []; expected a tensor of float32 and shape [2, 3]'],
    [(h: T.Tensor): unknown => T.cast(h, 'float64'), 'is of float64 and shape [2, 3]; expected a tensor of float32']
  ])('what an activation returns %#', (activation, sentence) => {
    const layer = Layer.rnn(2, 3, { activation: activation as never })
    const cell = Layer.rnnCell(2, 3, { activation: activation as never })
    const [{ params: own }] = cell.init(key)
    const row: T.Tensor<[2, 2]> = T.ones([2, 2])
    expect(() => Layer.predict(layer)(own, {})(x as never)).toThrow(`rnn: what activation returns ${sentence}`)
    expect(() => Layer.predict(cell)(own, {})(row, T.ones([2, 3]))).toThrow(
      `rnnCell: what activation returns ${sentence}`
    )
  })

  test('check goes on behind an input that does not fit', () => {
    const row = Layer.sequential(Layer.gru(2, 3), Layer.dense(4 as number, 2), Layer.dense(2, 2))
    const result = Layer.check(row, [2, 4, 3])
    expect(E.isLeft(result) && result.left.map(({ path }) => path)).toEqual(['[0]', '[1]'])
  })
})
