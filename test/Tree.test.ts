import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as State from 'fp-ts/lib/State.js'
import { describe, expect, test } from 'vitest'
import { grad, valueAndGradWithAux } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

/** Any tree: records, arrays and tensors. */
const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('array'), tie('record')),
  leaf: fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 3 }).map((values) => T.of(values, 'float64')),
  array: fc.array(tie('tree'), { maxLength: 3 }),
  record: fc.dictionary(fc.constantFrom('a', 'b', 'odd key', '__proto__', 'length'), tie('tree'), { maxKeys: 3 })
})).tree

/** Whether two trees are equal, 0 and -0 being the same. */
const same = (a: unknown, b: unknown): boolean =>
  Tree.sameStructure(a, b) && Tree.leaves(a).every((leaf, i) => T.Eq.equals(leaf, Tree.leaves(b)[i]!))

const numbers = (t: unknown): readonly unknown[] => Tree.leaves(t).map((leaf) => T.toNested(leaf))

describe('taking apart and putting together', () => {
  test('unflatten of the leaves is the tree', () => {
    fc.assert(
      fc.property(tree, (t) => {
        const { leaves, paths, unflatten } = Tree.flatten(t)
        expect(unflatten(leaves)).toEqual(t)
        expect(paths.length).toBe(leaves.length)
        expect(new Set(paths).size).toBe(paths.length)
        expect(Tree.leaves(t)).toEqual(leaves)
      })
    )
  })

  test('paths read as one would write them', () => {
    const x = T.scalar(1)
    const { paths } = Tree.flatten({ layers: [{ w: x }, [x, x]], 'odd key': { $: x }, _1: x })
    expect(paths).toEqual(['layers[0].w', 'layers[1][0]', 'layers[1][1]', '["odd key"].$', '_1'])
    expect(Tree.flatten(x).paths).toEqual([''])
  })

  test('rejects another number of leaves, and other shapes', () => {
    const { unflatten } = Tree.flatten({ w: T.zeros([2]), b: T.scalar(0) })
    expect(() => unflatten([T.zeros([2])])).toThrow('Tree.flatten: the number of leaves is 1; expected 2')
    expect(() => unflatten([T.zeros([2]), T.scalar(1), T.scalar(2)])).toThrow('the number of leaves is 3; expected 2')
    expect(() => unflatten([T.zeros([3]), T.scalar(1)])).toThrow(
      'Tree.flatten: w: the shapes are [2] and [3]; expected equal shapes'
    )
  })

  test('keys with a meaning to JavaScript are keys like any other', () => {
    const t: unknown = JSON.parse('{"__proto__": [], "constructor": []}')
    const mapped = Tree.map(t, T.neg)
    expect(Object.keys(mapped ?? {})).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype)
  })
})

describe('map', () => {
  test('identity and composition are preserved', () => {
    fc.assert(
      fc.property(tree, (t) => {
        expect(Tree.map(t, identity)).toEqual(t)
        const [f, g] = [(x: T.Tensor) => T.add(x, 1), (x: T.Tensor) => T.mul(x, 2)]
        expect(pipe(t, Tree.map(f), Tree.map(g))).toEqual(Tree.map(t, (leaf) => g(f(leaf))))
      })
    )
  })

  test('the function receives the path; the tree stays unchanged', () => {
    const t = { a: T.scalar(1), b: [T.scalar(2)] as const }
    const seen: string[] = []
    const mapped = Tree.mapWithPath(t, (path, leaf) => {
      seen.push(path)
      return T.neg(leaf)
    })
    expect(seen).toEqual(['a', 'b[0]'])
    expect([numbers(t), numbers(mapped)]).toEqual([
      [1, 2],
      [-1, -2]
    ])
  })

  test('the function is given the leaf alone: operations that have options can stand for it', () => {
    expect(numbers(Tree.map({ a: T.of([1, 2]) }, T.sum))).toEqual([3])
    expect(numbers(Tree.zipWith({ a: T.of([1, 2]) }, { a: T.of([3, 4]) }, T.dot))).toEqual([11])
    const total = Tree.traverse(O.Applicative)((...args: readonly T.Tensor[]) => O.fromNullable(args.at(-1)))
    expect(total({ a: T.of([1]) })).toEqual(O.some({ a: T.of([1]) }))
  })

  test('interfaces are trees', () => {
    interface Params {
      readonly w: T.Tensor<[2]>
    }
    const params: Params = { w: T.of([1, 2]) }
    const mapped: Params = Tree.map(params, T.neg)
    expect(numbers(mapped)).toEqual([[-1, -2]])
  })
})

