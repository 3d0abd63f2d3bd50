// Tensors and trees through JSON: the same bits, and the sentence for each thing that can be wrong.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import * as Arbitrary from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'

const there = (x: unknown): unknown => JSON.parse(JSON.stringify(x))

const bits = (x: T.Tensor): unknown => {
  const values = T.toArray(x)
  return [x.shape, x.dtype, [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]]
}

const back = (x: T.Tensor): T.Tensor => {
  const found = T.fromJSON(there(x))
  if (E.isLeft(found)) throw new Error(T.showJsonErrors(found.left))
  return found.right
}

describe('a tensor', () => {
  test.each(['float32', 'float64'] as const)('of %s comes back bit for bit', (dtype) => {
    fc.assert(
      fc.property(Arbitrary.tensor({ dtype }), (x) => {
        expect(bits(back(x))).toEqual(bits(x))
      })
    )
  })

  test.each([
    ['NaN, infinities and -0', T.of([NaN, Infinity, -Infinity, -0, 5e-324], 'float64')],
    ['int32', T.of([[-(2 ** 31), 2 ** 31 - 1]], 'int32')],
    ['bool', T.of([true, false, true])],
    ['a scalar', T.scalar(-0)],
    ['no elements', T.zeros([0, 3])],
    ['one value everywhere', T.full([100, 100], 0.1, 'float64')],
    [
      'a transposed view',
      T.transpose(
        T.of([
          [1, 2, 3],
          [4, 5, 6]
        ])
      )
    ],
    ['a slice', T.slice(T.arange(100), [[3, 90, 7]])]
  ])('%s', (_name, x) => {
    expect(bits(back(x))).toEqual(bits(x))
  })

  test('of one value everywhere is one element', () => {
    expect(JSON.stringify(T.zeros([1000, 1000])).length).toBeLessThan(100)
  })

  test('longer than one part of the encoder', () => {
    const x = T.arange(50_000, 'float64')
    expect(bits(back(x))).toEqual(bits(x))
  })

  test('inside a transformation throws', () => {
    expect(() => grad((x: T.Tensor<[]>) => T.mul(x, JSON.stringify(x).length))(T.scalar(1))).toThrow(
      'toJSON: a value inside grad'
    )
    expect(() => vmap((x: T.Tensor<[]>) => T.mul(x, JSON.stringify(x).length))(T.ones([2]))).toThrow(
      'toJSON: a value inside vmap'
    )
  })
})

describe('a tree', () => {
  const params = { layers: [{ w: T.of([[1, NaN]]), b: T.zeros([2], 'float64') }, {}], scale: T.scalar(3, 'int32') }

  test('comes back bit for bit in the structure of an example', () => {
    const found = T.fromJSON(there(params), Tree.map(params, T.zerosLike))
    expect(E.isRight(found)).toBe(true)
    if (E.isLeft(found)) return
    expect(found.right.layers.length).toBe(2)
    expect(Tree.leaves(found.right).map(bits)).toEqual(Tree.leaves(params).map(bits))
    expect(Tree.sameStructure(found.right, params)).toBe(true)
  })

  const json = (): Record<string, unknown> => there(params) as Record<string, unknown>
  const problems = (wrong: unknown): string => {
    const found = T.fromJSON(wrong, params)
    return E.isLeft(found) ? T.showJsonErrors(found.left) : 'nothing'
  }

  test.each([
    ['expected an object, got 3', 3],
    ['layers: expected an array of 2, got []', { ...json(), layers: [] }],
    ['unknown key extra; expected layers, scale', { ...json(), extra: 1 }],
    [
      'scale: expected an object with shape, dtype and data, as JSON.stringify writes a tensor, got undefined',
      { layers: json()['layers'] }
    ],
    ['scale: expected int32 of shape [], got float32 of shape []', { ...json(), scale: there(T.scalar(3)) }],
    ["scale.data: expected base64, got '!'", { ...json(), scale: { shape: [], dtype: 'int32', data: '!' } }],
    [
      "scale.dtype: expected bool, int32, float32 or float64, got 'int64'",
      { ...json(), scale: { shape: [], dtype: 'int64', data: '' } }
    ]
  ])('%s', (sentence, wrong) => {
    expect(problems(wrong)).toBe(sentence)
  })

  test('all errors are listed by their paths', () => {
    const wrong = { layers: [{ w: 1, b: 2 }, {}], scale: there(T.scalar(3)) }
    expect(
      problems(wrong)
        .split('\n')
        .map((line) => line.split(':')[0])
    ).toEqual(['layers[0].w', 'layers[0].b', 'scale'])
  })

  test('a key of the prototype is not a key', () => {
    const own = { toString: T.scalar(1) }
    expect(E.mapLeft(T.showJsonErrors)(T.fromJSON({}, own))).toEqual(
      E.left(
        'toString: expected an object with shape, dtype and data, as JSON.stringify writes a tensor, got undefined'
      )
    )
    expect(E.isRight(T.fromJSON(there(own), own))).toBe(true)
  })
})

