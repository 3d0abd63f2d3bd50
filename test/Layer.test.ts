import { flow, pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Activation from 'pullback/Activation'
import { grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

type Vector = T.Tensor<[number]>
type Plain = Layer.Layer<(x: Vector) => Vector>

const functions: readonly ((x: Vector) => Vector)[] = [T.tanh, T.neg, T.square, T.mul(3), T.add(-1), Activation.relu]
const fn = fc.constantFrom(...functions)
const vector = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 5 }).map((list) => T.of(list))
const context = (seed: number, mode: Layer.Mode = 'train'): Layer.Context => ({ mode, key: Random.key(seed) })

/** A layer of one parameter that also counts its applications, with either parameters drawn. */
const counting = Layer.stateful(
  Random.map((params: T.Tensor<[]>) => ({ params, state: T.scalar(0, 'int32') }))(Init.normal(1)([])),
  (params, state) => (x: Vector) => [T.mul(x, params), T.add(state, 1)]
)

/** Parameters or states without their nesting. */
const leaves = (tree: unknown): readonly T.Tensor[] =>
  tree instanceof T.Tensor ? [tree] : Object.values(tree ?? {}).flatMap(leaves)

const text = (tree: unknown): readonly string[] => leaves(tree).map(String)

describe('laws', () => {
  it('lift preserves composition', () => {
    fc.assert(
      fc.property(fn, fn, vector, fc.nat(), (f, g, x, seed) => {
        const composed = Layer.compose(Layer.lift(f), Layer.lift(g))
        const [output] = Layer.apply(composed)([{}, {}], [{}, {}], context(seed))(x)
        expect(String(output)).toBe(String(Layer.apply(Layer.lift(flow(f, g)))({}, {}, context(seed))(x)[0]))
      })
    )
  })

  it('lift preserves identity', () => {
    fc.assert(
      fc.property(vector, (x) => {
        expect(Layer.predict(Layer.identity())({}, {})(x)).toBe(x)
        expect(Layer.predict(Layer.lift((y: Vector) => y))({}, {})(x)).toBe(x)
      })
    )
  })

  it('identity is neutral in composition', () => {
    fc.assert(
      fc.property(vector, fc.nat(), (x, seed) => {
        const [{ params, state }] = counting.init(Random.key(seed))
        const [output, after] = Layer.apply(counting)(params, state, context(seed))(x)
        const left = Layer.compose(Layer.identity(), counting)
        const right = Layer.compose(counting, Layer.identity())
        const [fromLeft, afterLeft] = Layer.apply(left)([{}, params], [{}, state], context(seed))(x)
        const [fromRight, afterRight] = Layer.apply(right)([params, {}], [state, {}], context(seed))(x)
        expect([String(fromLeft), String(fromRight)]).toEqual([String(output), String(output)])
        expect([text(afterLeft), text(afterRight)]).toEqual([text(after), text(after)])
      })
    )
  })

  it('composition is associative up to nesting: parameters, states and outputs', () => {
    fc.assert(
      fc.property(fn, vector, fc.nat(), (f, x, seed) => {
        const left = Layer.compose(Layer.compose(counting, Layer.lift(f)), counting)
        const right = Layer.compose(counting, Layer.compose(Layer.lift(f), counting))
        const [l, afterL] = left.init(Random.key(seed))
        const [r, afterR] = right.init(Random.key(seed))
        expect(text(l)).toEqual(text(r))
        expect(afterL).toEqual(afterR)
        const [fromLeft, nextLeft] = Layer.apply(left)(l.params, l.state, context(seed))(x)
        const [fromRight, nextRight] = Layer.apply(right)(r.params, r.state, context(seed))(x)
        expect(String(fromLeft)).toBe(String(fromRight))
        expect(text(nextLeft)).toEqual(text(nextRight))
      })
    )
  })

  it('sequential is composition, up to nesting', () => {
    const flat = Layer.sequential(
      counting,
      Layer.lift((x: Vector) => T.tanh(x)),
      counting,
      counting
    )
    const nested = pipe(
      counting,
      Layer.compose(Layer.lift((x: Vector) => T.tanh(x))),
      Layer.compose(counting),
      Layer.compose(counting)
    )
    const [a] = flat.init(Random.key(7))
    const [b] = nested.init(Random.key(7))
    expect(text(a)).toEqual(text(b))
    const x = T.of([1, -2])
    expect(String(Layer.predict(flat)(a.params, a.state)(x))).toBe(String(Layer.predict(nested)(b.params, b.state)(x)))
  })
})

