// Autoencoders against the formulas of their parts.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

const encoder = Model.mlp([4, 3, 2], { activation: T.tanh })
const decoder = Model.mlp([2, 3, 4], { activation: T.tanh })
const x: T.Tensor<[5, 4]> = Random.normal(Random.key(1), [5, 4])

describe('autoencoder', () => {
  const model = Model.autoencoder(encoder, decoder)
  const [{ params, state }] = model.init(Random.key(0))

  test('is the decoder after the encoder', () => {
    const code = Layer.predict(encoder)(params.encoder, state.encoder)(x)
    const output: T.Tensor<[5, 4]> = Layer.predict(model)(params, state)(x)
    expect(bits(output)).toEqual(bits(Layer.predict(decoder)(params.decoder, state.decoder)(code)))
    const paths = Layer.summary(model, [5, 4]).map(({ path }) => path)
    expect(paths.join(' ')).toBe(
      ' encoder encoder[0] encoder[0].activation encoder[1] decoder decoder[0] decoder[0].activation decoder[1]'
    )
  })

  test('says where a part does not fit', () => {
    expect(() => Layer.predict(model)(params, state)(T.zeros([5, 3]) as never)).toThrow(
      'layer encoder[0]: dense: the input has shape [5, 3]; expected 4 on the last axis'
    )
  })
})

describe('denoisingAutoencoder', () => {
  const model = Model.denoisingAutoencoder(Layer.gaussianNoise(0.5), encoder, decoder)
  const [{ params, state }] = model.init(Random.key(0))

  test('sees another input in training, and the input itself in evaluation', () => {
    const plain = Model.autoencoder(encoder, decoder)
    const clean = Layer.predict(plain)({ encoder: params.encoder, decoder: params.decoder }, state)(x)
    expect(bits(Layer.predict(model)(params, state)(x))).toEqual(bits(clean))
    const [noisy] = Layer.apply(model)(params, state, { mode: 'train', key: Random.key(2) })(x)
    expect(bits(noisy)).not.toEqual(bits(clean))
    expect(() => Layer.apply(model)(params, state, { mode: 'train' })(x)).toThrow(
      "layer noise: gaussianNoise: the context has no key in training; expected { mode: 'train', key }"
    )
  })
})

