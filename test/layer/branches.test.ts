// Layers beside one another against the formula, and what they share with sequences: names, keys, states.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

/** Adds the number of its applications so far. */
const counting = Layer.stateful(
  Random.of({ params: {}, state: T.scalar(0) }),
  (_params: {}, count) => (x: T.Tensor<[number, 4]>) => [T.add(x, count), T.add(count, 1)]
)
const x: T.Tensor<[number, 4]> = Random.normal(Random.key(9), [3, 4])
const train = (seed: number): Layer.Context => ({ mode: 'train', key: Random.key(seed) })

describe('residual', () => {
  const inner = Layer.sequential(Layer.dense(4, 4), T.tanh, Layer.dropout(0.5), counting)
  const block = Layer.residual(inner)
  const [{ params, state }] = block.init(Random.key(0))

  test('is x + f(x), with the parameters, draws and states of f', () => {
    expect(bits(params)).toEqual(bits(inner.init(Random.key(0))[0].params))
    const [output, next] = Layer.apply(block)(params, state, train(1))(x)
    const [added, after] = Layer.apply(inner)(params, state, train(1))(x)
    expect(bits([output, next])).toEqual(bits([T.add(x, added), after]))
    expect(T.item(next[3])).toBe(1)
  })

  test('its gradient', () => {
    const small = Layer.residual(Layer.sequential(Layer.dense(2, 2), T.tanh))
    const weights = fc.record({ w: A.tensor({ shape: [2, 2] }), b: A.tensor({ shape: [2] }) })
    const f = (p: Layer.DenseParams<2, 2>, v: T.Tensor<[number, 2]>) => Layer.predict(small)([p, {}], [{}, {}])(v)
    fc.assert(Law.gradientWith({ name: 'residual' })(f, weights, A.tensor({ shape: [3, 2] })), { numRuns: 8 })
  })

  test('with stochastic depth at rate near 1 only the input is left', () => {
    const deep = Layer.residual(Layer.sequential(Layer.dense(4, 4), Layer.stochasticDepth(0.999999)))
    const [drawn] = deep.init(Random.key(0))
    expect(bits(Layer.apply(deep)(drawn.params, drawn.state, train(2))(x)[0])).toEqual(bits(x))
  })
})

describe('denseConnect', () => {
  const inner = Layer.sequential(Layer.dense(4, 3), T.tanh, Layer.dropout(0.5))
  const block = Layer.denseConnect(inner)
  const [{ params, state }] = block.init(Random.key(0))

  test('is [x, f(x)], with the parameters and draws of f', () => {
    expect(bits(params)).toEqual(bits(inner.init(Random.key(0))[0].params))
    const [output] = Layer.apply(block)(params, state, train(1))(x)
    expect(bits(T.slice(output, [null, [0, 4]]))).toEqual(bits(x))
    expect(bits(T.slice(output, [null, [4, 7]]))).toEqual(bits(Layer.apply(inner)(params, state, train(1))(x)[0]))
  })

  test('joins channels, the first or the last', () => {
    const images: T.Tensor<[2, 3, 4, 4]> = T.ones([2, 3, 4, 4])
    const grow = Layer.conv2d(3, 2, { window: 3, padding: 1 })
    expect(
      Layer.summary(Layer.denseConnect(Layer.sequential(Layer.batchNorm(3), grow)), images.shape)[0]?.shapes
    ).toEqual([[2, 5, 4, 4]])
    const last = Layer.denseConnect(Layer.conv2d(4, 2, { window: 1, dataFormat: 'NHWC' }), { axis: -1 })
    expect(Layer.summary(last, images.shape)[0]?.shapes).toEqual([[2, 3, 4, 6]])
  })

  test('its gradient', () => {
    const small = Layer.denseConnect(Layer.sequential(Layer.dense(2, 3), T.tanh))
    const weights = fc.record({ w: A.tensor({ shape: [3, 2] }), b: A.tensor({ shape: [3] }) })
    const f = (p: Layer.DenseParams<2, 3>, v: T.Tensor<[number, 2]>) => Layer.predict(small)([p, {}], [{}, {}])(v)
    fc.assert(Law.gradientWith({ name: 'denseConnect' })(f, weights, A.tensor({ shape: [3, 2] })), { numRuns: 3 })
  })

  test('bad input', () => {
    const halved = Layer.denseConnect(Layer.avgPool1d({ window: 2 }))
    expect(() => Layer.predict(halved)({}, {})(T.ones([1, 3, 4]))).toThrow(
      'denseConnect: the layer gives shape [1, 3, 2] for an input of shape [1, 3, 4]; expected equal sizes on all axes but 1'
    )
    expect(() => Layer.predict(Layer.denseConnect(T.neg))({}, {})(T.ones([3]))).toThrow('denseConnect: axis is 1')
    expect(() => Layer.denseConnect(5 as never)).toThrow('denseConnect: layer 1 is 5; expected a layer or a function')
  })
})

