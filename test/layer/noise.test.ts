// Layers that draw: each is the function of pullback/Regularizer or Activation at the key of its context, and nothing without one.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Activation from 'pullback/Activation'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import { awayFrom, real } from 'pullback/Primitive'
import * as Random from 'pullback/Random'
import * as Regularizer from 'pullback/Regularizer'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

type Plain = (key: Random.Key, x: T.Tensor) => T.Tensor

const layers: Readonly<Record<string, readonly [Layer.Layer<Layer.Keeping>, Plain]>> = {
  dropout: [Layer.dropout(0.3), (key, v) => Regularizer.dropout(key, v, { rate: 0.3 })],
  alphaDropout: [Layer.alphaDropout(0.3), (key, v) => Regularizer.alphaDropout(key, v, { rate: 0.3 })],
  spatialDropout: [Layer.spatialDropout(0.3), (key, v) => Regularizer.spatialDropout(key, v, { rate: 0.3 })],
  'spatialDropout, channels last': [
    Layer.spatialDropout(0.3, { dataFormat: 'NHWC' }),
    (key, v) => Regularizer.spatialDropout(key, v, { rate: 0.3, dataFormat: 'NHWC' })
  ],
  stochasticDepth: [Layer.stochasticDepth(0.3), (key, v) => Regularizer.stochasticDepth(key, v, { rate: 0.3 })],
  'stochasticDepth of a batch': [
    Layer.stochasticDepth(0.3, { mode: 'batch' }),
    (key, v) => Regularizer.stochasticDepth(key, v, { rate: 0.3, mode: 'batch' })
  ],
  gaussianNoise: [Layer.gaussianNoise(0.3), (key, v) => Regularizer.gaussianNoise(key, v, { std: 0.3 })],
  rrelu: [Layer.rrelu({ lower: 0.2 }), (key, v) => Activation.rrelu(v, key, { lower: 0.2 })]
}

const x = T.reshape(T.linspace(-2, 3, 48), [4, 3, 2, 2])
const run = (layer: Layer.Layer<Layer.Keeping>, context: Layer.Context, input: T.Tensor = x): T.Tensor =>
  Layer.apply(layer)({}, {}, context)(input)[0]
const seeds = fc.integer({ min: 0, max: 2 ** 31 })

describe.each(Object.entries(layers))('%s', (name, [layer, direct]) => {
  test('draws by the key of its context, in both modes', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const key = Random.key(seed)
        const wanted = T.toArray(direct(key, x))
        expect(T.toArray(run(layer, { mode: 'train', key }))).toEqual(wanted)
        expect(T.toArray(run(layer, { mode: 'eval', key }))).toEqual(wanted)
      }),
      { numRuns: 10 }
    )
  })

  test('expects a key in training', () => {
    const operation = name.split(/[, ]/)[0]!
    expect(() => run(layer, { mode: 'train' })).toThrow(
      `${operation}: the context has no key in training; expected { mode: 'train', key }`
    )
  })

  test('mapped over keys is a loop', () => {
    const keys = Random.split(Random.key(3), 5)
    const draw = vmap((key: Random.Key) => run(layer, { mode: 'train', key }), { inAxes: 'split', size: 5 })
    const mapped: T.Tensor = draw(Random.key(3))
    keys.forEach((key, i) => {
      expect(T.toArray(T.at(mapped, i))).toEqual(T.toArray(run(layer, { mode: 'train', key })))
    })
  })

  test('its gradient', () => {
    const smooth = A.tensor({ shape: [2, 3, 2], domain: awayFrom([0])(real) })
    fc.assert(
      Law.gradientWith({ name })((v: T.Tensor) => run(layer, { mode: 'train', key: Random.key(1) }, v), smooth),
      { numRuns: 20 }
    )
  })
})

test('without a key, in evaluation, all but rrelu are the identity', () => {
  for (const [name, [layer]] of Object.entries(layers)) {
    if (name === 'rrelu') continue
    expect(run(layer, { mode: 'eval' })).toBe(x)
  }
  const mean = T.toArray(T.where(T.greater(x, 0), x, T.mul(x, (0.2 + 1 / 3) / 2)))
  T.toArray(run(Layer.rrelu({ lower: 0.2 }), { mode: 'eval' })).forEach((value, i) => {
    expect(value).toBeCloseTo(mean[i]!, 6)
  })
})

