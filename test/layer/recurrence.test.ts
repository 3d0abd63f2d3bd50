// Recurrent layers against loops over plain numbers, and against themselves: in parts, backwards, padded, staged and mapped.
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { expectAlike } from './alike.js'

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])
const key = Random.key(0)
const dtype = 'float64'

/** Layers as plain JavaScript sees them. */
type Run = (x: T.Tensor, sequence?: object) => T.Tensor
const run = (layer: Layer.AnyLayer, params: unknown): Run =>
  (Layer.predict as unknown as (l: Layer.AnyLayer) => (p: unknown, s: unknown) => Run)(layer)(params, {})

type Make = (inputs: number, hidden: number, options?: object) => Layer.Layer<unknown, unknown>
const plain = (make: unknown): Make => make as Make
const made = { rnn: plain(Layer.rnn), gru: plain(Layer.gru), lstm: plain(Layer.lstm) }
const cells = { rnn: plain(Layer.rnnCell), gru: plain(Layer.gruCell), lstm: plain(Layer.lstmCell) }
type Kind = keyof typeof made
const kinds = ['rnn', 'gru', 'lstm'] as const
const layerOf = (kind: Kind, options: object = {}): Layer.AnyLayer => made[kind](2, 3, { dtype, ...options })
const drawn = (layer: Layer.AnyLayer, seed = 0): unknown => {
  const [{ params }] = layer.init(Random.key(seed))
  // biases begin at 0, and have to count
  return Tree.map(params, (leaf: T.Tensor) =>
    leaf.shape.length > 1 ? leaf : Random.normal(Random.key(leaf.shape[0]!), leaf.shape, dtype)
  )
}
const inputs = (...shape: readonly number[]): T.Tensor => Random.normal(Random.key(5), shape, dtype)

// -----------------------------------------------------------------------------
// the formulas, on plain numbers
// -----------------------------------------------------------------------------

const s = (v: number): number => 1 / (1 + Math.exp(-v))

/** One step of one example, from what its input and its state give by their rows. */
const steps: Readonly<Record<Kind, (a: readonly number[], u: readonly number[], h: number[], c: number[]) => void>> = {
  rnn: (a, u, h) => {
    h.forEach((_, j) => (h[j] = Math.tanh(a[j]! + u[j]!)))
  },
  gru: (a, u, h) => {
    h.forEach((before, j) => {
      const [r, z] = [s(a[j]! + u[j]!), s(a[3 + j]! + u[3 + j]!)]
      h[j] = (1 - z) * Math.tanh(a[6 + j]! + r * u[6 + j]!) + z * before
    })
  },
  lstm: (a, u, h, c) => {
    h.forEach((_, j) => {
      const [i, f, g, o] = [0, 3, 6, 9].map((row) => a[row + j]! + u[row + j]!) as [number, number, number, number]
      c[j] = s(f) * c[j]! + s(i) * Math.tanh(g)
      h[j] = s(o) * Math.tanh(c[j])
    })
  }
}

interface Dense {
  readonly w: T.Tensor<[number, number]>
  readonly b: T.Tensor<[number]>
}

const rowsOf = ({ w, b }: Dense, x: readonly number[]): readonly number[] =>
  T.toNested(w).map((row, i) => row.reduce((sum, each, j) => sum + each * x[j]!, T.toNested(b)[i]!))

const direct = (kind: Kind, { input, hidden }: { readonly input: Dense; readonly hidden: Dense }, x: T.Tensor) =>
  (T.toNested(x) as number[][][]).map((example) => {
    const [h, c] = [
      [0, 0, 0],
      [0, 0, 0]
    ] as const
    return example.map((each) => {
      steps[kind](rowsOf(input, each), rowsOf(hidden, h), h as never, c as never)
      return [...h]
    })
  })