describe('when', () => {
  test('is the layer in its mode, and the identity in the other, where the state stays', () => {
    const layer = Layer.when('train', counting)
    const [output, next] = Layer.apply(layer)({}, T.scalar(5), { mode: 'train' })(x)
    expect(bits([output, next])).toEqual(bits([T.add(x, 5), T.scalar(6)]))
    const [same, kept] = Layer.apply(layer)({}, T.scalar(5), { mode: 'eval' })(x)
    expect(same).toBe(x)
    expect(T.item(kept)).toBe(5)
    expect(Layer.predict(Layer.when('eval', T.neg))({}, {})(T.scalar(1))).toEqual(T.scalar(-1))
  })

  test('noise in training only, even with a key in evaluation', () => {
    const noise = Layer.when('train', Layer.dropout(0.5))
    expect(Layer.predict(noise)({}, {}, { mode: 'eval', key: Random.key(0) })(x)).toBe(x)
    expect(bits(Layer.apply(noise)({}, {}, train(0))(x)[0])).toEqual(
      bits(Layer.apply(Layer.dropout(0.5))({}, {}, train(0))(x)[0])
    )
  })

  test('draws its parameters whatever the mode, and has gradients of 0 in the other', () => {
    const layer = Layer.when('train', Layer.dense(4, 4))
    const [{ params }] = layer.init(Random.key(0))
    const inMode = (mode: Layer.Mode) =>
      grad((p: typeof params) => T.sum(Layer.apply(layer)(p, {}, { mode })(x)[0]))(params)
    expect(T.item(T.sum(T.abs(inMode('eval').w)))).toBe(0)
    expect(T.toNested(inMode('train').b)).toEqual([3, 3, 3, 3])
  })
})

describe('branch', () => {
  const model = Layer.branch(
    Layer.dense(4, 3),
    T.tanh,
    Layer.sequential(Layer.dense(4, 2), Layer.dropout(0.5)),
    counting
  )
  const [{ params, state }] = model.init(Random.key(0))

  test('gives the input to each, and a tuple of outputs and states', () => {
    const [outputs, next] = Layer.apply(model)(params, state, { mode: 'eval' })(x)
    const [first, , third] = params
    expect(bits(outputs)).toEqual(
      bits([
        T.add(T.matmul(x, T.transpose(first.w)), first.b),
        T.tanh(x),
        T.add(T.matmul(x, T.transpose(third[0].w)), third[0].b),
        x
      ])
    )
    expect(T.item(next[3])).toBe(1)
  })

  test('draws as a sequence of the same layers does, and by other keys in each', () => {
    const rows = Layer.sequential(Layer.dense(4, 4), Layer.dense(4, 2))
    const beside = Layer.branch(Layer.dense(4, 4), Layer.dense(4, 2))
    expect(bits(beside.init(Random.key(3))[0])).toEqual(bits(rows.init(Random.key(3))[0]))
    const twice = Layer.branch(Layer.dropout(0.5), Layer.dropout(0.5))
    const [[a, b]] = Layer.apply(twice)([{}, {}], [{}, {}], train(0))(T.ones([64]))
    expect(bits(a)).not.toEqual(bits(b))
  })

  test('its gradient', () => {
    const small = Layer.branch(Layer.dense(2, 3), T.tanh)
    const weights = fc.record({ w: A.tensor({ shape: [3, 2] }), b: A.tensor({ shape: [3] }) })
    const f = (p: Layer.DenseParams<2, 3>, v: T.Tensor<[number, 2]>) => Layer.predict(small)([p, {}], [{}, {}])(v)
    fc.assert(Law.gradientWith({ name: 'branch' })(f, weights, A.tensor({ shape: [3, 2] })), { numRuns: 8 })
  })

  test('errors, summaries and checks have paths', () => {
    const width: number = 5
    const wrong = Layer.sequential(Layer.dense(4, 4), Layer.branch(Layer.dense(4, 3), Layer.dense(width, 2)))
    const found = Layer.check(wrong, [7, 4])
    expect(E.isLeft(found) && found.left).toEqual([
      { path: '[1][1]', message: 'dense: the input has shape [7, 4]; expected 5 on the last axis' }
    ])
    expect(
      Layer.summary(Layer.branch(Layer.dense(4, 3), T.tanh), [7, 4]).map(({ path, shapes }) => [path, shapes])
    ).toEqual([
      [
        '',
        [
          [7, 3],
          [7, 4]
        ]
      ],
      ['[0]', [[7, 3]]],
      ['[1]', [[7, 4]]]
    ])
  })
})