describe('alphaDropout', () => {
  const rates = fc.constantFrom(0.1, 0.25, 0.5, 0.8)

  test('is a x + b where it keeps, and one value where it drops', () => {
    fc.assert(
      fc.property(seeds, rates, (seed, rate) => {
        const key = Random.key(seed)
        const s = -1.0507009873554805 * 1.6732632423543772
        const q = 1 - rate
        const a = (q + s * s * q * rate) ** -0.5
        const b = -a * rate * s
        const keep = Random.bernoulli(key, q, [50])
        const v = T.linspace(-2, 2, 50, 'float64')
        const wanted = T.add(T.mul(T.where(keep, v, s), a), b)
        expect(T.isClose(Regularizer.alphaDropout(key, v, { rate }), wanted, { rtol: 1e-12, atol: 1e-12 })).toBe(true)
      }),
      { numRuns: 20 }
    )
  })

  test('keeps mean 0 and variance 1', () => {
    const n = 200_000
    for (const rate of [0.1, 0.5]) {
      const dropped = Regularizer.alphaDropout(Random.key(1), Random.normal(Random.key(0), [n], 'float64'), { rate })
      // six deviations of a mean of n; the fourth moment is below 4
      expect(Math.abs(T.item(T.mean(dropped)))).toBeLessThan(6 / Math.sqrt(n))
      expect(Math.abs(T.item(T.mean(T.square(dropped))) - 1)).toBeLessThan(6 * Math.sqrt(3 / n))
    }
  })

  test('what is dropped is so beside NaN, and has no gradient', () => {
    const key = Random.key(4)
    const kept = Random.bernoulli(key, 0.5, [20])
    const bad = T.where(kept, 1, NaN)
    const f = (v: T.Tensor) => T.sum(Regularizer.alphaDropout(key, T.sqrt(v), { rate: 0.5 }))
    expect(Number.isFinite(T.item(f(bad)))).toBe(true)
    expect(T.toArray(T.notEqual(grad(f)(bad), 0))).toEqual(T.toArray(kept))
  })

  test('self-normalises a deep network of selu, and keeps the type', () => {
    const deep = Layer.repeat(
      20,
      Layer.sequential(Layer.dense(100, 100, { init: Init.lecunNormal }), Activation.selu, Layer.alphaDropout(0.05))
    )
    const [{ params, state }] = deep.init(Random.key(0))
    const [y] = Layer.apply(deep)(params, state, { mode: 'train', key: Random.key(1) })(
      Random.normal(Random.key(2), [50, 100])
    )
    expect(Math.abs(T.item(T.mean(y)))).toBeLessThan(0.2)
    expect(T.item(T.std(y))).toBeGreaterThan(0.8)
    expect(T.item(T.std(y))).toBeLessThan(1.2)
    expect(Regularizer.alphaDropout(Random.key(0), T.ones([2], 'int32'), { rate: 0.5 }).dtype).toBe('float32')
    expect(Regularizer.alphaDropout(Random.key(0), T.ones([2], 'float64'), { rate: 0.5 }).dtype).toBe('float64')
  })
})