describe('zipWith', () => {
  test('combines corresponding leaves', () => {
    fc.assert(
      fc.property(tree, (t) => {
        expect(
          same(
            Tree.zipWith(t, t, T.add),
            Tree.map(t, (leaf) => T.mul(leaf, 2))
          )
        ).toBe(true)
        expect(
          same(
            pipe(t, Tree.zipWith(t, T.sub)),
            Tree.map(t, (leaf) => T.mul(leaf, 0))
          )
        ).toBe(true)
      })
    )
  })

  test('in order: first minus second, data first and data last', () => {
    const [a, b] = [{ w: T.of([3]) }, { w: T.of([1]) }]
    expect(numbers(Tree.zipWith(a, b, T.sub))).toEqual([[2]])
    expect(numbers(pipe(a, Tree.zipWith(b, T.sub)))).toEqual([[2]])
  })

  const x = T.scalar(1)
  const cases: readonly (readonly [a: unknown, b: unknown, sentence: string])[] = [
    [{ a: x }, { b: x }, 'the trees differ: key b in the second tree only'],
    [{ a: x, b: x }, { a: x }, 'the trees differ: key b in the first tree only'],
    [{ l: [x, { w: x }] }, { l: [x, { w: [x] }] }, 'l[1].w differs: a tensor in the first tree only'],
    [{ l: [x] }, { l: x }, 'l differs: a tensor in the second tree only'],
    [[x], [x, x], 'the trees differ: 1 and 2 entries'],
    [[x], { 0: x }, 'the trees differ: an array in the first tree only'],
    [{ 0: x }, [x], 'the trees differ: an array in the second tree only']
  ]
  test.each(cases)('a difference in structure, by its path: %#', (a, b, sentence) => {
    expect(() => Tree.zipWith(a, b, T.add)).toThrow(`Tree.zipWith: ${sentence}; expected the same structure`)
    expect(Tree.sameStructure(a, b)).toBe(false)
    expect(Tree.sameStructure(b, a)).toBe(false)
    expect(Tree.sameStructure(a, a)).toBe(true)
  })
})

describe('values that are not trees', () => {
  const cases: readonly (readonly [value: unknown, sentence: string])[] = [
    [1, 'the value is 1; expected a tensor, make one with T.scalar'],
    [{ rate: true }, 'rate is true; expected a tensor, make one with T.scalar'],
    [[null], '[0] is null; expected a tensor'],
    [{ a: [{ b: undefined }] }, 'a[0].b is undefined; expected a tensor'],
    [{ name: 'x' }, "name is 'x'; expected a tensor"],
    [{ f: Math.sin }, 'f is a function; expected a tensor'],
    [{ d: new Map() }, 'd is an object of class Map; expected a tensor'],
    [{ d: new Float32Array(1) }, 'd is an object of class Float32Array; expected a tensor'],
    [{ d: Object.setPrototypeOf({}, { __proto__: null }) as unknown }, 'd is {}; expected a tensor'],
    [
      { w: structuredClone(T.zeros([2])) as unknown },
      'w is a copy of a tensor of shape [2]; expected a tensor; restore it with T.fromTypedArray or T.fromJSON'
    ]
  ]
  test.each(cases)('%#', (value, sentence) => {
    expect(() => Tree.leaves(value)).toThrow(Tree.TreeError)
    expect(() => Tree.leaves(value)).toThrow(`Tree.leaves: ${sentence}`)
    expect(() => Tree.map(value, T.neg)).toThrow(`Tree.map: ${sentence}`)
    expect(() => Tree.sameStructure(value, value)).toThrow(Tree.TreeError)
  })
})

describe('folding and traversing', () => {
  test('reduce goes from left to right', () => {
    const t = { a: T.scalar(1), b: [T.scalar(2), T.scalar(3)] }
    expect(Tree.reduce(t, '', (text, leaf, path) => `${text}${path}=${T.item(leaf)};`)).toBe('a=1;b[0]=2;b[1]=3;')
    expect(Tree.reduce([], 7, () => 0)).toBe(7)
  })

  test('traverse collects effects in order, and stops where they stop', () => {
    const t = { a: T.scalar(1), b: T.scalar(2) }
    const counted = Tree.traverse(State.Applicative)((leaf) => (n: number) => [T.mul(leaf, n), n + 1])(t)
    const [result, count] = counted(10)
    expect([numbers(result), count]).toEqual([[10, 22], 12])
    const positive = Tree.traverse(O.Applicative)((leaf) => (T.item(leaf) > 1 ? O.some(leaf) : O.none))
    expect(positive(t)).toEqual(O.none)
    expect(positive({ c: T.scalar(2) })).toEqual(O.some({ c: T.scalar(2) }))
    const named = Tree.traverseWithPath(E.Applicative)((path, leaf) =>
      T.item(leaf) > 1 ? E.right(leaf) : E.left(path)
    )
    expect(named(t)).toEqual(E.left('a'))
  })
})