test('a tensor shares nothing with the JSON that it was read from', () => {
  const json = { shape: [2], dtype: 'float32', data: 'AACAPwAAAEA=' }
  const found = T.fromJSON(json)
  json.shape[0] = 5
  expect(E.isRight(found) && found.right.shape).toEqual([2])
})

describe('base64 of several blocks', () => {
  test('padding within the text is refused', () => {
    // The first block of 4 * 2^12 characters ends in padding.
    const data = `${'A'.repeat(4 * 2 ** 12 - 2)}==AAAA`
    const bytes = (data.length / 4) * 3
    expect(E.isLeft(T.fromJSON({ shape: [bytes - 2], dtype: 'bool', data }))).toBe(true)
    expect(E.isLeft(T.fromJSON({ shape: [bytes], dtype: 'bool', data }))).toBe(true)
  })
})

describe('JSON that is not of a tensor', () => {
  const full = { shape: [2], dtype: 'float32', data: 'AACAPwAAAEA=' }
  test.each([
    ['shape: expected a shape, got [-1]', { ...full, shape: [-1] }],
    ['shape: expected a shape, got [4294967296, 4294967296]', { ...full, shape: [2 ** 32, 2 ** 32] }],
    ['data: expected 8 bytes for 2 of float32, got 4 bytes', { ...full, data: 'AACAPw==' }],
    ["data: expected base64, got 'AA==AACAPw=='", { ...full, data: 'AA==AACAPw==' }],
    ['data: expected bytes of 0 and 1', { shape: [1], dtype: 'bool', data: 'Ag==' }],
    ['uniform: expected true, got 1', { ...full, uniform: 1 }],
    ["expected an object with shape, dtype and data, as JSON.stringify writes a tensor, got 'text'", 'text']
  ])('%s', (sentence, json) => {
    expect(E.mapLeft(T.showJsonErrors)(T.fromJSON(json))).toEqual(E.left(sentence))
  })

  test('an example that has a cycle, or is a copy, throws a sentence', () => {
    const cyclic: Record<string, unknown> = { w: T.ones([2]) }
    cyclic['next'] = cyclic
    expect(() => T.fromJSON(cyclic, cyclic)).toThrow('is over 1000 levels deep; expected no cycles')
    expect(() => T.fromJSON(full, structuredClone(T.ones([2])))).toThrow(
      'fromJSON: the example is a copy of a tensor of shape [2]; expected a tensor; restore it'
    )
  })

  test('a long shape without elements prints', () => {
    const found = T.fromJSON({ shape: [2 ** 40, 0], dtype: 'float32', data: '' })
    expect(E.isRight(found) && String(found.right)).toContain('[[], [], [], ..., [], [], []]')
  })

  test('an example that is not a tree throws', () => {
    expect(() => T.fromJSON({}, { rate: 0.1 })).toThrow(
      'fromJSON: rate is 0.1; expected a tensor, make one with T.scalar'
    )
  })
})
