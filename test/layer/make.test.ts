import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it, test } from 'vitest'
import { associativeScan, cond, foriLoop, map, scan, whileLoop } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'

type Rows<N extends number> = T.Tensor<[number, N]>
type Seq<D extends number> = T.Tensor<[number, number, D]>

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

/** The mean of the inputs so far in training; it takes away what it has collected. */
const centring = Layer.stateful(
  Random.of({ params: {}, state: { sum: T.zeros([4]), count: T.scalar(0) } }),
  (_params: {}, state, { mode }) =>
    (x: Rows<4>) => {
      const next =
        mode === 'eval' ? state : { sum: T.add(state.sum, T.mean(x, { axis: 0 })), count: T.add(state.count, 1) }
      return [T.sub(x, T.div(next.sum, T.maximum(next.count, 1))), next]
    }
)

const attention = <D extends number>(d: D, heads: number) =>
  Layer.make(
    { query: Layer.dense(d, d), key: Layer.dense(d, d), value: Layer.dense(d, d), out: Layer.dense(d, d) },
    ({ query, key, value, out }) =>
      (q: Seq<D>, kv: Seq<D>): Seq<D> => {
        const split = (x: T.Tensor): T.Tensor =>
          T.permute(T.reshape(x, [x.shape[0]!, x.shape[1]!, heads, d / heads]), [0, 2, 1, 3])
        const scores: T.Tensor = T.mul(
          T.matmul(split(query(q)), T.swapAxes(split(key(kv)), -1, -2)),
          Math.sqrt(heads / d)
        )
        const mixed: T.Tensor = T.matmul(T.softmax(scores, { axis: -1 }), split(value(kv)))
        return out(T.ensure(T.reshape(T.permute(mixed, [0, 2, 1, 3]), q.shape), q.shape))
      }
  )

const block = Layer.make(
  { inner: Layer.dense(4, 6), drop: Layer.dropout(0.5), norm: centring, outer: Layer.dense(6, 4) },
  ({ inner, drop, norm, outer }) =>
    (x: Rows<4>) =>
      T.add(norm(x), pipe(x, inner, T.tanh, drop, outer))
)
const [{ params, state }] = block.init(Random.key(3))
const x: Rows<4> = Random.normal(Random.key(4), [5, 4])
const training: Layer.Context = { mode: 'train', key: Random.key(5) }

describe('make', () => {
  it('binds parts as functions, with parameters, states and draws by name', () => {
    expect(Object.keys(params)).toEqual(['inner', 'drop', 'norm', 'outer'])
    const [output, next] = Layer.apply(block)(params, state, { mode: 'eval' })(x)
    const direct = T.add(
      x,
      T.add(
        T.matmul(T.tanh(T.add(T.matmul(x, T.transpose(params.inner.w)), params.inner.b)), T.transpose(params.outer.w)),
        params.outer.b
      )
    )
    expect(bits(output)).toEqual(bits(direct))
    expect(next).toEqual(state)
    const [, after] = Layer.apply(block)(params, state, training)(x)
    expect(T.item(after.norm.count)).toBe(1)
  })

  it('takes several inputs, and draws of parameters', () => {
    const layer = attention(4, 2)
    const [drawn] = layer.init(Random.key(0))
    const f = Layer.predict(layer)(drawn.params, drawn.state)
    expect(f(T.ones([2, 3, 4]), T.ones([2, 5, 4])).shape).toEqual([2, 3, 4])
    const tied = Layer.make(
      { table: Init.normal(0.1)([20, 8]), body: Layer.dense(8, 8) },
      ({ table, body }) =>
        (ids: T.Tensor<[number]>) =>
          T.matmul(body(T.gather(table, ids, { axis: 0 })), T.transpose(table))
    )
    const [own] = tied.init(Random.key(0))
    expect(Layer.predict(tied)(own.params, own.state)(T.of([1, 2, 3], 'int32')).shape).toEqual([3, 20])
    expect(Layer.parameterCount(tied)).toBe(20 * 8 + 8 * 8 + 8)
  })

  it('shares a part that is called twice, and passes its state from call to call', () => {
    const twice = Layer.make({ drop: Layer.dropout(0.5), norm: centring }, ({ drop, norm }) => (y: Rows<4>) => {
      return [drop(T.ones([100])), drop(T.ones([100])), norm(norm(y))] as const
    })
    const [own] = twice.init(Random.key(0))
    const [[first, second], next] = Layer.apply(twice)(own.params, own.state, training)(x)
    expect(bits(first)).not.toEqual(bits(second))
    expect(T.item(next.norm.count)).toBe(2)
  })

  it('draws alike for alike keys, and differently in each part', () => {
    const run = (key: Random.Key) => bits(Layer.apply(block)(params, state, { mode: 'train', key })(x)[0])
    expect(run(Random.key(1))).toEqual(run(Random.key(1)))
    expect(run(Random.key(1))).not.toEqual(run(Random.key(2)))
    const drops = Layer.sequential(...Array.from({ length: 3 }, () => Layer.dropout(0.5)))
    const nested = Layer.make(
      { a: drops, b: drops },
      ({ a, b }) =>
        (y: T.Tensor<[64]>) =>
          [a(y), b(y), a(y)] as const
    )
    const none = [{}, {}, {}]
    const [outputs] = Layer.apply(nested)({ a: none, b: none }, { a: none, b: none }, training)(T.ones([64]))
    expect(new Set(outputs.map((each) => String(T.toArray(each)))).size).toBe(3)
  })
})

