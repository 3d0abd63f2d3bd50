/** Layers that are put together, applied or trained in a wrong way: each is refused in a sentence, and what is right is not. */
import { describe, expect, it, test } from 'vitest'
import { cond, scan } from 'pullback/Control'
import { checkpoint, grad, jvp } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
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
  const plain = (given: Layer.AnyLayer): ((...inputs: readonly unknown[]) => unknown) => {
    const layer = given as Layer.Layer<unknown, unknown, unknown>
    const [{ params, state }] = layer.init(key)
    return Layer.predict(layer)(params, state) as never
  }
  const same = (params: Layer.DenseParams<2, 2>) => Random.of(params)
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ['make: the record of parts is null; expected an object', () => Layer.make(null as never, () => T.tanh)],
    ['make: the record of parts is a function', () => Layer.make((() => T.tanh) as never, { dense } as never)],
    ['make: the body is undefined; expected a function', () => Layer.make({ dense }, undefined as never)],
    [
      'make: the part f is a function that does not draw',
      () => Layer.make({ f: T.tanh as never }, () => T.tanh).init(key)
    ],
    ['make: the record of parts is { init: a function', () => Layer.make(dense as never, () => T.tanh)],
    ['named: a name is undefined; expected letters', () => Layer.named('a', undefined as never)],
    ['sequential: 0 inputs; expected 1', () => plain(Layer.sequential())()],
    ['sequential: 2 inputs; expected 1', () => plain(Layer.sequential())(T.ones([2]), T.ones([2]))],
    [
      'reparametrize: what draw returns is {',
      () => Layer.reparametrize(((p: unknown) => p) as never, (p: {}) => p)(dense as never).init(key)
    ],
    [
      'reparametrize: the parameters are 3; expected an object with w, b',
      () => plain(Layer.reparametrize(same, () => 3 as never)(dense))(T.ones([2]))
    ],
    [
      'reparametrize: the parameter w has shape [1, 2]; expected [2, 2]',
      () =>
        plain(
          Layer.reparametrize(same, (({ b }: Layer.DenseParams<2, 2>) => ({ w: T.ones([1, 2]), b })) as never)(dense)
        )(T.ones([2]))
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

describe('shapes of states', () => {
  const model = Layer.sequential(Layer.batchNorm(2), Layer.repeat(3, Layer.batchNorm(2)), Layer.dropout(0.5))
  const [{ params, state }] = model.init(key)
  const x = T.ones([5, 2])

  test('of the layers of the library are those that are drawn, before anything is computed', () => {
    const wide = { mean: T.zeros([1]), variance: T.ones([1]) }
    const run = (given: unknown) => () => Layer.predict(model)(params, given as typeof state)(x)
    expect(run([wide, state[1], {}])).toThrow('predict: the state [0].mean has shape [1]; expected [2]')
    expect(run([state[0], state[0], {}])).toThrow('predict: the state [1].mean has shape [2]; expected [3, 2]')
    const normed = Layer.spectralNorm(Layer.dense(2, 3))
    const drawn = normed.init(key)[0]
    expect(() => Layer.predict(normed)(drawn.params, { u: T.ones([2]) as never, layer: {} })(x)).toThrow(
      'predict: the state u has shape [2]; expected [3]'
    )
    run(state)()
  })

  test('of `stateful` may change, but inside repeat', () => {
    const memory = Layer.stateful(
      Random.of({ params: {}, state: { rows: T.zeros([0, 2]) } }),
      (_params: {}, { rows }: { readonly rows: T.Tensor<[number, 2]> }) =>
        (y: T.Tensor<[number, 2]>) => {
          const all = T.concat([rows, y], { axis: 0 })
          return [T.mean(all, { axis: 0 }), { rows: all }]
        }
    )
    const both = Layer.make(
      { memory, norm: Layer.batchNorm(2) },
      (parts) => (y: T.Tensor<[number, 2]>) => parts.norm(T.add(parts.memory(y), y))
    )
    const [first] = both.init(key)
    const run = Layer.apply(both)
    const [, once] = run(first.params, first.state, { mode: 'train' })(x)
    const [, twice] = run(first.params, once, { mode: 'train' })(x)
    expect(twice.memory.rows.shape).toEqual([10, 2])
    const wrong = { memory: { rows: [] as never }, norm: once.norm }
    expect(() => run(first.params, wrong, { mode: 'train' })).toThrow('the state memory.rows is []; expected a tensor')
    const narrow = { ...once, norm: { mean: T.ones([3]) as never, variance: T.ones([2]) } }
    expect(() => run(first.params, narrow, { mode: 'train' })).toThrow(
      'apply: the state norm.mean has shape [3]; expected [2]'
    )
    const repeated = Layer.repeat(
      2,
      Layer.stateful(Random.of({ params: {}, state: T.zeros([2]) }), () => (y: T.Tensor<[2]>) => [y, y])
    )
    expect(() => Layer.predict(repeated)({}, T.zeros([2, 3]) as never)).toThrow(
      'predict: the state has shape [2, 3]; expected [2, 2]'
    )
  })
})

describe('inputs that a layer does not take', () => {
  const x = T.ones([1, 2, 4, 4])
  const images: readonly (readonly [string, Layer.AnyLayer])[] = [
    ['identity', Layer.identity()],
    ['flatten', Layer.flatten()],
    ['reshape', Layer.reshape([-1])],
    ['permute', Layer.permute([0, 1, 3, 2])],
    ['dense', Layer.dense(4, 2)],
    ['maxout', Layer.maxout(4, 2, 2)],
    ['prelu', Layer.prelu()],
    ['conv2d', Layer.conv2d(2, 2, { window: 3 })],
    ['convTranspose2d', Layer.convTranspose2d(2, 2, { window: 3 })],
    ['depthwiseConv2d', Layer.depthwiseConv2d(2, { window: 3 })],
    ['maxPool2d', Layer.maxPool2d({ window: 2 })],
    ['lpPool2d', Layer.lpPool2d({ window: 2, p: 2 })],
    ['adaptiveAvgPool2d', Layer.adaptiveAvgPool2d(2)],
    ['globalAvgPool', Layer.globalAvgPool()],
    ['fractionalMaxPool2d', Layer.fractionalMaxPool2d({ window: 2, outputSize: 2 })],
    ['batchNorm', Layer.batchNorm(2)],
    ['layerNorm', Layer.layerNorm(4)],
    ['instanceNorm', Layer.instanceNorm(2)],
    ['localResponseNorm', Layer.localResponseNorm({ size: 1 })],
    ['l2Normalize', Layer.l2Normalize()],
    ['dense', Layer.weightNorm(Layer.dense(4, 2))],
    ['dense', Layer.spectralNorm(Layer.dense(4, 2))],
    ['dropout', Layer.dropout(0.5)],
    ['dense', Layer.dropConnect(Layer.dense(4, 2), 0.5)],
    ['rrelu', Layer.rrelu()],
    ['residual', Layer.residual(T.relu)],
    ['when', Layer.when('train', T.relu)],
    ['branch', Layer.branch(T.relu, T.tanh)],
    ['parallel', Layer.parallel(T.relu)],
    ['dense', Model.mlp([4, 2])],
    ['dense', Model.mlp([4, 3, 2])],
    ['lenet5', Model.lenet5()],
    ['separableConv2d', Layer.separableConv2d(2, 2, { window: 3 })]
  ]
  const apply = (layer: Layer.AnyLayer, inputs: readonly T.Tensor[]) => () => {
    const [{ params, state }] = layer.init(key)
    const run = layer.apply as (
      p: unknown,
      s: unknown,
      context: Layer.Context
    ) => (...xs: readonly T.Tensor[]) => unknown
    run(params, state, { mode: 'eval' })(...inputs)
  }

  test.each(images)('%s: two', (name, layer) => {
    expect(apply(layer, [x, x])).toThrow(`${name}: 2 inputs; expected 1`)
  })

  test('of two, none, and of a part', () => {
    expect(apply(Layer.dense(4, 2), [])).toThrow('dense: 0 inputs; expected 1')
    expect(apply(Layer.maxUnpool2d({ window: 2 }), [x])).toThrow('maxUnpool2d: 1 input; expected 2')
    expect(apply(Layer.bilinear(4, 4, 1), [x, x, x])).toThrow('bilinear: 3 inputs; expected 2')
    const two = Layer.make({ inner: Layer.sequential(Layer.dense(4, 4)) }, ({ inner }) => (y: T.Tensor) => {
      const wrong: (...xs: readonly never[]) => unknown = inner
      return wrong(y as never, y as never)
    })
    expect(apply(two, [x])).toThrow('layer inner[0]: dense: 2 inputs; expected 1')
    // plain functions take what they take
    apply(Layer.lift(T.add), [x, x])()
    apply(
      Layer.sequential((a: T.Tensor, b: T.Tensor): T.Tensor => T.add(a, b), T.relu),
      [x, x]
    )()
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

describe('an initialiser that draws something else', () => {
  type Made = (init: never) => Layer.Layer<never, unknown, unknown>
  const makers: readonly (readonly [operation: string, shape: string, make: Made])[] = [
    ['dense', '[3, 2]', (init) => Layer.dense(2, 3, { init }) as never],
    ['bilinear', '[4, 2, 3]', (init) => Layer.bilinear(2, 3, 4, { init }) as never],
    ['maxout', '[6, 2]', (init) => Layer.maxout(2, 3, 2, { init }) as never],
    ['prelu', '[3]', (init) => Layer.prelu(3, { init }) as never],
    ['conv2d', '[4, 3, 2, 2]', (init) => Layer.conv2d(3, 4, { window: 2, init }) as never],
    ['embedding', '[5, 2]', (init) => Layer.embedding(5, 2, { init }) as never],
    ['learnedPositions', '[5, 2]', (init) => Layer.learnedPositions(5, 2, { init }) as never],
    ['gru', '[3, 2]', (init) => Layer.gru(2, 3, { init }) as never],
    ['lstmCell', '[3, 3]', (hiddenInit) => Layer.lstmCell(2, 3, { hiddenInit }) as never]
  ]
  const draw = (make: Made, init: unknown) => (): unknown => make(init as never).init(key)

  it.each(makers)('%s', (operation, shape, make) => {
    expect(draw(make, () => 3)).toThrow(`${operation}: what init returns is 3; expected a function`)
    expect(draw(make, () => () => undefined)).toThrow(`${operation}: what init draws is undefined; expected a tensor`)
    expect(draw(make, (_: unknown, dtype: T.Tensor['dtype']) => Random.of(T.zeros([9], dtype)))).toThrow(
      `${operation}: init draws a tensor of shape [9]; expected ${shape}, which it is given`
    )
    expect(draw(make, (sizes: readonly number[]) => Random.of(T.zeros(sizes, 'int32')))).toThrow(
      `${operation}: init draws a tensor of int32; expected float32, which it is given`
    )
  })
})

test('inputs beyond the last that a layer takes are refused', () => {
  const x = T.ones([1, 2, 4])
  const last = [x, x, x, {}, x] as const
  const over = (layer: unknown, n: number): unknown => {
    const own = layer as Layer.Layer<(...inputs: readonly unknown[]) => unknown, unknown, unknown>
    const [{ params, state }] = own.init(key)
    return Layer.predict(own)(params, state)(...last.slice(0, n - 1), {}, {})
  }
  expect(() => over(Layer.multiHeadAttention(4, 2), 4)).toThrow('multiHeadAttention: 5 inputs; expected 1 to 4')
  expect(() => over(Layer.encoderBlock(4, 2), 2)).toThrow('encoderBlock: 3 inputs; expected 1 to 2')
  expect(() => over(Layer.decoderBlock(4, 2), 3)).toThrow('decoderBlock: 4 inputs; expected 2 to 3')
  expect(() => over(Layer.lstm(4, 2), 2)).toThrow('lstm: 3 inputs; expected 1 to 2')
  const gpt = Model.gpt({ vocabulary: 7, width: 4, heads: 1, layers: 1, context: 5 })
  expect(() => over(gpt, 2)).toThrow('gpt: 3 inputs; expected 1 to 2')
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