describe('parallel', () => {
  const model = Layer.parallel(Layer.dense(4, 3), Layer.dropout(0.5), counting)
  const [{ params, state }] = model.init(Random.key(0))

  test('gives each its own input', () => {
    const y = T.of([1, 2])
    const [outputs, next] = Layer.apply(model)(params, state, { mode: 'eval' })([x, y, x])
    expect(bits(outputs)).toEqual(bits([Layer.predict(Layer.dense(4, 3))(params[0], {})(x), y, x]))
    expect(T.item(next[2])).toBe(1)
  })

  test('after a branch it is the sequences side by side', () => {
    const [f, g, h] = [Layer.dense(4, 4), Layer.lift(T.sin), Layer.dense(4, 2)] as const
    const both = Layer.sequential(Layer.branch(f, g), Layer.parallel(g, h))
    const [drawn] = both.init(Random.key(2))
    const [[p], [, q]] = drawn.params
    const wanted = [T.sin(Layer.predict(f)(p, {})(x)), Layer.predict(h)(q, {})(T.sin(x))]
    expect(bits(Layer.predict(both)(drawn.params, drawn.state)(x))).toEqual(bits(wanted))
  })

  test('its gradient', () => {
    const small = Layer.parallel(Layer.dense(2, 3), T.tanh)
    const weights = fc.record({ w: A.tensor({ shape: [3, 2] }), b: A.tensor({ shape: [3] }) })
    const f = (p: Layer.DenseParams<2, 3>, v: T.Tensor<[number, 2]>) => Layer.predict(small)([p, {}], [{}, {}])([v, v])
    fc.assert(Law.gradientWith({ name: 'parallel' })(f, weights, A.tensor({ shape: [3, 2] })), { numRuns: 8 })
  })
})

describe('bad input', () => {
  const plain = Layer as unknown as Record<
    string,
    (...args: readonly unknown[]) => Layer.Layer<(x: unknown) => unknown>
  >
  const two = [{}, {}]
  const given = (layer: unknown, input: unknown) => () =>
    Layer.predict(layer as Layer.Layer<(x: unknown) => unknown, unknown, unknown>)(two, two)(input)
  const alone = (layer: unknown, input: unknown) => () =>
    Layer.predict(layer as Layer.Layer<(x: unknown) => unknown>)({}, {})(input)
  test.each([
    ['residual: layer 1 is 3; expected a layer or a function', () => plain['residual']?.(3)],
    [
      'residual: the layer gives shape [] for an input of shape [2]; expected the same shape',
      alone(
        plain['residual']?.((v: T.Tensor) => T.sum(v)),
        T.of([1, 2])
      )
    ],
    [
      'residual: the output is undefined; expected a tensor, make one with T.of or T.scalar',
      alone(
        plain['residual']?.(() => undefined),
        T.of([1, 2])
      )
    ],
    [
      'residual: the input is [1]; expected a tensor, make one with T.of or T.scalar',
      alone(Layer.residual(T.tanh), [1])
    ],
    ["when: mode is 'test'; expected 'train' or 'eval'", () => plain['when']?.('test', T.tanh)],
    ['when: layer 1 is undefined; expected a layer or a function', () => plain['when']?.('train')],
    ['branch: layer 2 is 3; expected a layer or a function', () => plain['branch']?.(T.tanh, 3)],
    [
      'parallel: the input is an array of 1; expected an array of 2, one for each layer',
      given(Layer.parallel(T.tanh, T.tanh), [x])
    ],
    [
      'parallel: the input is a tensor of shape [3, 4]; expected an array of 2, one for each layer',
      given(Layer.parallel(T.tanh, T.tanh), x)
    ]
  ])('%s', (sentence, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ message: sentence }))
  })
})