describe('trees are vectors', () => {
  const sized = (seed: number): { readonly w: T.Tensor<[2, 2]>; readonly b: readonly [T.Tensor<[]>] } => ({
    w: T.of(
      [
        [seed, 1],
        [2, -seed]
      ],
      'float64'
    ),
    b: [T.scalar(seed / 2, 'float64')]
  })
  const integer = fc.integer({ min: -100, max: 100 })

  test('the axioms, exactly on small integers', () => {
    fc.assert(
      fc.property(integer, integer, integer, integer, (i, j, k, s) => {
        const [a, b, c] = [sized(2 * i), sized(2 * j), sized(2 * k)]
        const zero = Tree.zerosLike(a)
        expect(same(Tree.add(a, b), Tree.add(b, a))).toBe(true)
        expect(same(Tree.add(a, Tree.add(b, c)), Tree.add(Tree.add(a, b), c))).toBe(true)
        expect(same(Tree.add(a, zero), a)).toBe(true)
        expect(same(Tree.sub(a, a), zero)).toBe(true)
        expect(same(pipe(a, Tree.sub(b)), Tree.sub(a, b))).toBe(true)
        expect(same(Tree.scale(Tree.add(a, b), s), Tree.add(Tree.scale(a, s), Tree.scale(b, s)))).toBe(true)
        expect(same(pipe(a, Tree.scale(s)), Tree.scale(a, T.scalar(s, 'float64')))).toBe(true)
        expect(T.item(Tree.dot(Tree.add(a, b), c))).toBe(T.item(Tree.dot(a, c)) + T.item(Tree.dot(b, c)))
        expect(pipe(a, Tree.dot(b))).toEqual(Tree.dot(b, a))
        expect(T.item(Tree.norm(a))).toBe(Math.sqrt(T.item(Tree.dot(a, a))))
        expect(T.item(Tree.dot(a, Tree.onesLike(a)))).toBe(2 * i + 3 - 2 * i + i)
      })
    )
  })

  test('leaves do not broadcast', () => {
    const [a, b] = [{ l: [T.zeros([2])] }, { l: [T.zeros([1])] }]
    // @ts-expect-error the shapes differ
    expect(() => Tree.add(a, b)).toThrow('Tree.add: l[0]: the shapes are [2] and [1]; expected equal shapes')
    const [p, q]: readonly [unknown, unknown] = [a, b]
    expect(() => Tree.sub(p, q)).toThrow('Tree.sub: l[0]: the shapes are [2] and [1]; expected equal shapes')
    expect(() => Tree.dot(p, q)).toThrow('Tree.dot: l[0]: the shapes are [2] and [1]; expected equal shapes')
  })

  test('the inner product is rounded once: float32 leaves whose squares overflow, or whose sum cancels', () => {
    expect(T.item(Tree.norm([T.of([3e30, 4e30])]))).toBe(Math.fround(5e30))
    const [a, b] = [T.of([1e7, 1, -1e7]), T.of([1e7, 1, 1e7])]
    expect(T.item(Tree.dot({ a }, { a: b }))).toBe(1)
    expect(Tree.dot({ a }, { a: b }).dtype).toBe('float32')
    expect(Tree.norm({ a, b: T.scalar(1, 'float64') }).dtype).toBe('float64')
    expect(T.item(Tree.norm([]))).toBe(0)
    expect(T.item(Tree.dot([], []))).toBe(0)
  })

  test('a scalar of another type does not change the leaves', () => {
    expect(Tree.scale([T.of([1, 2])], T.scalar(0.5, 'float64'))[0]?.dtype).toBe('float32')
    expect(Tree.scale([T.of([1, 2], 'int32')], 3)[0]?.dtype).toBe('int32')
  })

  test('derivatives: of the norm x / |x|, at zero 0', () => {
    const x = { a: T.of([3], 'float64'), b: T.of([4], 'float64') }
    const slope = grad((t: typeof x) => Tree.norm(t))
    expect(numbers(slope(x))).toEqual([[0.6000000000000001], [0.8]])
    expect(numbers(slope(Tree.zerosLike(x)))).toEqual([[0], [0]])
    const product = grad((t: typeof x) => Tree.dot(Tree.scale(t, 2), x))(x)
    expect(numbers(product)).toEqual([[6], [8]])
  })

  test('norms of float64 neither overflow nor underflow, to second order', () => {
    const numbers64 = (...x: readonly number[]): T.Tensor => T.of(x, 'float64')
    expect(T.item(Tree.norm([numbers64(3e154), numbers64(4e154)]))).toBeCloseTo(5e154, -140)
    expect(T.item(Tree.norm([numbers64(3e-200, 4e-200)]))).toBeCloseTo(5e-200, 215)
    expect(T.item(Tree.norm([numbers64(Infinity, 1)]))).toBe(Infinity)
    expect(T.item(Tree.norm([numbers64(NaN, 1)]))).toBeNaN()
    expect(T.item(Tree.norm([numbers64()]))).toBe(0)
    const norm = (x: T.Tensor): T.Tensor<[]> => Tree.norm([x])
    const [along = NaN, across = NaN] = T.toArray(grad(norm)(numbers64(3e154, 4e154)))
    expect([along - 0.6, across - 0.8].every((error) => Math.abs(error) < 1e-15)).toBe(true)
    const turning = (x: T.Tensor): T.Tensor<[]> => T.ensure([])(T.sum(T.mul(grad(norm)(x), numbers64(1, 0))))
    const [first = NaN, second = NaN] = T.toArray(T.mul(grad(turning)(numbers64(3e154, 4e154)), 5e154))
    expect([first - 0.64, second + 0.48].every((error) => Math.abs(error) < 1e-14)).toBe(true)
  })
})

