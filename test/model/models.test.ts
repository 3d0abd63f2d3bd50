// The networks of pullback/Model against the same ones written out.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Activation from 'pullback/Activation'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Model from 'pullback/Model'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

describe('linearClassifier', () => {
  test('is a dense layer', () => {
    const [{ params }] = Model.linearClassifier(4, 3).init(Random.key(0))
    const x: T.Tensor<[5, 4]> = Random.normal(Random.key(1), [5, 4])
    const scores: T.Tensor<[5, 3]> = Layer.predict(Model.linearClassifier(4, 3))(params, {})(x)
    expect(bits(scores)).toEqual(bits(T.add(T.matmul(x, T.transpose(params.w)), params.b)))
  })
})

describe('mlp', () => {
  const sizes = [4, 6, 5, 3] as const
  const model = Model.mlp(sizes, { activation: T.tanh, dropout: 0.5 })
  const [{ params, state }] = model.init(Random.key(0))
  const x: T.Tensor<[7, 4]> = Random.normal(Random.key(1), [7, 4])

  test('is dense layers with an activation between, and the same parameters', () => {
    const rows = Layer.sequential(Layer.dense(4, 6), Layer.dense(6, 5), Layer.dense(5, 3))
    expect(bits(params)).toEqual(bits(rows.init(Random.key(0))[0].params))
    const direct = (p: typeof params) => {
      const h = T.tanh(T.add(T.matmul(x, T.transpose(p[0].w)), p[0].b))
      const k = T.tanh(T.add(T.matmul(h, T.transpose(p[1].w)), p[1].b))
      return T.add(T.matmul(k, T.transpose(p[2].w)), p[2].b)
    }
    const own = (p: typeof params): T.Tensor<[7, 3]> => Layer.predict(model)(p, state)(x)
    expect(bits(own(params))).toEqual(bits(direct(params)))
    const loss = (f: typeof own) => grad((p: typeof params) => T.sum(T.square(f(p))))(params)
    expect(bits(loss(own))).toEqual(bits(loss(direct as never)))
  })

  test('drops in training, behind activations', () => {
    const [output] = Layer.apply(model)(params, state, { mode: 'train', key: Random.key(2) })(x)
    expect(bits(output)).not.toEqual(bits(Layer.predict(model)(params, state)(x)))
    const ones = Model.mlp([1, 1000, 1000], { activation: Activation.relu, dropout: 0.25, init: Init.ones })
    const [drawn] = ones.init(Random.key(0))
    const [y] = Layer.apply(ones)(drawn.params, drawn.state, { mode: 'train', key: Random.key(3) })(T.of([1]))
    // six deviations of a sum of 1000 coins, divided by 0.75
    expect(Math.abs(T.item(T.at(y, 0)) - 1000)).toBeLessThan((6 * Math.sqrt(1000 * 0.25 * 0.75)) / 0.75)
    expect(() => Layer.apply(model)(params, state, { mode: 'train' })(x)).toThrow(
      "dropout: the context has no key in training; expected { mode: 'train', key }"
    )
  })

  test('a single layer is linear; a list of unknown length has parameters of any size', () => {
    const linear = Model.mlp([4, 3])
    const [drawn] = linear.init(Random.key(5))
    expect(bits(Layer.predict(linear)(drawn.params, drawn.state)(x))).toEqual(
      bits(Layer.predict(Layer.dense(4, 3))(drawn.params[0], {})(x))
    )
    const list: readonly number[] = [4, 8, 2]
    const any = Model.mlp(list, { dtype: 'float64' })
    expect(any.init(Random.key(0))[0].params.map(({ w }) => `${String(w.shape)} ${w.dtype}`)).toEqual([
      '8,4 float64',
      '2,8 float64'
    ])
    expect(Layer.parameterCount(Model.mlp([784, 128, 10]))).toBe(784 * 128 + 128 + 1290)
  })

  test('its gradient', () => {
    const first = fc.record({ w: A.tensor({ shape: [3, 2] }), b: A.tensor({ shape: [3] }) })
    const second = fc.record({ w: A.tensor({ shape: [1, 3] }), b: A.tensor({ shape: [1] }) })
    const small = Model.mlp([2, 3, 1], { activation: T.tanh })
    const f = (p: Layer.ParamsOf<typeof small>, v: T.Tensor<[number, 2]>) => Layer.predict(small)(p, [{}, {}])(v)
    fc.assert(Law.gradientWith({ name: 'mlp' })(f, fc.tuple(first, second), A.tensor({ shape: [2, 2] })), {
      numRuns: 6
    })
  })

  test('errors have paths, and summaries rows', () => {
    expect(Layer.summary(model, [7, 4]).map(({ path, shapes, parameters }) => [path, ...shapes, parameters])).toEqual([
      ['', [7, 3], 30 + 35 + 18],
      ['[0]', [7, 6], 30],
      ['[0].activation', [7, 6], 0],
      ['[0].dropout', [7, 6], 0],
      ['[1]', [7, 5], 35],
      ['[1].activation', [7, 5], 0],
      ['[1].dropout', [7, 5], 0],
      ['[2]', [7, 3], 18]
    ])
    const rows = Layer.summary(Model.mlp([4, 6, 3]), [7, 4])
    expect(rows.map(({ path, operations }) => [path, operations])).toEqual([
      ['', 2 * 7 * 4 * 6 + 7 * 6 + 7 * 6 + 2 * 7 * 6 * 3 + 7 * 3],
      ['[0]', 2 * 7 * 4 * 6 + 7 * 6 + 7 * 6],
      ['[0].activation', 7 * 6],
      ['[1]', 2 * 7 * 6 * 3 + 7 * 3]
    ])
    const found = Layer.check(model, [7, 5])
    expect(E.isLeft(found) && found.left).toEqual([
      { path: '[0]', message: 'dense: the input has shape [7, 5]; expected 4 on the last axis' }
    ])
    expect(() => Layer.predict(model)([params[1], params[1], params[2]] as never, state)).toThrow(
      'predict: the parameter [0].w has shape [5, 6]; expected [6, 4]'
    )
  })
})