describe('eager, staged, checkpointed and mapped application give the same bits', () => {
  const apply = (p: typeof params, s: typeof state, key: Random.Key, y: Rows<4>) =>
    Layer.apply(block)(p, s, { mode: 'train', key })(y)
  const expected = bits(apply(params, state, Random.key(5), x))

  test('staged and checkpointed', () => {
    const program = Debug.trace(apply)(params, state, Random.key(5), x)
    expect(bits(Debug.evaluate(program)(params, state, Random.key(5), x))).toEqual(expected)
    expect(bits(checkpoint(apply)(params, state, Random.key(5), x))).toEqual(expected)
  })

  test('gradients', () => {
    const loss = (p: typeof params): T.Tensor<[]> => T.sum(T.square(apply(p, state, Random.key(5), x)[0]))
    const gradient = bits(grad(loss)(params))
    expect(bits(grad(checkpoint(loss))(params))).toEqual(gradient)
    expect(bits(Debug.evaluate(Debug.trace(grad(loss))(params))(params))).toEqual(gradient)
  })

  test('vmap over keys is the loop', () => {
    const keys = Random.split(Random.key(8), 3)
    const one = (key: Random.Key) => apply(params, state, key, x)
    const together = vmap(one, { inAxes: 'split', size: 3 })(Random.key(8))
    keys.forEach((key, i) => {
      expect(bits(Tree.map(together, (leaf: T.Tensor) => T.at(leaf, i)))).toEqual(bits(one(key)))
    })
  })
})

describe('inside the body of a loop', () => {
  const drop = Layer.dropout(0.5)
  type Loop = (f: (y: T.Tensor<[4]>) => T.Tensor<[4]>) => (y: T.Tensor<[4]>) => unknown
  const loops: readonly (readonly [name: string, loop: Loop])[] = [
    ['scan', (f) => (y) => scan((c: T.Tensor<[4]>) => [f(c), undefined], { length: 2 })(y)],
    ['foriLoop', (f) => foriLoop(0, 2, (_i, c: T.Tensor<[4]>) => f(c))],
    [
      'whileLoop',
      (f) =>
        whileLoop(
          (c: T.Tensor<[4]>) => T.less(T.sum(T.abs(c)), 100),
          (c) => T.add(f(c), 30)
        )
    ],
    ['map', (f) => (y) => map((row: T.Tensor<[4]>) => f(row))(T.stack([y, y]))],
    [
      'associativeScan',
      (f) => (y) => associativeScan((a: T.Tensor<[4]>, b: T.Tensor<[4]>) => f(T.add(a, b)))(T.stack([y, y]) as never)
    ]
  ]

  test.each(loops)('%s: a part that draws is refused, eagerly and staged', (_, loop) => {
    const layer = Layer.make(
      { drop },
      ({ drop: part }) =>
        (y: T.Tensor<[4]>) =>
          loop(part)(y) as T.Tensor
    )
    const run = (y: T.Tensor<[4]>, key: Random.Key) =>
      Layer.apply(layer)({ drop: {} }, { drop: {} }, { mode: 'train', key })(y)[0]
    const sentence = 'a part draws inside the body of a loop, where every step would draw alike'
    expect(() => run(T.ones([4]), Random.key(0))).toThrow(sentence)
    expect(() => Debug.trace(run)(T.ones([4]), Random.key(0))).toThrow(sentence)
    // without a key nothing is drawn
    expect(() => Layer.predict(layer)({ drop: {} }, { drop: {} })(T.ones([4]))).not.toThrow()
  })

  const counting = Layer.stateful(
    Random.of({ params: {}, state: T.scalar(0, 'int32') }),
    (_params: {}, count) => (y: T.Tensor<[4]>) => [T.mul(y, 0.5), T.add(count, 1)]
  )

  test.each(loops)('%s: a part that changes its state is refused, eagerly and staged', (_, loop) => {
    const layer = Layer.make(
      { counting },
      ({ counting: part }) =>
        (y: T.Tensor<[4]>) =>
          loop(part)(y) as T.Tensor
    )
    const run = (y: T.Tensor<[4]>) =>
      Layer.apply(layer)({ counting: {} }, { counting: T.scalar(0, 'int32') }, { mode: 'train' })(y)[0]
    const sentence = 'the part counting changes its state inside the body of a loop or a branch'
    expect(() => run(T.ones([4]))).toThrow(sentence)
    expect(() => Debug.trace(run)(T.ones([4]))).toThrow(sentence)
  })

  test('in a branch, too; draws are allowed there', () => {
    const layer = Layer.make({ counting, drop }, ({ counting: count, drop: part }) => (y: T.Tensor<[4]>) => {
      return cond(
        T.greater(T.sum(y), 0),
        (z: T.Tensor<[4]>) => part(z),
        (z: T.Tensor<[4]>) => count(z)
      )(y)
    })
    const run = (y: T.Tensor<[4]>) =>
      Layer.apply(layer)({ counting: {}, drop: {} }, { counting: T.scalar(0, 'int32'), drop: {} }, training)(y)[0]
    expect(() => run(T.ones([4]))).not.toThrow()
    expect(() => run(T.neg(T.ones([4])))).toThrow('inside the body of a loop or a branch')
    expect(() => Debug.trace(run)(T.ones([4]))).toThrow('inside the body of a loop or a branch')
  })

  test('Layer.apply with a key and a state of its own is fine', () => {
    const f = (y: T.Tensor<[4]>) =>
      scan(
        ({ h, count }: { readonly h: T.Tensor<[4]>; readonly count: T.Tensor<[]> }, key: Random.Key) => {
          const [dropped] = Layer.apply(drop)({}, {}, { mode: 'train', key })(h)
          const [next, after] = Layer.apply(counting)({}, count, { mode: 'train' })(dropped)
          return [{ h: next, count: after }, undefined]
        },
        { length: 3 }
      )({ h: y, count: T.scalar(0, 'int32') }, T.stack(Random.split(Random.key(0), 3)))[0]
    expect(T.item(f(T.ones([4])).count)).toBe(3)
  })
})