describe('sequential', () => {
  it('passes values and states on, up to eight layers', () => {
    const inc: Plain = Layer.lift((x) => T.add(x, 1))
    const eight = Layer.sequential(inc, inc, inc, counting, inc, inc, inc, inc)
    const [{ params, state }] = eight.init(Random.key(0))
    const given = [...params.slice(0, 3), T.scalar(10), ...params.slice(4)] as unknown as typeof params
    const [output, next] = Layer.apply(eight)(given, state, context(0))(T.of([0]))
    expect(T.toNested(output)).toEqual([34])
    expect(T.item(next[3])).toBe(1)
  })

  it('draws other parameters for each layer, the same from the same key', () => {
    const model = Layer.sequential(Layer.dense(3, 3), Layer.dense(3, 3))
    const [{ params }] = model.init(Random.key(1))
    expect(String(params[0].w)).not.toBe(String(params[1].w))
    expect(text(model.init(Random.key(1)))).toEqual(text(model.init(Random.key(1))))
    expect(text(model.init(Random.key(2)))).not.toEqual(text(model.init(Random.key(1))))
  })

  it('gives each layer a key of its own', () => {
    const twice = Layer.sequential(Layer.dropout(0.5), Layer.lift(T.neg), Layer.dropout(0.5))
    const [output] = Layer.apply(twice)([{}, {}, {}], [{}, {}, {}], context(3))(T.ones([64]))
    const kept = [...T.toArray(output)].filter((value) => value !== 0)
    // with one key for both, every survivor of the first would survive the second
    const once = [...T.toArray(Layer.apply(Layer.dropout(0.5))({}, {}, context(3))(T.ones([64]))[0])]
    expect(kept.every((value) => value === -4)).toBe(true)
    expect(kept.length).toBeLessThan(once.filter((value) => value !== 0).length)
  })

  it('keeps shapes in the types', () => {
    const model = Layer.sequential(Layer.dense(4, 8), Layer.lift(T.tanh), Layer.dense(8, 3))
    const [{ params, state }] = model.init(Random.key(0))
    const w: T.Tensor<[3, 8]> = params[2].w
    const output: T.Tensor<[number, 3]> = Layer.predict(model)(params, state)(T.ones([5, 4]))
    expect([w.shape, output.shape]).toEqual([
      [3, 8],
      [5, 3]
    ])
    // @ts-expect-error 8 outputs do not fit 9 inputs
    const wrong = () => Layer.sequential(Layer.dense(4, 8), Layer.lift(T.tanh), Layer.dense(9, 3))
    expect(wrong).not.toThrow()
  })
})

describe('named', () => {
  const model = pipe(
    Layer.sequential(Layer.dense(4, 8), Layer.lift(T.tanh), Layer.dense(8, 3)),
    Layer.named('hidden', 'activation', 'output')
  )

  it('changes how parameters are packed, and nothing else', () => {
    const plain = Layer.sequential(Layer.dense(4, 8), Layer.lift(T.tanh), Layer.dense(8, 3))
    const [{ params, state }] = model.init(Random.key(0))
    const [own] = plain.init(Random.key(0))
    const hidden: T.Tensor<[8, 4]> = params.hidden.w
    expect(String(hidden)).toBe(String(own.params[0].w))
    expect(Object.keys(params)).toEqual(['hidden', 'activation', 'output'])
    const x = T.ones([2, 4])
    expect(String(Layer.predict(model)(params, state)(x))).toBe(String(Layer.predict(plain)(own.params, own.state)(x)))
  })

  it('passes states on by name', () => {
    const both = pipe(Layer.sequential(counting, counting), Layer.named('first', 'second'))
    const [{ params, state }] = both.init(Random.key(0))
    const [, next] = Layer.apply(both)(params, state, context(0))(T.of([1]))
    expect([T.item(next.first), T.item(next.second)]).toEqual([1, 1])
  })

  it('paths read as one writes them', () => {
    const bad = (x: T.Tensor<[number, 4]>) => {
      const [{ params, state }] = model.init(Random.key(0))
      const broken = { ...params, hidden: { ...params.hidden, w: T.cast(params.hidden.w, 'int32') } }
      return grad((p: typeof params) => T.sum(Layer.predict(model)(p, state)(x)))(broken)
    }
    expect(() => bad(T.ones([1, 4]))).toThrow('grad: hidden.w is int32')
  })

  it('rejects repeated names, and names that are not identifiers', () => {
    expect(() => Layer.named('a', 'b', 'a')).toThrow('named: the name a is given twice; expected distinct names')
    expect(() => Layer.named('0')).toThrow("named: a name is '0'; expected letters, digits and _, no digit first")
  })

  it('refuses too few or too many names, at once', () => {
    const two = Layer.sequential(counting, counting)
    const one = Layer.sequential(counting)
    // @ts-expect-error one name for two layers
    expect(() => Layer.named('a')(two)).toThrow('named: 1 name for 2 layers; expected a name for each layer')
    // @ts-expect-error two names for one layer
    expect(() => Layer.named('a', 'b')(one)).toThrow('named: 2 names for 1 layer; expected a name for each layer')
    // @ts-expect-error no names
    expect(() => pipe(one, Layer.named())).toThrow('named: 0 names for 1 layer; expected a name for each layer')
    // @ts-expect-error one name for the pair of layers that compose makes
    expect(() => pipe(one, Layer.compose(one), Layer.named('a'))).toThrow('named: 1 name for 2 layers')
  })

  it('refuses a layer that is not a sequence', () => {
    // @ts-expect-error a dense layer has no list of parameters
    expect(() => Layer.named('a')(Layer.dense(2, 2))).toThrow(
      'named: the layer is not a sequence; expected one of sequential or compose'
    )
  })
})

