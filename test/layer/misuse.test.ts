/** Layers that are put together, applied or trained in a wrong way: each is refused in a sentence, and what is right is not. */
import { describe, expect, it, test } from 'vitest'
import { cond, scan } from 'pullback/Control'
import { checkpoint, grad, jvp } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { vmap } from 'pullback/Vmap'

type Vector = T.Tensor<[4]>
const key = Random.key(0)

describe('a part inside a transformation', () => {
  const summing = Layer.stateful(Random.of({ params: {}, state: T.scalar(0) }), (_params: {}, sum) => (x: Vector) => [
    T.mul(x, 2),
    T.add(sum, T.sum(x))
  ])
  const uses: readonly (readonly [string, (part: (x: Vector) => Vector) => (x: Vector) => unknown])[] = [
    ['grad', (part) => grad((x: Vector) => T.sum(part(x)))],
    ['jvp', (part) => (x) => jvp(part)([x], [x])],
    ['vmap', (part) => (x) => vmap(part)(T.stack([x, x]))],
    ['checkpoint', (part) => checkpoint(part)]
  ]
  const using = (
    use: (part: (x: Vector) => Vector) => (x: Vector) => unknown,
    part: Layer.Layer<(x: Vector) => Vector, {}, T.Tensor<[]>>
  ) => Layer.make({ inner: Layer.make({ part }, ({ part: f }) => f) }, ({ inner }) => use(inner))

  test.each(uses)('%s: a state that depends on its values is refused, not left inside', (name, use) => {
    const layer = using(use, summing)
    const state = { inner: { part: T.scalar(0) } }
    expect(() => Layer.apply(layer)({ inner: { part: {} } }, state, { mode: 'train' })(T.ones([4]))).toThrow(
      `make: the part inner changes its state inside ${name}, which cannot pass it on; expected Layer.apply there`
    )
  })

  const parts: readonly (readonly [
    string,
    Layer.Layer<(x: T.Tensor<[2, 4]>) => T.Tensor<[2, 4]>, unknown, unknown>
  ])[] = [
    ['sequential', Layer.sequential(Layer.dense(4, 4), T.tanh)],
    ['named', Layer.named('a', 'b')(Layer.sequential(Layer.dense(4, 4), T.tanh))],
    ['make', Layer.make({ f: Layer.sequential(Layer.dense(4, 4), Layer.batchNorm(4)) }, ({ f }) => f)],
    ['repeat', Layer.repeat(2, Layer.sequential(Layer.dense(4, 4), T.tanh))],
    [
      'branch',
      Layer.sequential(
        Layer.branch(Layer.dense(4, 4), T.tanh),
        ([a, b]: readonly [T.Tensor<[number, 4]>, T.Tensor<[number, 4]>]) => T.add(a, b)
      )
    ]
  ].map(([name, layer]) => [name, layer] as never)

  test.each(parts)('%s, which keeps its state, is called in loops and branches', (_, part) => {
    const [{ params, state }] = part.init(key)
    const x: T.Tensor<[2, 4]> = T.ones([2, 4])
    const once = Layer.predict(part)(params, state)
    const loop = Layer.make(
      { part },
      ({ part: f }) =>
        (y: T.Tensor<[2, 4]>) =>
          scan((c: T.Tensor<[2, 4]>) => [f(c), undefined], { length: 2 })(y)[0]
    )
    const choice = Layer.make(
      { part },
      ({ part: f }) =>
        (y: T.Tensor<[2, 4]>) =>
          cond(T.scalar(true), f, (z: T.Tensor<[2, 4]>) => z)(y)
    )
    expect(T.toNested(Layer.predict(loop)({ part: params }, { part: state })(x))).toEqual(T.toNested(once(once(x))))
    expect(T.toNested(Layer.predict(choice)({ part: params }, { part: state })(x))).toEqual(T.toNested(once(x)))
  })
})

describe('constructors refuse', () => {
  const dense = Layer.dense(2, 2)
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ['make: the record of parts is null; expected an object', () => Layer.make(null as never, () => T.tanh)],
    ['make: the record of parts is a function', () => Layer.make((() => T.tanh) as never, { dense } as never)],
    ['make: the body is undefined; expected a function', () => Layer.make({ dense }, undefined as never)],
    [
      'make: the part f is a function that does not draw',
      () => Layer.make({ f: T.tanh as never }, () => T.tanh).init(key)
    ],
    ['stateless: init is { w: 1 }; expected a function', () => Layer.stateless({ w: 1 } as never, () => T.tanh)],
    ['stateless: apply is undefined', () => Layer.stateless(Random.of({}), undefined as never)],
    ['stateful: init is 3', () => Layer.stateful(3 as never, () => () => [T.scalar(0), {}])],
    ['stateful: apply is 3', () => Layer.stateful(Random.of({ params: {}, state: {} }), 3 as never)],
    ['lift: f is { init: a function, apply: a function }', () => Layer.lift(dense as never)],
    ['reparametrize: draw is 3', () => Layer.reparametrize(3 as never, (p: {}) => p)(Layer.identity() as never)],
    ['reparametrize: from is 3', () => Layer.reparametrize(Random.of, 3 as never)(Layer.identity() as never)],
    ['parameterCount: the layer is a function', () => Layer.parameterCount(T.tanh as never)],
    ['Train.init: the layer is { slots', () => Train.init(Optimizer.sgd(1) as never, dense as never)],
    ['Train.init: the optimizer is undefined', () => Train.init(dense, undefined as never)],
    ['Train.init: the key is 0', () => Train.init(dense, Optimizer.sgd(1))(0 as never)],
    ['Train.step: the optimizer is a function', () => Train.step(() => [T.scalar(0), {}], Optimizer.sgd as never)],
    ['Train.update: the optimizer is undefined', () => Train.update(() => [T.scalar(0), {}], undefined as never)],
    ['partition: an optimizer is named frozen', () => Optimizer.partition({ frozen: Optimizer.sgd(1) }, () => 'frozen')]
  ]
  test.each(wrong)('%s', (sentence, make) => {
    expect(make).toThrow(sentence)
  })
})