describe.each(kinds)('%s', (kind) => {
  const layer = layerOf(kind)
  const params = drawn(layer)
  const x = inputs(2, 4, 2)

  test('is the loop of its formula', () => {
    expectAlike(run(layer, params)(x), T.of(direct(kind, params as never, x), dtype))
  })

  test('is its cell, step by step', () => {
    const cell = run(cells[kind](2, 3), params) as unknown as (x: T.Tensor, state: unknown) => T.Tensor
    const zero = T.zeros([2, 3], dtype)
    let state: unknown = kind === 'lstm' ? { h: zero, c: zero } : zero
    const [outputs, last] = run(layerOf(kind, { returns: 'state' }), params)(x) as unknown as [T.Tensor, unknown]
    for (let t = 0; t < 4; t++) {
      state = cell(T.at(x, t, { axis: 1 }), state)
      expectAlike(Tree.leaves(state)[0], T.at(outputs, t, { axis: 1 }))
    }
    expectAlike(last, state)
  })

  test('its gradient, and that of its cell', () => {
    const gates = { rnn: 1, gru: 3, lstm: 4 }[kind]
    const weights = (hidden: number) => {
      const dense = (columns: number) =>
        fc.record({ w: A.tensor({ shape: [gates * hidden, columns] }), b: A.tensor({ shape: [gates * hidden] }) })
      return fc.record({ input: dense(1), hidden: dense(hidden) })
    }
    const own = made[kind](1, 2)
    const f = (p: unknown, v: T.Tensor): T.Tensor => run(own, p)(v, { mask: T.of([[true, false]]) })
    fc.assert(Law.gradientWith({ name: kind })(f, weights(2), A.tensor({ shape: [1, 2, 1] })), { numRuns: 1 })
    const cell = cells[kind](1, 1)
    const h = A.tensor({ shape: [1, 1] })
    const state: fc.Arbitrary<unknown> = kind === 'lstm' ? fc.record({ h, c: h }) : h
    const g = (p: unknown, v: T.Tensor, before: unknown): unknown => run(cell, p)(v, before as object)
    fc.assert(Law.gradientWith({ name: `${kind}Cell` })(g, weights(1), A.tensor({ shape: [1, 1] }), state), {
      numRuns: 1
    })
  })

  test('goes on where it stopped', () => {
    for (const options of [{}, { layers: 2 }]) {
      const own = layerOf(kind, { returns: 'state', ...options })
      const f = run(own, drawn(own)) as unknown as Pair
      const [whole, last] = f(x)
      const [first, state] = f(T.slice(x, [null, [0, 3]]))
      const [second, end] = f(T.slice(x, [null, [3, 4]]), { initial: state })
      expectAlike(T.concat([first, second], { axis: 1 }), whole)
      expectAlike(end, last)
    }
  })

  test('reverse runs from the end, and both directions are those of each', () => {
    const backward = drawn(layer, 1)
    const turned = T.flip(run(layer, backward)(T.flip(x, { axis: 1 })), { axis: 1 })
    expectAlike(run(layerOf(kind, { reverse: true }), backward)(x), turned)
    const both = run(layerOf(kind, { bidirectional: true }), { forward: params, backward })
    expectAlike(both(x), T.concat([run(layer, params)(x), turned], { axis: -1 }))
    const last = run(layerOf(kind, { bidirectional: true, returns: 'last' }), { forward: params, backward })
    const ends = [T.at(run(layer, params)(x), 3, { axis: 1 }), T.at(turned, 0, { axis: 1 })]
    expectAlike(last(x), T.concat(ends, { axis: -1 }))
  })

  test('layers take the outputs of those before, of sequences with lengths too', () => {
    const lengths = T.of([2, 4], 'int32')
    const upper = made[kind](3, 3, { dtype })
    const second = drawn(upper, 2)
    const stacked = run(layerOf(kind, { layers: 2 }), [params, second])
    const first = run(layer, params)
    expect(bits(stacked(x))).toEqual(bits(run(upper, second)(first(x))))
    expect(bits(stacked(x, { lengths }))).toEqual(bits(run(upper, second)(first(x, { lengths }), { lengths })))
  })

  test('is one function eager, staged, checkpointed and mapped, with its gradient', () => {
    const own = layerOf(kind, { bidirectional: true })
    const weights = drawn(own)
    const lengths = T.of([2, 4], 'int32')
    const f = (p: unknown, v: T.Tensor): T.Tensor => run(own, p)(v, { lengths })
    const loss = (p: unknown): T.Tensor<[]> => T.sum(T.pow(f(p, x), 3))
    const program = Debug.trace(f)(weights, x)
    expect(bits(Debug.evaluate(program)(weights, x))).toEqual(bits(f(weights, x)))
    const gradient = bits(grad(loss)(weights))
    expect(bits(grad(checkpoint(loss))(weights))).toEqual(gradient)
    const staged = Debug.trace(grad(loss))(weights)
    expect(bits(Debug.evaluate(staged)(weights))).toEqual(gradient)
    const batches = T.stack([x, T.neg(x)])
    const mapped = vmap((v: T.Tensor) => f(weights, v))(batches)
    expectAlike(mapped, T.stack([f(weights, x), f(weights, T.neg(x))]))
  })

  test('of no steps', () => {
    const f = run(layerOf(kind, { returns: 'state' }), params) as unknown as Pair
    const [outputs, last] = f(T.zeros([2, 0, 2], dtype))
    expect(outputs.shape).toEqual([2, 0, 3])
    expect(
      Tree.leaves(last)
        .map((leaf) => T.toNested(leaf))
        .flat(2)
    ).toEqual(Tree.leaves(last).flatMap(() => [0, 0, 0, 0, 0, 0]))
  })
})