describe('dense', () => {
  const params = {
    w: T.of([
      [1, 2, 3],
      [4, 5, 6]
    ]),
    b: T.of([10, 20])
  }

  it('computes x W^T + b on the last axis, whatever comes before', () => {
    const run = Layer.dense(3, 2)
    expect(
      T.toNested(
        Layer.predict(run)(params, {})(
          T.of([
            [1, 0, 0],
            [1, 1, 1]
          ])
        )
      )
    ).toEqual([
      [11, 24],
      [16, 35]
    ])
    const one: T.Tensor<[2]> = Layer.predict(run)(params, {})(T.of([0, 1, 0]))
    expect(T.toNested(one)).toEqual([12, 25])
    const stack: T.Tensor<[2, 1, 2]> = Layer.predict(run)(params, {})(T.ones([2, 1, 3]))
    expect(T.toNested(stack)).toEqual([[[16, 35]], [[16, 35]]])
  })

  it('has a bias by default, zero at first', () => {
    const [{ params: withBias }] = Layer.dense(3, 2).init(Random.key(0))
    expect(T.toNested(withBias.b)).toEqual([0, 0])
    const layer = Layer.dense(3, 2, { bias: false, init: Init.ones, dtype: 'float64' })
    const [{ params: without, state }] = layer.init(Random.key(0))
    expect(Object.keys(without)).toEqual(['w'])
    expect(without.w.dtype).toBe('float64')
    expect(T.toNested(Layer.predict(layer)(without, state)(T.of([[1, 2, 3]])))).toEqual([[6, 6]])
  })

  it('counts parameters as the lecture does', () => {
    const count = (tree: unknown): number => leaves(tree).reduce((total, leaf) => total + T.size(leaf), 0)
    const three = Layer.sequential(Layer.dense(3, 4), Layer.dense(4, 2))
    const four = Layer.sequential(Layer.dense(3, 4), Layer.dense(4, 4), Layer.dense(4, 2))
    expect(count(three.init(Random.key(0))[0].params)).toBe(26)
    expect(count(four.init(Random.key(0))[0].params)).toBe(46)
  })

  it('rejects sizes and inputs that do not fit', () => {
    expect(() => Layer.dense(0, 2)).toThrow('dense: the number of inputs is 0; expected an integer above 0')
    expect(() => Layer.predict(Layer.dense(3, 2))(params, {})(T.ensure(T.ones([1, 4]), [1, 3]))).toThrow(
      'ensure: shape is [1, 4]; expected [1, 3]'
    )
    expect(() => Layer.predict(Layer.dense(3, 2))(params, {})(T.ones([1, 4]) as never)).toThrow(
      'dense: the input has shape [1, 4]; expected 3 on the last axis'
    )
  })

  it('solves XOR by hand', () => {
    const xor = Layer.sequential(Layer.dense(2, 2), Layer.lift(Activation.relu), Layer.dense(2, 1, { bias: false }))
    const byHand = [{ w: T.ones([2, 2]), b: T.of([0, -1]) }, {}, { w: T.of([[1, -2]]) }] as const
    const inputs = T.of([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1]
    ])
    expect(T.toNested(Layer.predict(xor)(byHand, [{}, {}, {}])(inputs))).toEqual([[0], [1], [1], [0]])
  })
})