describe('dropConnect', () => {
  const layer = Layer.dropConnect(Layer.dense(6, 5), 0.4)
  const [{ params }] = layer.init(Random.key(0))
  const rows = Random.normal(Random.key(1), [3, 6])

  test('drops weights, and leaves biases', () => {
    const key = Random.key(2)
    const biased = { ...params, b: T.arange(1, 6) } as typeof params
    const [output] = Layer.apply(layer)(biased, {}, { mode: 'train', key })(rows)
    const own = Random.foldIn(Random.foldIn(key, 1), 0)
    const w = Regularizer.dropConnect(own, params.w, { rate: 0.4 })
    expect(T.toArray(output)).toEqual(T.toArray(T.add(T.matmul(rows, T.transpose(w)), biased.b)))
    const still = Layer.predict(layer)(biased, {})(rows)
    expect(T.toArray(still)).toEqual(T.toArray(Layer.predict(Layer.dense(6, 5))(biased, {})(rows)))
  })

  test('drops by other keys in each weight, and than the layer within', () => {
    const model = Layer.dropConnect(
      Layer.sequential(
        Layer.dense(8, 8, { init: Init.ones }),
        Layer.dropout(0.5),
        Layer.dense(8, 8, { init: Init.ones })
      ),
      0.5
    )
    const [drawn] = model.init(Random.key(0))
    const at = (key: Random.Key) =>
      grad((p: typeof drawn.params) =>
        T.sum(Layer.apply(model)(p, drawn.state, { mode: 'train', key })(T.ones([8]))[0])
      )(drawn.params)
    const gradient = at(Random.key(5))
    expect(T.toArray(T.equal(gradient[0].w, 0))).not.toEqual(T.toArray(T.equal(gradient[2].w, 0)))
    expect(T.toArray(gradient[0].w)).not.toEqual(T.toArray(at(Random.key(6))[0].w))
  })

  test('its gradient', () => {
    const ofDense = fc.record({ w: A.tensor({ shape: [2, 3] }), b: A.tensor({ shape: [2] }) })
    const small = Layer.dropConnect(Layer.dense(3, 2), 0.4)
    const f = (p: Layer.DenseParams<3, 2>, v: T.Tensor<[number, 3]>) =>
      Layer.apply(small)(p, {}, { mode: 'train', key: Random.key(0) })(v)[0]
    fc.assert(Law.gradientWith({ name: 'dropConnect' })(f, ofDense, A.tensor({ shape: [2, 3] })), { numRuns: 10 })
  })

  test('keeps the mean over many keys', () => {
    const count = 3000
    const one = Layer.dropConnect(Layer.dense(1, 1), 0.4)
    const at = (key: Random.Key) =>
      Layer.apply(one)({ w: T.of([[2]]), b: T.of([0]) }, {}, { mode: 'train', key })(T.of([1]))[0]
    const mean = T.item(T.mean(vmap(at, { inAxes: 'split', size: count })(Random.key(7))))
    // five deviations of a mean
    expect(Math.abs(mean - 2)).toBeLessThan((5 * 2 * Math.sqrt(0.4 / 0.6)) / Math.sqrt(count))
  })
})

describe('bad input', () => {
  const plain = Layer as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const inTraining =
    (layer: unknown, input: T.Tensor = x) =>
    () =>
      run(layer as Layer.Layer<Layer.Keeping>, { mode: 'train', key: Random.key(0) }, input)
  const rate = 'expected a number from 0 to 1 (exclusive)'
  test.each([
    [`alphaDropout: the rate is 1; ${rate}`, () => plain['alphaDropout']?.(1)],
    [`spatialDropout: the rate is undefined; ${rate}`, () => plain['spatialDropout']?.()],
    [`stochasticDepth: the rate is -1; ${rate}`, () => plain['stochasticDepth']?.(-1)],
    [`dropConnect: the rate is undefined; ${rate}`, () => plain['dropConnect']?.(Layer.dense(1, 1))],
    ['dropConnect: the layer is 0.5; expected a layer', () => plain['dropConnect']?.(0.5, Layer.dense(1, 1))],
    [
      'dropConnect: the layer has no weights; expected a parameter named w',
      inTraining(Layer.dropConnect(Layer.identity(), 0.5))
    ],
    [
      "stochasticDepth: mode is 'rows'; expected 'row' or 'batch'",
      () => plain['stochasticDepth']?.(0.5, { mode: 'rows' })
    ],
    [
      "spatialDropout: dataFormat is 'NWHC'; expected 'NCHW' or 'NHWC'",
      () => plain['spatialDropout']?.(0.5, { dataFormat: 'NWHC' })
    ],
    [
      'spatialDropout: the operand has shape [2, 3]; expected [N, C, ...] with three axes or more',
      inTraining(Layer.spatialDropout(0.5), T.zeros([2, 3]))
    ],
    ['gaussianNoise: std is -1; expected a finite number of 0 or more', () => plain['gaussianNoise']?.(-1)],
    [
      'rrelu: lower is 0.5 and upper is 0.3333333333333333; expected lower <= upper',
      () => plain['rrelu']?.({ lower: 0.5 })
    ],
    ['rrelu: unknown option slope; expected lower or upper', () => plain['rrelu']?.({ slope: 1 })]
  ])('%s', (sentence, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ message: sentence }))
  })
})