describe('application refuses', () => {
  const x = T.ones([2])
  const run = (layer: Layer.AnyLayer, params: unknown, state: unknown) => () =>
    Layer.apply(layer as Layer.Layer<(x: T.Tensor) => T.Tensor, unknown, unknown>)(params, state, { mode: 'train' })(x)

  it('a function that returns something else', () => {
    const body = Layer.make({ f: Layer.identity() }, (() => x) as never)
    expect(run(body, { f: {} }, { f: {} })).toThrow(
      'make: what the body returns is a tensor of shape [2]; expected a function'
    )
    expect(run(body, { f: {} }, undefined)).toThrow('make: the state is undefined; expected an object with f')
    const own = Layer.stateless(Random.of({}), (() => x) as never)
    expect(run(own, {}, {})).toThrow('stateless: what apply returns is a tensor of shape [2]; expected a function')
    const alone = Layer.stateful(Random.of({ params: {}, state: {} }), (() => () => x) as never)
    expect(run(Layer.sequential(alone), [{}], [{}])).toThrow(
      'layer [0]: stateful: the result is a tensor of shape [2]; expected [output, next state]'
    )
    const drawn = Layer.stateful(Random.of(x) as never, () => (y: T.Tensor) => [y, {}])
    expect(() => drawn.init(key)).toThrow(
      'stateful: what init draws is a tensor of shape [2]; expected { params, state }'
    )
  })

  it('a context with an unknown entry, or copied without its key', () => {
    const drop = Layer.dropout(0.5)
    expect(() => Layer.predict(drop)({}, {}, { mode: 'eval', kye: key } as never)).toThrow(
      'predict: unknown entry kye of the context; expected mode or key'
    )
    const copying = (own: object) =>
      Layer.sequential(
        Layer.stateless(
          Random.of({}),
          (_: {}, context) => (y: T.Tensor<[64]>) => Layer.predict(drop)({}, {}, { ...context, ...own })(y)
        )
      )
    const draws = (own: object, given: object) =>
      T.toNested(Layer.predict(copying(own))([{}], [{}], { mode: 'eval', ...given })(T.ones([64])))
    expect(() => draws({}, { key })).toThrow('predict: the context is a copy of that of a part, without its key')
    expect(draws({ key }, { key })).toContain(0)
    expect(draws({ key: undefined }, { key })).not.toContain(0)
  })
})

describe('training refuses', () => {
  const layer = Layer.dense(2, 3)
  const optimizer = Optimizer.sgd(0.1)
  const step = Train.step(Train.objective(layer, Loss.crossEntropy), optimizer)
  const start = Train.init(layer, optimizer)(key)
  const batch = { features: T.ones([1, 2]), labels: T.of([1], 'int32') }

  it('the batch before the state, and a state without an entry', () => {
    const sentence = (name: string): string => `Train: the state is without ${name}; expected that of Train.init`
    expect(() => step(batch as never, start as never)).toThrow(sentence('params'))
    expect(() => step(undefined as never, batch)).toThrow(sentence('params'))
    const { key: _, ...rest } = start
    expect(() => step(rest as never, batch)).toThrow(sentence('key'))
  })

  it('labels that are undefined', () => {
    expect(() => step(start, { ...batch, labels: undefined as never })).toThrow(
      'Train.objective: the batch is without labels'
    )
  })

  it('an objective that returns a loss alone', () => {
    for (const returned of [T.scalar(0), [T.scalar(0)]]) {
      const alone = Train.step((() => returned) as never, optimizer)
      expect(() => alone(start, batch as never)).toThrow('expected [loss, layerState] or [loss, layerState, metrics]')
    }
  })
})

test('summary counts the operations of one application: none of init, and each call by itself', () => {
  const twice = Layer.make(
    { dense: Layer.dense(2, 2) },
    ({ dense }) =>
      (x: T.Tensor<[number, 2]>) =>
        T.add(dense(x), T.sum(dense(T.concat([x, x], { axis: 0 }))))
  )
  expect(Layer.summary(Layer.dense(2, 2), [1, 2])[0]?.operations).toBe(10)
  expect(Layer.summary(twice, [1, 2]).map(({ path, operations }) => [path, operations])).toEqual([
    ['', 10 + 20 + 4 + 2],
    ['dense', 10],
    ['dense', 20]
  ])
})