describe('dropout', () => {
  it('is the identity in evaluation, and at rate 0', () => {
    const x = T.of([1, 2, 3])
    expect(Layer.predict(Layer.dropout(0.5))({}, {})(x)).toBe(x)
    expect(Layer.apply(Layer.dropout(0))({}, {}, context(0))(x)[0]).toBe(x)
  })

  it('drops at its rate, scales the rest, and follows from the key', () => {
    fc.assert(
      fc.property(fc.constantFrom(0.1, 0.25, 0.5, 0.8), fc.nat(), (rate, seed) => {
        const run = Layer.apply(Layer.dropout(rate))({}, {}, context(seed))
        const values = [...T.toArray(run(T.ones([4000]))[0])]
        expect([...new Set(values)].sort((a, b) => a - b)).toEqual([0, Math.fround(1 / (1 - rate))])
        const kept = values.filter((value) => value !== 0).length / 4000
        // five standard deviations
        expect(Math.abs(kept - (1 - rate))).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / 4000))
        expect([...T.toArray(run(T.ones([4000]))[0])]).toEqual(values)
      }),
      { numRuns: 20 }
    )
  })

  it('keeps the element type, and differentiates by its mask', () => {
    const run = Layer.apply(Layer.dropout(0.5))({}, {}, context(5))
    const x = T.ones([64], 'float64')
    expect(run(x)[0].dtype).toBe('float64')
    const gradient = grad((y: T.Tensor<[64]>) => T.sum(run(y)[0]))(x)
    expect([...T.toArray(gradient)]).toEqual([...T.toArray(run(x)[0])])
  })

  it('rejects rates out of range', () => {
    expect(() => Layer.dropout(1)).toThrow('dropout: the rate is 1; expected a number from 0 to 1 (exclusive)')
    expect(() => Layer.dropout(-0.1)).toThrow('dropout: the rate is -0.1; expected a number from 0 to 1 (exclusive)')
  })
})

describe('values that are not layers, options or keys', () => {
  const plain = Layer as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const lift = ', make one with Layer.lift'

  it.each([
    [['sequential', Layer.dense(2, 2), 3], 'sequential: layer 2 is 3; expected a layer or a function'],
    [
      ['sequential', [Layer.dense(2, 2)]],
      'sequential: layer 1 is [{ init: a function, apply: a function }]; expected a layer or a function, spread the list: sequential(...layers)'
    ],
    [['predict', T.tanh], `predict: the layer is a function; expected a layer${lift}`],
    [['sequential', undefined], 'sequential: layer 1 is undefined; expected a layer or a function'],
    [['dense', '2', 1], "dense: the number of inputs is '2'; expected an integer above 0"],
    [['dense', 4, 8, 'relu'], "dense: options are 'relu'; expected an object with bias, init or dtype"],
    [['dense', 4, 8, { activation: 'relu' }], 'dense: unknown option activation; expected bias, init or dtype'],
    [['dense', 4, 8, { bias: 0 }], 'dense: bias is 0; expected true or false'],
    [['dense', 4, 8, { dtype: 'int32' }], "dense: dtype is 'int32'; expected 'float32' or 'float64'"]
  ] as const)('%#', ([name, ...args], sentence) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  it('a copy of a tensor is rejected as input and as a parameter', () => {
    const dense: (params: unknown) => (x: unknown) => unknown = (params) =>
      Layer.predict(Layer.dense(2, 1))(params as never, {}) as never
    const [{ params }] = Layer.dense(2, 1).init(Random.key(0))
    const copy: unknown = structuredClone(T.ones([3, 2]))
    const restore = 'restore it with T.fromTypedArray or T.fromJSON'
    expect(() => dense(params)(copy)).toThrow(
      'dense: the input is a copy of a tensor of shape [3, 2]; expected a tensor; restore it'
    )
    expect(() => dense({ ...params, w: structuredClone(params.w) })(T.ones([3, 2]))).toThrow(restore)
    expect(() => dense({ ...params, b: structuredClone(params.b) })(T.ones([3, 2]))).toThrow(restore)
  })

  it('a layer is initialised by a key', () => {
    const layers: readonly { readonly init: unknown }[] = [
      Layer.dense(2, 2),
      Layer.lift(T.tanh),
      Layer.sequential(Layer.lift(T.tanh))
    ]
    for (const { init } of layers) {
      expect(() => (init as (key: unknown) => unknown)(0)).toThrow(
        'init: the key is 0; expected one from Random.key or Random.split'
      )
    }
  })
})