describe('lenet5', () => {
  const images: T.Tensor<[2, 1, 28, 28]> = Random.normal(Random.key(1), [2, 1, 28, 28])
  const dense = (x: T.Tensor, { w, b }: { readonly w: T.Tensor; readonly b: T.Tensor }): T.Tensor =>
    T.add(T.einsum('ni,oi->no', x, w), b)

  test('has 61,706 parameters', () => {
    expect(Layer.parameterCount(Model.lenet5())).toBe(61_706)
    const rows = Layer.summary(Model.lenet5({ classes: 3 }), [2, 1, 28, 28])
    expect(rows.map(({ path, parameters }) => [path, parameters])).toEqual([
      ['', 61_706 - 7 * 85],
      ['conv1', 156],
      ['pool1', 0],
      ['conv2', 2416],
      ['pool2', 0],
      ['dense1', 48_120],
      ['dense2', 10_164],
      ['output', 255]
    ])
  })

  test.each([
    ['tanh and means', {}, T.tanh, T.avgPool2d({ window: 2 })],
    ['relu and maxima', { activation: T.relu, pooling: 'max' }, T.relu, T.maxPool2d({ window: 2 })]
  ] as const)('is the formula of the paper: %s', (_name, options, activation: (x: T.Tensor) => T.Tensor, pool) => {
    const model = Model.lenet5(options)
    const [{ params, state }] = model.init(Random.key(0))
    const conv = (x: T.Tensor, { w, b }: { readonly w: T.Tensor; readonly b: T.Tensor }, padding: number): T.Tensor =>
      T.add(T.conv2d(x as never, w as never, { padding }), T.reshape(b, [-1, 1, 1]))
    const max = pool as unknown as (x: T.Tensor) => T.Tensor
    const direct = (p: typeof params): T.Tensor => {
      const first = max(activation(conv(images, p.conv1, 2)))
      const second = max(activation(conv(first, p.conv2, 0)))
      const hidden = activation(dense(T.reshape(second, [2, 400]), p.dense1))
      return dense(activation(dense(hidden, p.dense2)), p.output)
    }
    const own = (p: typeof params): T.Tensor => Layer.predict(model)(p, state)(images)
    expect(own(params).shape).toEqual([2, 10])
    expect(T.isClose(own(params), direct(params), { rtol: 1e-4, atol: 1e-5 })).toBe(true)
    const gradient = (f: typeof own) => grad((p: typeof params) => T.sum(T.square(f(p))))(params)
    const [one, two] = [Tree.leaves(gradient(own)), Tree.leaves(gradient(direct))]
    expect(one.length).toBe(10)
    one.forEach((leaf, i) => expect(T.isClose(leaf, two[i]!, { rtol: 1e-3, atol: 1e-4 })).toBe(true))
  })

  test('says what it takes, and check goes on', () => {
    const model = Model.lenet5()
    const [{ params, state }] = model.init(Random.key(0))
    const sentence = 'lenet5: the input has shape [2, 1, 32, 32]; expected [examples, 1, 28, 28]'
    expect(() => Layer.predict(model)(params, state)(T.zeros([2, 1, 32, 32]) as never)).toThrow(sentence)
    const found = Layer.check(Layer.sequential(model, Layer.dense(10, 2)), [2, 1, 32, 32])
    expect(E.isLeft(found) && found.left).toEqual([{ path: '[0]', message: sentence }])
  })
})

describe('bad input', () => {
  const plain = Model as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const sizes = 'expected two sizes or more, such as [784, 128, 10]'
  test.each([
    ['linearClassifier: the number of classes is 0; expected an integer above 0', ['linearClassifier', 2, 0]],
    [`mlp: sizes is [784]; ${sizes}`, ['mlp', [784]]],
    [`mlp: sizes is 784; ${sizes}`, ['mlp', 784]],
    ['mlp: size 2 is 0.5; expected an integer above 0', ['mlp', [2, 0.5, 1]]],
    [
      "mlp: activation is 'relu'; expected a function of a tensor, as those of Activation",
      ['mlp', [2, 1], { activation: 'relu' }]
    ],
    ['mlp: dropout is 1; expected a number from 0 to 1 (exclusive)', ['mlp', [2, 1], { dropout: 1 }]],
    ["lenet5: pooling is 'mean'; expected 'avg' or 'max'", ['lenet5', { pooling: 'mean' }]],
    ['lenet5: classes is 0; expected an integer of 1 or more', ['lenet5', { classes: 0 }]]
  ] as const)('%s', (sentence, [name, ...args]) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })
})
