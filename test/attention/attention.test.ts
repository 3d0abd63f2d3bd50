// Scaled dot-product attention beside its formula, masks that are exact, and what bad input gets.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import * as Attention from 'pullback/Attention'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expectAlike, numbers } from '../layer/alike.js'

/** exp(s) / sum exp(s) of what is seen, by plain sums: 0 where nothing is. */
const formula = (q: T.Tensor, k: T.Tensor, v: T.Tensor, seen: T.Tensor, scale: number): T.Tensor => {
  const scores = T.mul(T.einsum('bqd,bkd->bqk', q, k), scale)
  const terms = T.where(seen as never, T.exp(scores), 0)
  const sums = T.sum(terms, { axis: -1, keepDims: true })
  return T.einsum('bqk,bkv->bqv', T.where(T.equal(sums, 0), 0, T.div(terms, sums) as never), v)
}

const from = (start: number, shape: readonly number[]): T.Tensor => {
  const n = shape.reduce((product, each) => product * each, 1)
  return T.mul(T.reshape(T.slice(numbers([n + start]), [[start, n + start]]), shape), 0.5)
}

const [q, k, v] = [from(0, [2, 5, 3]), from(1, [2, 7, 3]), from(2, [2, 7, 4])] as unknown as readonly [
  T.Tensor<[2, 5, 3]>,
  T.Tensor<[2, 7, 3]>,
  T.Tensor<[2, 7, 4]>
]
const past = T.greaterEqual(T.expandDims(T.arange(5), 1), T.arange(7))
// the last query sees no key
const some = T.logicalAnd(T.greater(from(3, [2, 5, 7]), -0.4), T.reshape(T.notEqual(T.arange(5), 4), [5, 1])) as never
const all = T.ones([2, 5, 7], 'bool')

const masks: Readonly<Record<string, readonly [Attention.AttentionOptions, seen: T.Tensor, scale?: number]>> = {
  'no mask': [{}, all],
  'a causal one': [{ causal: true }, past],
  'a mask': [{ mask: some }, some],
  'a mask of keys, and a scale': [{ mask: T.less(T.arange(7), 3), scale: 0.25 }, T.less(T.arange(7), 3), 0.25],
  'a mask that is causal too': [{ mask: some, causal: true }, T.logicalAnd(some, past)]
}

describe.each(Object.entries(masks))('%s', (_, [options, seen, scale = 1 / Math.sqrt(3)]) => {
  type Operands = readonly [typeof q, typeof k, typeof v]
  const own = (...[a, b, c]: Operands): T.Tensor => Attention.scaledDotProductAttention(a, b, c, options)

  test('is the formula: output and gradients', () => {
    const direct = (...[a, b, c]: Operands): T.Tensor => formula(a, b, c, seen, scale)
    expectAlike(own(q, k, v), direct(q, k, v))
    const slopes = (f: typeof own): unknown => grad((each: Operands) => T.sum(T.pow(f(...each), 3)))([q, k, v])
    expectAlike(slopes(own), slopes(direct))
  })
})

test('its gradient', () => {
  const mask = T.of([
    [true, true, false],
    [false, false, false]
  ])
  const f = (...[a, b, c]: readonly [T.Tensor<[2, 2]>, T.Tensor<[3, 2]>, T.Tensor<[3, 1]>]) =>
    Attention.scaledDotProductAttention(a, b, c, { mask })
  const operands = [A.tensor({ shape: [2, 2] }), A.tensor({ shape: [3, 2] }), A.tensor({ shape: [3, 1] })] as const
  fc.assert(Law.gradientWith({ name: 'attention' })(f, ...operands), { numRuns: 2 })
})