describe('what is refused', () => {
  it('parts that are neither layers nor draws', () => {
    expect(() => Layer.make({ a: 3 as never }, () => (y: T.Tensor) => y)).toThrow(
      'make: the part a is 3; expected a layer, or a draw'
    )
    expect(() => Layer.make({ 'a b': Layer.dense(2, 2) }, () => (y: T.Tensor) => y)).toThrow("make: a name is 'a b'")
  })

  it('training without a key where something drops, by path', () => {
    expect(() => Layer.apply(block)(params, state, { mode: 'train' })(x)).toThrow(
      "layer drop: dropout: the context has no key in training; expected { mode: 'train', key }"
    )
  })

  it('an input that does not fit, by path and both shapes', () => {
    const deep = Layer.make(
      { block },
      ({ block: part }) =>
        (y: Rows<4>) =>
          part(y)
    )
    const [own] = deep.init(Random.key(0))
    expect(() => Layer.predict(deep)(own.params, own.state)(T.ones([2, 5]) as never)).toThrow(
      /^layer block\.inner: dense: the input has shape \[2, 5\]; expected 4 on the last axis|^layer block\.norm/
    )
    expect(() =>
      Layer.predict(Layer.sequential(Layer.dense(4, 8), Layer.dense(8, 3)))(
        [
          { w: T.ones([8, 4]), b: T.ones([8]) },
          { w: T.ones([3, 8]), b: T.ones([3]) }
        ],
        [{}, {}]
      )(T.ones([2, 5]) as never)
    ).toThrow('layer [0]: dense: the input has shape [2, 5]; expected 4 on the last axis')
  })

  const dense = Layer.sequential(Layer.dense(2, 3), T.tanh)
  const good = [{ w: T.ones([3, 2]), b: T.ones([3]) }, {}] as const
  test.each([
    [undefined, 'the parameters are undefined; expected an array of 2'],
    [{}, 'the parameters are {}; expected an array of 2'],
    [[{ w: T.ones([3, 2]) }, {}], 'the parameter [0].b is missing; expected a tensor of shape [3]'],
    [[{ ...good[0], c: T.ones([1]) }, {}], 'the parameter [0].c is a tensor of shape [1]; expected nothing there'],
    [[{ ...good[0], w: 3 }, {}], 'the parameter [0].w is 3; expected a tensor of shape [3, 2]'],
    [[good[0]], 'the parameters are an array of 1; expected an array of 2'],
    [[{ ...good[0], w: T.ones([2, 3]) }, {}], 'the parameter [0].w has shape [2, 3]; expected [3, 2]'],
    [[{ ...good[0], w: structuredClone(T.ones([3, 2])) }, {}], 'restore it with T.fromTypedArray or T.fromJSON']
  ])('parameters of another structure, by path: %#', (given, sentence) => {
    expect(() => Layer.predict(dense)(given as never, [{}, {}])).toThrow(sentence)
    expect(() => Layer.apply(dense)(given as never, [{}, {}], { mode: 'eval' })).toThrow(sentence)
  })

  test('a state of another structure', () => {
    expect(() => Layer.predict(block)(params, { ...state, norm: {} } as never)).toThrow('the state norm.sum is missing')
  })

  test('a mode that does not exist, and a key that is none', () => {
    const run = (context: unknown) => () => Layer.apply(dense)(good, [{}, {}], context as never)
    expect(run({ mode: 'test' })).toThrow("apply: mode is 'test'; expected 'train' or 'eval'")
    expect(run({ mode: 'train', key: 3 })).toThrow('apply: the key is 3')
    expect(run(Random.key(0))).toThrow('apply: the context is ')
    expect(() => Layer.inMode('test' as never, dense)).toThrow("inMode: mode is 'test'")
  })
})
