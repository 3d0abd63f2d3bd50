// The laws of interfaces that fp-ts names, beside those that the tests of Optimizer, Metric, Layer and Train hold.
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as Id from 'fp-ts/lib/Identity.js'
import * as O from 'fp-ts/lib/Option.js'
import * as State from 'fp-ts/lib/State.js'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'

describe('Random is a monad', () => {
  type Step = (x: number) => Random.Random<number>
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.integer().map((n) => (x: number) => Random.of(x + n)),
    fc
      .integer({ min: 1, max: 9 })
      .map((n) => (x: number) => Random.draw((key) => x + n * T.item(Random.normal(key, []))))
  )
  const seed = fc.maxSafeInteger()
  const start = fc.integer({ min: -9, max: 9 })

  test('of is neutral on both sides', () => {
    fc.assert(
      fc.property(step, start, seed, (f, x, n) => {
        const key = Random.key(n)
        expect(pipe(Random.of(x), Random.chain(f))(key)).toEqual(f(x)(key))
        expect(pipe(f(x), Random.chain(Random.of))(key)).toEqual(f(x)(key))
      })
    )
  })

  test('chain is associative, and map is chain with of', () => {
    fc.assert(
      fc.property(step, step, step, start, seed, (f, g, h, x, n) => {
        const key = Random.key(n)
        const inTurn = pipe(f(x), Random.chain(g), Random.chain(h))(key)
        expect(pipe(f(x), Random.chain(flow(g, Random.chain(h))))(key)).toEqual(inTurn)
        expect(pipe(f(x), Random.map(String))(key)).toEqual(pipe(f(x), Random.chain(flow(String, Random.of)))(key))
      })
    )
  })

  test("its functions are those of fp-ts's State", () => {
    fc.assert(
      fc.property(step, step, start, seed, (f, g, x, n) => {
        const key = Random.key(n)
        expect(pipe(f(x), Random.chain(g))(key)).toEqual(pipe(f(x), State.chain(g))(key))
        expect(pipe(f(x), Random.map(String))(key)).toEqual(pipe(f(x), State.map(String))(key))
        const all = [f(x), g(x), f(x)]
        expect(Random.sequence(all)(key)).toEqual(State.sequenceArray(all)(key))
      })
    )
  })
})

describe('Tree is foldable and traversable', () => {
  const leaf = A.tensor()
  const tree = fc.record({ a: leaf, b: fc.array(fc.record({ c: leaf }), { maxLength: 3 }) })
  const some = (x: T.Tensor): O.Option<T.Tensor> => (x.shape.length < 2 ? O.some(T.neg(x)) : O.none)

  test('reduce is the fold of the leaves', () => {
    fc.assert(
      fc.property(tree, (t) => {
        const shapes = (text: string, x: T.Tensor): string => `${text}[${x.shape.join()}]`
        expect(Tree.reduce(t, '', shapes)).toBe(Tree.leaves(t).reduce(shapes, ''))
      })
    )
  })

  test('traverse in Identity is map', () => {
    fc.assert(
      fc.property(tree, (t) => {
        expect(Tree.traverse(Id.Applicative)((x) => x)(t)).toEqual(t)
        expect(Tree.traverse(Id.Applicative)((x) => T.neg(x))(t)).toEqual(Tree.map(t, T.neg))
      })
    )
  })

  test('traverse is natural: a change of the effect may come before or after it', () => {
    const toEither = E.fromOption(() => 'no value')
    fc.assert(
      fc.property(tree, (t) => {
        const before = Tree.traverse(E.Applicative)(flow(some, toEither))(t)
        expect(pipe(t, Tree.traverse(O.Applicative)(some), toEither)).toEqual(before)
      })
    )
  })
})

test('vmap is a functor: it keeps identity and composition', () => {
  fc.assert(
    fc.property(A.tensor({ shape: [3, 2] }), (xs) => {
      const f = (x: T.Tensor<[2]>): T.Tensor<[2]> => T.tanh(x)
      const g = (x: T.Tensor<[2]>): T.Tensor<[]> => T.sum(T.square(x))
      const rows: T.Tensor<[number, 2]> = xs
      expect(T.eqStrict.equals(vmap((x: T.Tensor<[2]>) => x)(rows), rows)).toBe(true)
      expect(T.eqStrict.equals(vmap((x: T.Tensor<[2]>) => g(f(x)))(rows), vmap(g)(vmap(f)(rows)))).toBe(true)
    })
  )
})