describe('trees that cannot be walked', () => {
  test('rejects a value in the place of the function', () => {
    const tree = { w: T.scalar(1) }
    // @ts-expect-error a number
    expect(() => Tree.map(tree, 3)).toThrow('Tree.map: f is 3; expected a function')
    // @ts-expect-error a number
    expect(() => Tree.mapWithPath(tree, 3)).toThrow('Tree.mapWithPath: f is 3; expected a function')
    // @ts-expect-error a number
    expect(() => Tree.reduce(tree, 0, 3)).toThrow('Tree.reduce: f is 3; expected a function')
  })

  test('a symbol among the keys is refused with the place, and kept in values of other kinds', () => {
    const key = Symbol('bias')
    const plain = { layer: { w: T.scalar(1) } }
    const tree = { layer: { w: T.scalar(1), [key]: T.scalar(2) } }
    const rule = 'layer is an object with key Symbol(bias); expected strings'
    for (const call of [
      () => Tree.leaves(tree),
      () => Tree.map(tree, T.neg),
      () => Tree.add(tree, tree),
      () => Tree.zipWith(plain, tree, T.add),
      () => Tree.sameStructure(plain, tree),
      () => grad((p: typeof tree) => p.layer.w)(tree),
      () => Tree.leaves({ layer: Object.assign([T.scalar(1)], { [key]: 1 }) })
    ]) {
      expect(call).toThrow(rule)
    }
    expect(() => Tree.leaves({ [key]: T.scalar(1) })).toThrow(
      'Tree.leaves: the value is an object with key Symbol(bias)'
    )
    const [, , aux] = valueAndGradWithAux((x: T.Tensor<[]>) => [x, { [key]: T.neg(x) }] as const)(T.scalar(1))
    expect(T.item(aux[key])).toBe(-1)
  })

  test('accepts 1000 levels and rejects 1001', () => {
    const nested = (levels: number): unknown => (levels === 0 ? T.scalar(1) : [nested(levels - 1)])
    expect(Tree.leaves(nested(1000))).toHaveLength(1)
    expect(() => Tree.leaves(nested(1001))).toThrow('is over 1000 levels deep')
  })

  test('rejects cycles and very deep trees, with the path', () => {
    const loop: unknown[] = []
    loop.push(loop)
    const record: { inner?: unknown } = {}
    record.inner = record
    let deep: unknown = T.scalar(1)
    for (let i = 0; i < 20_000; i++) deep = [deep]
    const rule = 'is over 1000 levels deep; expected no cycles'
    for (const tree of [loop, record, deep]) {
      expect(() => Tree.leaves(tree)).toThrow(rule)
      expect(() => Tree.map(tree, T.neg)).toThrow(rule)
      expect(() => Tree.add(tree, tree)).toThrow(rule)
    }
    expect(() => Tree.leaves(record)).toThrow('Tree.leaves: inner.inner.inner.inner.inner.... is over')
  })
})