describe('variationalAutoencoder', () => {
  const pair = Layer.sequential(Layer.dense(4, 3), T.tanh, Layer.branch(Layer.dense(3, 2), Layer.dense(3, 2)))
  const model = Model.variationalAutoencoder(pair, decoder)
  const [{ params, state }] = model.init(Random.key(0))

  test('decodes the mean without a key', () => {
    const [output, mean, logVariance] = Layer.predict(model)(params, state)(x)
    expect(bits([mean, logVariance])).toEqual(bits(Layer.predict(pair)(params.encoder, state.encoder)(x)))
    expect(bits(output)).toEqual(bits(Layer.predict(decoder)(params.decoder, state.decoder)(mean)))
  })

  test('decodes normal numbers of the mean and the variance with one', () => {
    const flat = Layer.lift((z: T.Tensor<[number, 2]>): T.Tensor<[number, 2]> => z)
    const fixed = Layer.lift((v: T.Tensor<[number, 1]>): readonly [T.Tensor<[number, 2]>, T.Tensor<[number, 2]>] => [
      T.ensure(T.broadcastTo(T.of([3, -1]), [v.shape[0], 2]), [v.shape[0], 2]),
      T.ensure(T.broadcastTo(T.of([0, Math.log(4)]), [v.shape[0], 2]), [v.shape[0], 2])
    ])
    const sampler = Model.variationalAutoencoder(fixed, flat)
    const none = { encoder: {}, sample: {}, decoder: {} }
    const n = 2000
    const [[codes]] = Layer.apply(sampler)(none, none, { mode: 'train', key: Random.key(3) })(T.zeros([n, 1]))
    const [means, deviations] = [T.toNested(T.mean(codes, { axis: 0 })), T.toNested(T.std(codes, { axis: 0 }))]
    // five deviations of a mean, and of a deviation
    ;[3, -1].forEach((mean, i) => expect(Math.abs(means[i]! - mean)).toBeLessThan((5 * (i + 1)) / Math.sqrt(n)))
    ;[1, 2].forEach((std, i) => expect(Math.abs(deviations[i]! - std)).toBeLessThan((5 * std) / Math.sqrt(2 * n)))
  })

  test('a gradient goes through the draw to both', () => {
    const loss = (p: typeof params): T.Tensor<[]> => {
      const [[output, mean, logVariance]] = Layer.apply(model)(p, state, { mode: 'train', key: Random.key(4) })(x)
      return T.add(T.sum(T.square(T.sub(output, x))), Model.klToStandardNormal(mean, logVariance))
    }
    for (const leaf of Tree.leaves(grad(loss)(params))) expect(T.item(T.max(T.abs(leaf)))).toBeGreaterThan(0)
  })

  test('an encoder that gives no pair', () => {
    const single = Model.variationalAutoencoder(encoder as never, decoder as never)
    const [drawn] = single.init(Random.key(0))
    const uneven = Layer.branch(Layer.dense(4, 2), Layer.dense(4, 1))
    const wrong = Model.variationalAutoencoder(uneven, decoder)
    const [own] = wrong.init(Random.key(0))
    expect(() => Layer.predict(wrong)(own.params, own.state)(x)).toThrow(
      'variationalAutoencoder: the encoder gives shapes [5, 2] and [5, 1]; expected one shape'
    )
    const parts = { encoder: {}, sample: {}, decoder: {} } as never
    const mixed = Layer.lift((v: T.Tensor<[number, 4]>) => [v, T.cast(v, 'float64')] as const)
    expect(() =>
      Layer.predict(Model.variationalAutoencoder(mixed, Layer.lift(T.neg) as never))(parts, parts)(x)
    ).toThrow('variationalAutoencoder: the encoder gives float32 and float64; expected float32 or float64 for both')
    expect(() => Layer.predict(single)(drawn.params, drawn.state)(x as never)).toThrow(
      'variationalAutoencoder: what the encoder gives is a tensor of shape [5, 2]; expected a pair of means and logarithms of variances, as Layer.branch gives'
    )
  })
})

describe('klToStandardNormal', () => {
  test('is the mean over examples of the integral', () => {
    // numerically, from -12 to 14 in steps of 0.001
    const [mean, logVariance] = [0.75, -0.5]
    const [variance, step] = [Math.exp(logVariance), 1e-3]
    const integral = Array.from({ length: 26_000 }, (_, i) => -12 + i * step).reduce((sum, z) => {
      const q = Math.exp(-((z - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)
      const logRatio = (z * z) / 2 - (z - mean) ** 2 / (2 * variance) - logVariance / 2
      return sum + q * logRatio * step
    }, 0)
    const found = Model.klToStandardNormal(T.of([[mean], [0]], 'float64'), T.of([[logVariance], [0]], 'float64'))
    expect(T.item(found)).toBeCloseTo(integral / 2, 10)
  })

  test('of no examples it is NaN, as the mean of any loss is', () => {
    const none = T.zeros([0, 2])
    expect(T.item(Model.klToStandardNormal(none, none))).toBeNaN()
    expect(T.item(Loss.meanSquaredError(none, none))).toBeNaN()
    expect(T.item(Model.klToStandardNormal(T.zeros([2, 0]), T.zeros([2, 0])))).toBe(0)
  })

  test('its gradient', () => {
    const values = A.tensor({ shape: [2, 3] })
    fc.assert(Law.gradientWith({ name: 'klToStandardNormal' })(Model.klToStandardNormal, values, values), {
      numRuns: 8
    })
  })

  test('shapes', () => {
    expect(() => Model.klToStandardNormal(T.zeros([2, 3]), T.zeros([2]))).toThrow(
      'klToStandardNormal: the shapes are [2, 3] and [2]; expected one shape, of examples in front'
    )
  })
})