describe('masks are exact', () => {
  const hidden = T.of([true, true, false, true, false, true, true])
  const spoilt = T.where(T.reshape(hidden, [7, 1]), k, NaN)
  const infinite = T.where(T.reshape(hidden, [7, 1]), v, Infinity)

  test('weights of what is not seen are 0, even of NaN, and no gradient reaches it', () => {
    const weights = Attention.attentionWeights(q, spoilt, { mask: hidden })
    const off = T.where(hidden, 0, weights)
    expect(T.toArray(T.sum(T.abs(off)))).toEqual(T.toArray(T.scalar(0, 'float64')))
    expectAlike(T.sum(weights, { axis: -1 }), T.ones([2, 5]))
    const f = (a: typeof q, b: typeof k, c: typeof v) =>
      T.sum(T.square(Attention.scaledDotProductAttention(a, b, c, { mask: hidden })))
    const clean = grad((each: readonly [typeof q, typeof k, typeof v]) => f(...each))([q, k, v])
    const found = grad((each: readonly [typeof q, typeof k, typeof v]) => f(...each))([q, spoilt, infinite])
    expect(found.map((each) => [...T.toArray(each)])).toEqual(clean.map((each) => [...T.toArray(each)]))
    expect(T.toNested(T.at(T.at(found[1], 0), 2))).toEqual([0, 0, 0])
  })

  test('a query that sees no key gets 0, and so do its gradients', () => {
    const none = T.zeros([5, 7], 'bool')
    const f = (each: readonly [typeof q, typeof k, typeof v]) =>
      T.sum(T.add(Attention.scaledDotProductAttention(...each, { mask: none }), 1))
    expect(T.item(f([q, k, v]))).toBe(40)
    for (const slope of Tree.leaves(grad(f)([q, k, v]))) expect(T.item(T.max(T.abs(slope)))).toBe(0)
  })

  test('what is behind a position changes no bit of a causal output', () => {
    const x = Random.normal(Random.key(0), [2, 13, 4])
    const whole = Attention.scaledDotProductAttention(x, x, x, { causal: true })
    for (let n = 1; n < 13; n++) {
      const front = T.slice(x, [null, [0, n]])
      const alone = Attention.scaledDotProductAttention(front, front, front, { causal: true })
      expect(T.toNested(T.slice(whole, [null, [0, n]]))).toEqual(T.toNested(alone))
    }
  })

  test.each(['float32', 'float64'] as const)('padding changes no bit, of values or gradients: %s', (dtype) => {
    const lengths = fc.record({
      n: fc.integer({ min: 1, max: 20 }),
      more: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(99)
    })
    fc.assert(
      fc.property(lengths, ({ n, more, seed }) => {
        const [one, two] = Random.split(Random.key(seed))
        const x: T.Tensor<[number, 3]> = Random.normal(one, [n, 3], dtype)
        const padded: typeof x = T.concat([x, Random.normal(two, [more, 3], dtype)], { axis: 0 })
        const mask = T.less(T.arange(n + more), n)
        const alone = Attention.scaledDotProductAttention(x, x, x)
        const beside = Attention.scaledDotProductAttention(padded, padded, padded, { mask })
        expect(T.toNested(T.slice(beside, [[0, n]]))).toEqual(T.toNested(alone))
        const rows = T.reshape(mask, [-1, 1])
        const one_ = grad((y: typeof x) => T.sum(T.square(Attention.scaledDotProductAttention(x, y, y))))(x)
        const other = grad((y: typeof x) => {
          const output = Attention.scaledDotProductAttention(padded, y, y, { mask })
          return T.sum(T.square(T.where(rows, output, 0)))
        })(padded)
        expect(T.toNested(T.slice(other, [[0, n]]))).toEqual(T.toNested(one_))
      }),
      { numRuns: 15 }
    )
  })

  test('long sequences too: 300 keys of 1000, in float32', () => {
    const x = Random.normal(Random.key(3), [1000, 2])
    const front = T.slice(x, [[0, 300]])
    const query = T.slice(x, [[0, 5]])
    const beside = Attention.scaledDotProductAttention(query, x, x, { mask: T.less(T.arange(1000), 300) })
    expect(T.toNested(beside)).toEqual(T.toNested(Attention.scaledDotProductAttention(query, front, front)))
  })
})

test('dropout is done to the weights', () => {
  const weights = Attention.attentionWeights(q, k)
  const output = Attention.scaledDotProductAttention(q, k, v, { dropout: (w) => T.mul(w, 2) })
  expectAlike(output, T.matmul(T.mul(weights, 2), v))
})

describe('bad input', () => {
  const plain = Attention as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const x = T.ones([2, 3, 4])
  test.each([
    [
      'scaledDotProductAttention: the keys have shape [2, 3, 5]; expected 4 on the last axis, the width of the queries',
      ['scaledDotProductAttention', x, T.ones([2, 3, 5]), x]
    ],
    [
      'scaledDotProductAttention: the values have shape [2, 2, 4]; expected 3 on the axis before the last, one for each key',
      ['scaledDotProductAttention', x, x, T.ones([2, 2, 4])]
    ],
    [
      'scaledDotProductAttention: the queries have shape [4]; expected [..., length, width]',
      ['scaledDotProductAttention', T.ones([4]), x, x]
    ],
    [
      'scaledDotProductAttention: the mask has shape [3, 2]; expected [2, 3, 3], or a shape that broadcasts to it',
      ['scaledDotProductAttention', x, x, x, { mask: T.ones([3, 2], 'bool') }]
    ],
    [
      'attentionWeights: the mask has shape [4, 2, 3, 3]; expected [2, 3, 3], or a shape that broadcasts to it',
      ['attentionWeights', x, x, { mask: T.ones([4, 2, 3, 3], 'bool') }]
    ],
    [
      'attentionWeights: the queries are int32; expected float32 or float64, cast them with T.cast',
      ['attentionWeights', T.ones([2, 3], 'int32'), x]
    ],
    [
      'attentionWeights: the mask is float32; expected bool, true where a query sees a key',
      ['attentionWeights', x, x, { mask: T.ones([3, 3]) }]
    ],
    [
      'attentionWeights: the argument keys is undefined; expected a tensor, make one with T.of or T.scalar',
      ['attentionWeights', x]
    ],
    [
      'attentionWeights: the keys have shape [5, 3, 4]; expected leading axes that broadcast to those of the queries, which have shape [2, 3, 4]',
      ['attentionWeights', x, T.ones([5, 3, 4])]
    ],
    [
      'scaledDotProductAttention: the values have shape [5, 3, 4]; expected leading axes that broadcast to those of the queries, which have shape [2, 3, 4]',
      ['scaledDotProductAttention', x, x, T.ones([5, 3, 4])]
    ],
    [
      'scaledDotProductAttention: what dropout returns is 3; expected a tensor, make one with T.of or T.scalar',
      ['scaledDotProductAttention', x, x, x, { dropout: (): unknown => 3 }]
    ],
    [
      'scaledDotProductAttention: what dropout returns has shape [3]; expected [2, 3, 3]',
      ['scaledDotProductAttention', x, x, x, { dropout: (): unknown => T.ones([3]) }]
    ],
    [
      'scaledDotProductAttention: unknown option masks; expected mask, causal, scale or dropout',
      ['scaledDotProductAttention', x, x, x, { masks: x }]
    ]
  ] as const)('%s', (sentence, [name, ...args]) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })
})
