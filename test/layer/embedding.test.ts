// Tokens as vectors, against products with indicator vectors.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { expectAlike, numbers } from './alike.js'

const table: T.Tensor<[5, 3]> = T.reshape(numbers([15]), [5, 3])
const tokens = T.of(
  [
    [1, 4, 0],
    [4, 4, 2]
  ],
  'int32'
)

describe('embedding', () => {
  const layer = Layer.embedding(5, 3)
  const padded = Layer.embedding(5, 3, { padding: 4 })
  const at = (l: typeof layer, t: T.Tensor<[5, 3]>): T.Tensor<[2, 3, 3]> => Layer.predict(l)({ table: t }, {})(tokens)
  /** What the tokens pick, by one product. */
  const direct = (t: T.Tensor<[5, 3]>, counted: T.Tensor): T.Tensor => {
    const rows: T.Tensor = T.mul(T.oneHot(tokens, 5, 'float64'), T.expandDims(counted, -1))
    return T.reshape(T.matmul(T.reshape(rows, [6, 5]), t), [2, 3, 3])
  }

  test.each([
    ['all tokens', layer, T.ones([2, 3], 'float64')],
    ['without padding', padded, T.cast(T.notEqual(tokens, 4), 'float64')]
  ])('picks rows, output and gradient: %s', (_name, own, counted) => {
    expectAlike(at(own, table), direct(table, counted))
    const loss = (f: (t: typeof table) => T.Tensor) => (t: typeof table) => T.sum(T.pow(f(t), 3))
    expectAlike(grad(loss((t) => at(own, t)))(table), grad(loss((t) => direct(t, counted)))(table))
  })

  test('its gradient', () => {
    fc.assert(
      Law.gradientWith({ name: 'embedding' })((t: typeof table) => at(padded, t), A.tensor({ shape: [5, 3] })),
      { numRuns: 2 }
    )
  })

  test('the row of the padding begins at 0, even where it is NaN it gives 0, and it never moves', () => {
    const [{ params }] = padded.init(Random.key(0))
    expect(T.toNested(T.at(params.table, 4))).toEqual([0, 0, 0])
    expect(T.item(T.min(T.abs(T.slice(params.table, [[0, 4]]))))).toBeGreaterThan(0)
    const broken = T.set(table, 4, T.full([3], NaN, 'float64'))
    expect(T.toNested(at(padded, broken))[1]!.slice(0, 2)).toEqual([
      [0, 0, 0],
      [0, 0, 0]
    ])
    const gradient = grad((t: typeof table) => T.sum(at(padded, t)))(broken)
    expect(T.toNested(gradient)).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
      [0, 0, 0],
      [0, 0, 0]
    ])
  })

  test('tokens of any shape, and mapped', () => {
    const f = Layer.predict(layer)({ table }, {})
    expect(T.toArray(f(T.scalar(2, 'int32')))).toEqual(T.toArray(T.at(table, 2)))
    expect(T.toArray(vmap((t: T.Tensor<[3]>) => f(t))(tokens))).toEqual(T.toArray(f(tokens)))
    expect(Layer.summary(Layer.sequential(layer, Layer.dense(3, 2)), tokens)[0]?.shapes).toEqual([[2, 3, 2]])
  })

  test('begins as it is drawn: normal numbers of variance 1 by default', () => {
    const [{ params }] = Layer.embedding(100, 40).init(Random.key(0))
    // five deviations of a mean of 4000 squares
    expect(Math.abs(T.item(T.mean(T.square(params.table))) - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000))
    const ones = Layer.embedding(2, 2, { init: Init.ones, padding: 0, dtype: 'float64' }).init(Random.key(0))[0].params
    expect([ones.table.dtype, T.toNested(ones.table)]).toEqual([
      'float64',
      [
        [0, 0],
        [1, 1]
      ]
    ])
  })

  test('bad input: a sentence, with the path of the layer and the position of the token', () => {
    const model = Layer.make(
      { words: Layer.sequential(Layer.embedding(5, 2), Layer.dense(2, 2)) },
      ({ words }) => words
    )
    const [{ params, state }] = model.init(Random.key(0))
    const run = (x: T.Tensor<[1, 3]>) => () => Layer.predict(model)(params, state)(x)
    const out = 'layer words[0]: embedding: tokens'
    expect(run(T.of([[0, 4, 5]], 'int32'))).toThrow(`${out}[0, 2] is 5; expected an integer from 0 to 4`)
    expect(run(T.of([[0, -1, 5]], 'int32'))).toThrow(`${out}[0, 1] is -1; expected an integer from 0 to 4`)
    expect(run(T.ones([1, 3]))).toThrow(
      'layer words[0]: embedding: the tokens are float32; expected int32, cast them with T.cast'
    )
    expect(run([[1, 2, 3]] as never)).toThrow('embedding: the input is [[1, 2, 3]]; expected a tensor')
    expect(() => Layer.embedding(5, 3, { padding: 5 })).toThrow(
      'embedding: padding is 5; expected a token, an integer from 0 to 4'
    )
    expect(() => Layer.embedding(5, 3, { padding: -1 })).toThrow('embedding: padding is -1; expected an integer of 0')
    expect(() => Layer.embedding(0, 3)).toThrow('embedding: the number of tokens is 0; expected an integer above 0')
    expect(() => Layer.embedding(5, 1.5)).toThrow('embedding: the width is 1.5; expected an integer above 0')
  })
})

describe('oneHot', () => {
  test('is that of Tensor, for any shape', () => {
    const f = Layer.predict(Layer.oneHot(5))({}, {})
    expect(f(tokens)).toEqual(T.oneHot(tokens, 5))
    expect(f(T.scalar(1, 'int32'))).toEqual(T.of([0, 1, 0, 0, 0]))
  })

  test('bad input', () => {
    const f = Layer.predict(Layer.oneHot(4))({}, {})
    expect(() => f(tokens)).toThrow('oneHot: tokens[0, 1] is 4; expected an integer from 0 to 3')
    expect(() => f(T.ones([2]))).toThrow('oneHot: the tokens are float32; expected int32, cast them with T.cast')
    expect(() => Layer.oneHot(0)).toThrow('oneHot: the number of classes is 0; expected an integer above 0')
  })
})