type Pair = (x: T.Tensor, sequence?: object) => readonly [T.Tensor, unknown]

// -----------------------------------------------------------------------------
// padding
// -----------------------------------------------------------------------------

describe('padding never changes what is not padded, bit for bit', () => {
  const sequences = fc.record({
    lengths: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    padding: fc.constantFrom(0, 1e30, -3, Infinity, NaN),
    kind: fc.constantFrom(...kinds),
    options: fc.constantFrom({}, { reverse: true }, { bidirectional: true }, { layers: 2, bidirectional: true })
  })
  const pair = (layer: Layer.AnyLayer, params: unknown): Pair => run(layer, params) as unknown as Pair

  it('outputs, states and gradients are those of any other padding, and of each sequence by itself', () => {
    fc.assert(
      fc.property(sequences, ({ lengths, seed, padding, kind, options }) => {
        const layer = layerOf(kind, { ...options, returns: 'state', dtype: 'float32' })
        const params = layer.init(Random.key(seed))[0].params
        const n = lengths.length
        const mask: T.Tensor = T.less(T.arange(5), T.expandDims(T.of(lengths, 'int32'), 1))
        const plain: T.Tensor = Random.normal(Random.key(seed + 1), [n, 5, 2])
        const dirty = T.where(T.expandDims(mask, 2), plain, padding)
        const at = (p: unknown, x: T.Tensor, sequence: object) => pair(layer, p)(x, sequence)
        const gradient = (x: T.Tensor) =>
          grad(([p, v]: readonly [unknown, T.Tensor]) => T.sum(T.pow(at(p, v, { mask })[0], 2)))([params, x])
        const [outputs, state] = at(params, plain, { mask })
        expect(bits(at(params, dirty, { mask }))).toEqual(bits([outputs, state]))
        expect(bits(at(params, dirty, { lengths: T.of(lengths, 'int32') }))).toEqual(bits([outputs, state]))
        expect(bits(gradient(dirty))).toEqual(bits(gradient(plain)))
        lengths.forEach((length, i) => {
          const own = T.slice(plain, [
            [i, i + 1],
            [0, length]
          ])
          const [alone, last] = at(params, own, {})
          expect(
            bits(
              T.slice(outputs, [
                [i, i + 1],
                [0, length]
              ])
            )
          ).toEqual(bits(alone))
          expect(bits(Tree.map(state, (leaf: T.Tensor) => T.slice(leaf, [[i, i + 1]])))).toEqual(bits(last))
          const rest = T.slice(outputs, [
            [i, i + 1],
            [length, 5]
          ])
          expect(T.toArray(rest).every((value) => Object.is(value, 0))).toBe(true)
        })
      }),
      { numRuns: 25 }
    )
  })

  test('a mask may have gaps, which the state goes past', () => {
    const layer = layerOf('gru')
    const params = drawn(layer)
    const x = inputs(1, 4, 2)
    const outputs = run(layer, params)(x, { mask: T.of([[true, false, false, true]]) })
    const close = run(layer, params)(T.gather(x, [0, 3], { axis: 1 }))
    expect(bits(T.gather(outputs, [0, 3], { axis: 1 }))).toEqual(bits(close))
    expect(T.toNested(T.at(outputs, 1, { axis: 1 }))).toEqual([[0, 0, 0]])
  })
})

// -----------------------------------------------------------------------------
// how they begin, dropout
// -----------------------------------------------------------------------------

