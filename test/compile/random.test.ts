// Random draws, compiled: the same bits.
import { bindOne, none } from 'pullback/Primitive'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'
import { bernoulliPrimitive } from '../../src/random/discrete.js'
import { foldInPrimitive } from '../../src/random/key.js'
import { gumbelPrimitive, normalPrimitive, unitOpenPrimitive } from '../../src/random/normal.js'
import { bitsPrimitive, uniformPrimitive } from '../../src/random/uniform.js'
import { faults, layouts, messages } from './same.js'

const shapes: readonly (readonly number[])[] = [[], [1], [2], [3], [4], [5], [7], [8], [9], [33], [130], [3, 5]]

/** One key, and stacks of keys in several layouts. */
const keys: readonly (readonly [name: string, key: T.Tensor, of: (key: T.Tensor) => T.Tensor])[] = [
  ['one key', Random.key(-12345678901), (key) => key],
  [
    'a stack',
    T.of(
      [
        [1, -2],
        [3, 2147483647],
        [-5, 6]
      ],
      'int32'
    ),
    (key) => key
  ],
  [
    'a transposed stack',
    T.of(
      [
        [1, 2, 3],
        [4, 5, -2147483648]
      ],
      'int32'
    ),
    (key) => T.transpose(key)
  ],
  [
    'a stack of stacks',
    T.of(
      [
        [
          [1, 2],
          [3, 4]
        ],
        [
          [-1, -2],
          [0, 0]
        ]
      ],
      'int32'
    ),
    (key) => T.flip(key, { axis: 1 })
  ]
]

describe.each(keys)('%s', (_, key, of) => {
  test('numbers', () => {
    const f = (given: T.Tensor): readonly T.Tensor[] =>
      shapes.flatMap((shape) => [
        bindOne(bitsPrimitive, [of(given)], { shape }),
        bindOne(gumbelPrimitive, [of(given)], { shape, dtype: 'float32' }),
        bindOne(normalPrimitive, [of(given)], { shape, dtype: 'float32' }),
        ...(['float32', 'float64'] as const).flatMap((dtype) =>
          [uniformPrimitive, unitOpenPrimitive].map((primitive) => bindOne(primitive, [of(given)], { shape, dtype }))
        )
      ])
    expect(faults((x) => f(x), [key])).toEqual([])
  })
  test('coins', () => {
    const stack = of(key).shape.slice(0, -1)
    const probability = (shape: readonly number[], dtype: 'float32' | 'float64'): T.Tensor => {
      const n = shape.reduce((product, each) => product * each, 1)
      return T.cast(
        T.fromTypedArray(
          Float64Array.from({ length: n }, (_, i) => (i % 11) / 10),
          [...shape]
        ),
        dtype
      )
    }
    const all = shapes.map((shape) => [...stack, ...shape])
    const f = (given: T.Tensor, ...full: readonly T.Tensor[]): readonly T.Tensor[] =>
      full.flatMap((p) => {
        const ps = [p, T.broadcastTo(T.scalar(0.3, p.dtype), p.shape), T.flip(p), layouts[1]![1](p)]
        return ps.map((each) => bindOne(bernoulliPrimitive, [of(given), each], none))
      })
    const full = all.flatMap((shape) => (['float32', 'float64'] as const).map((dtype) => probability(shape, dtype)))
    expect(faults((x, ...rest) => f(x, ...rest), [key, ...full])).toEqual([])
  })
  test('keys', () => {
    const stack = of(key).shape.slice(0, -1)
    const n = stack.reduce((product, each) => product * each, 1)
    const counters = T.reshape(
      T.of(
        Array.from({ length: n }, (_, i) => (i % 2 === 0 ? i : -i)),
        'int32'
      ),
      stack
    )
    const f = (given: T.Tensor, steps: T.Tensor): readonly T.Tensor[] => [
      bindOne(foldInPrimitive, [of(given), steps], none),
      bindOne(foldInPrimitive, [of(given), T.reshape(T.sub(0, steps), [...stack, 1])], none)
    ]
    expect(faults((x, y) => f(x, y), [key, counters])).toEqual([])
  })
})

test('draws of the library, and of many keys', () => {
  const f = (key: T.Tensor): readonly T.Tensor[] => {
    const [a, b, c, d] = Random.split(key as Random.Key, 4)
    return [
      a,
      b,
      Random.foldIn(c, -7),
      Random.foldIn(c, 2 ** 40 + 3),
      Random.foldIn(c, T.scalar(-9, 'int32')),
      Random.uniform(a, [3, 7], { low: -1, high: T.of([1, 2, 3, 4, 5, 6, 7]) }),
      Random.bernoulli(b, 0.9, [5, 13]),
      vmap((each: Random.Key) => Random.uniform(each, [5]))(T.stack(Random.split(d, 6)))
    ]
  }
  expect(faults((x) => f(x), [Random.key(7)])).toEqual([])
})

test('where 32 bits do not decide, a second stream does', () => {
  const key = Random.key(3)
  const words = T.toArray(Random.bits(key, [9]))
  // probabilities that begin with the bits of the words themselves
  const p = T.fromTypedArray(
    Float64Array.from(words, (word, i) => ((word >>> 0) + (i % 3) / 2) * 2 ** -32),
    [9]
  )
  const tossed = (given: T.Tensor): readonly T.Tensor[] => [Random.bernoulli(key, given)]
  expect(faults((x) => tossed(x), [p])).toEqual([])
  expect(new Set(T.toArray(tossed(p)[0]!)).size).toBe(2)
})

test.each([
  ['below 0', [0, 1, 0.5, -0.1, 0]],
  ['above 1', [0, 1, 0.5, 0.1, 1.5]],
  ['NaN', [NaN, 1, 0.5, 0.1, 1]],
  ['a probability', [1, 1, 0.5, 0.1, 0]]
])('a number %s', (_, numbers) => {
  const first = T.of([0, 0, 0, 0, 0])
  const coins = (p: T.Tensor) => Random.bernoulli(Random.key(1), p)
  const [eager, compiled] = messages((p) => [coins(p)], [first], [T.of(numbers)])
  expect(compiled).toBe(eager)
  const one = (p: T.Tensor) => Random.bernoulli(Random.key(1), T.slice(p, [[3, 4]]), [5])
  const [eagerOne, compiledOne] = messages((p) => [one(p)], [first], [T.of(numbers)])
  expect(compiledOne).toBe(eagerOne)
})

test('many normal and Gumbel numbers', () => {
  const f = (key: T.Tensor): readonly T.Tensor[] =>
    [normalPrimitive, gumbelPrimitive].map((primitive) =>
      bindOne(primitive, [key], { shape: [60000], dtype: 'float32' })
    )
  expect(faults((key) => f(key), [Random.key(11)])).toEqual([])
})
