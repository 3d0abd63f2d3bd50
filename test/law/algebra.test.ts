import * as fc from 'fast-check'
import * as A from 'pullback/Arbitrary'
import * as Law from 'pullback/Law'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { describe, expect, it, test } from 'vitest'

interface Params {
  readonly layers: readonly { readonly w: T.Tensor<[2, 3]>; readonly b: T.Tensor<[3]> }[]
  readonly scale: T.Tensor<[]>
}

const params: fc.Arbitrary<Params> = fc.record({
  layers: fc.tuple(fc.record({ w: A.tensor({ shape: [2, 3] }), b: A.tensor({ shape: [3], dtype: 'float32' }) })),
  scale: A.tensor({ shape: [] })
})

const trees: Law.VectorSpace<Params> = {
  add: (a, b) => Tree.add(a, b),
  scale: (a, k) => Tree.scale(a, k),
  zero: Tree.zerosLike,
  dot: (a, b) => Tree.dot(a, b)
}

describe('vectorSpace', () => {
  it('holds of trees', () => {
    fc.assert(Law.vectorSpace(trees, params))
  })

  it('holds of trees of one element type', () => {
    const doubles = fc.tuple(A.tensor({ shape: [4] }), A.tensor({ shape: [2, 2] }))
    fc.assert(
      Law.vectorSpace(
        {
          add: (a, b) => Tree.add(a, b),
          scale: (a, k) => Tree.scale(a, k),
          zero: Tree.zerosLike,
          dot: (a, b) => Tree.dot(a, b)
        },
        doubles
      )
    )
  })

  test.each<[string, Partial<Law.VectorSpace<Params>>]>([
    ['a + b = b + a', { add: (a) => a }],
    ['a + 0 = a', { zero: Tree.onesLike }],
    ['1 a = a', { scale: (a, k) => Tree.scale(a, k > 0 ? 2 * k : k) }],
    ['k (l a) = (k l) a', { scale: (a, k) => Tree.scale(a, Math.abs(k) === 1 ? k : k * 1.001) }],
    ['<a, b> = <b, a>', { dot: ({ scale }) => scale }],
    ['<k a + b, c> = k <a, c> + <b, c>', { dot: (a, b) => T.square(Tree.dot(a, b)) }]
  ])('refuses what breaks %s', (law, wrong) => {
    const { failed, errorInstance } = fc.check(Law.vectorSpace({ ...trees, ...wrong }, params), { endOnFailure: true })
    expect(failed).toBe(true)
    expect(String(errorInstance)).toContain(`vectorSpace: ${law} does not hold at`)
  })
})

describe('eq', () => {
  it('holds of the instances of tensors', () => {
    fc.assert(Law.eq(T.Eq, A.tensor({ shape: [2] })))
    fc.assert(Law.eq(T.eqStrict, A.withTies({ shape: [2] })))
  })

  test.each<[string, (a: number, b: number) => boolean]>([
    ['reflexive', (a, b) => a < b],
    ['symmetric', (a, b) => a <= b],
    ['transitive', (a, b) => Math.abs(a - b) <= 1]
  ])('rejects an Eq that is not %s', (law, equals) => {
    const { errorInstance } = fc.check(Law.eq({ equals }, fc.integer({ min: 0, max: 3 })), { numRuns: 1000 })
    expect(String(errorInstance)).toContain(`eq: equals is not ${law} at`)
  })
})