describe('how they begin', () => {
  test('orthogonal weights of the state for each gate, Glorot ones of the input, and a bias of 1 to forget', () => {
    const [{ params }] = Layer.lstm(4, 8, { dtype }).init(key)
    T.split(params.hidden.w, 4).forEach((u) => expectAlike(T.matmul(u, T.transpose(u)), T.eye(8, 8, dtype), 1e-10))
    const [{ params: others }] = Layer.lstm(4, 8, {
      dtype,
      init: Init.ones,
      hiddenInit: Init.zeros,
      forgetBias: 2
    }).init(key)
    expect(T.toNested(T.at(others.input.w, 0))).toEqual([1, 1, 1, 1])
    expect(T.item(T.sum(T.abs(others.hidden.w)))).toBe(0)
    const bias = (b: T.Tensor): unknown => T.toNested(T.reshape(b, [4, 8])).map((row) => (row as number[])[0])
    expect([bias(params.input.b), bias(others.input.b), bias(others.hidden.b)]).toEqual([
      [0, 1, 0, 0],
      [0, 2, 0, 0],
      [0, 0, 0, 0]
    ])
    // Glorot's bound is that of one gate, sqrt(6 / 12)
    const bound = T.item(T.max(T.abs(Layer.gru(4, 8).init(key)[0].params.input.w)))
    expect(bound).toBeLessThan(Math.SQRT1_2)
    expect(bound).toBeGreaterThan(0.65)
  })

  test('all parameters have the type that is asked for', () => {
    const leaves = kinds.flatMap((kind) => Tree.leaves(layerOf(kind).init(key)[0].params))
    expect(leaves.map((leaf) => leaf.dtype)).toEqual(leaves.map(() => dtype))
  })

  test('the numbers of parameters are those of PyTorch', () => {
    const counts = kinds.map((kind) =>
      [{}, { layers: 2, bidirectional: true }, { bias: false }].map((options) =>
        Layer.parameterCount(made[kind](10, 20, options))
      )
    )
    expect(counts).toEqual([
      [640, 3760, 600],
      [1920, 11280, 1800],
      [2560, 15040, 2400]
    ])
  })

  test('without biases', () => {
    const layer = Layer.gru(2, 3, { bias: false, dtype })
    const [{ params }] = layer.init(key)
    const zero = T.zeros([9], dtype)
    const { input, hidden } = params
    const withZeros = run(layerOf('gru'), { input: { ...input, b: zero }, hidden: { ...hidden, b: zero } })
    expectAlike(run(layer, params)(inputs(2, 4, 2)), withZeros(inputs(2, 4, 2)))
  })
})

describe('dropout between layers', () => {
  const layer = Layer.rnn(2, 3, { layers: 2, dropout: 0.5, dtype })
  const [{ params, state }] = layer.init(key)
  const x = Random.normal(Random.key(5), [2, 4, 2], dtype)
  const draw = (seed: number) => Layer.apply(layer)(params, state, { mode: 'train', key: Random.key(seed) })(x)[0]

  test('draws by the key, of the outputs of the first layer only', () => {
    expect(bits(draw(1))).toEqual(bits(draw(1)))
    expect(bits(draw(1))).not.toEqual(bits(draw(2)))
    const plain = Layer.predict(Layer.rnn(2, 3, { layers: 2, dtype }))(params, {})(x)
    expect(bits(Layer.predict(layer)(params, state)(x))).toEqual(bits(plain))
    // what is dropped is known where the second layer is the identity of its input
    const through = Layer.rnn(2, 3, { layers: 2, dropout: 0.5, bias: false, dtype, activation: (v: T.Tensor) => v })
    const [first] = through.init(key)[0].params
    const pass = { input: { w: T.eye(3, 3, dtype) }, hidden: { w: T.zeros([3, 3], dtype) } }
    const values = Layer.predict(through)([first, pass], {})(x)
    const [kept] = Layer.apply(through)([first, pass], {}, { mode: 'train', key })(x)
    T.toArray(kept).forEach((value, i) => expect([0, 2 * T.toArray(values)[i]!]).toContain(value))
  })

  test('draws anew behind each layer', () => {
    const through = Layer.rnn(1, 1, { layers: 3, dropout: 0.5, bias: false, activation: (v: T.Tensor) => v })
    const pass = { input: { w: T.ones([1, 1]) }, hidden: { w: T.zeros([1, 1]) } }
    const ones: T.Tensor<[1000, 1, 1]> = T.ones([1000, 1, 1])
    const [output] = Layer.apply(through)([pass, pass, pass], {}, { mode: 'train', key })(ones)
    expect(T.toArray(output).filter((value) => value === 4).length / 1000).toBeCloseTo(0.25, 1)
  })

  test('expects a key in training', () => {
    expect(() => Layer.apply(layer)(params, state, { mode: 'train' })(x)).toThrow(
      "rnn: the context has no key in training; expected { mode: 'train', key }"
    )
  })
})
