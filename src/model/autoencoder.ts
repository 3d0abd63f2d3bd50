/** Autoencoders: layers to a code and back. */
import { toFloat } from '../DType.js'
import { refusal } from '../internal/describe.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { makeOf } from '../layer/make.js'
import {
  type AnyLayer,
  type FunctionOf,
  type Layer,
  type None,
  type ParamsOf,
  type StateOf,
  requireLayer,
  stateless
} from '../layer/model.js'
import type { Fitting, FunctionOfAll, RowsIn, RowsOut, ShowInput, ShowType } from '../layer/links.js'
import { keyIn } from '../layer/noise.js'
import type { Keeping, Output, Refused } from '../layer/output.js'
import * as R from '../Random.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { add, div, exp, expm1, mul, square, sub, sum } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { inOrder, stated } from './parts.js'

// -----------------------------------------------------------------------------
// of one code
// -----------------------------------------------------------------------------

/** What both parts have, by name. */
interface Both<E, D> {
  readonly encoder: E
  readonly decoder: D
}

/** The layer of an encoder and a decoder, and of others before them. */
type Coding<E, D, P = unknown> = Layer<
  FunctionOfAll<readonly [E, D]>,
  Both<ParamsOf<E>, ParamsOf<D>> & P,
  Both<StateOf<E>, StateOf<D>> & P
>

const requireBoth = (operation: string, encoder: unknown, decoder: unknown): void => {
  requireLayer(operation, encoder, 'the encoder')
  requireLayer(operation, decoder, 'the decoder')
}

/**
 * An autoencoder: an encoder, then a decoder, whose parameters have these names. It learns to give its input, with the inputs as labels;
 * `Layer.predict(encoder)(params.encoder, state.encoder)` is the embedding that it has found.
 *
 * G. Hinton and R. Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks, Science 313 (2006).
 *
 * @throws TypeError when a part is not a layer
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const [encoder, decoder] = [Model.mlp([64, 32, 2]), Model.mlp([2, 32, 64])]
 * const model = Model.autoencoder(encoder, decoder)
 * const [{ params, state }] = model.init(Random.key(0))
 * Layer.predict(model)(params, state)(T.ones([5, 64])).shape // => [5, 64]
 * Layer.predict(encoder)(params.encoder, state.encoder)(T.ones([5, 64])).shape // => [5, 2]
 */
/* @__NO_SIDE_EFFECTS__ */
export const autoencoder = <E extends AnyLayer, D extends AnyLayer>(
  encoder: E,
  decoder: D & Fitting<readonly [E, D]>
): Coding<E, D> => {
  requireBoth('autoencoder', encoder, decoder)
  return stated(inOrder('autoencoder', { encoder, decoder }))
}

/**
 * A denoising autoencoder: a layer of noise, such as `Layer.gaussianNoise(0.3)` or `Layer.dropout(0.3)`, which acts where the context has a key,
 * then encoder and decoder. It learns to give its input as it was without the noise; else as `autoencoder`.
 *
 * P. Vincent, H. Larochelle, Y. Bengio and P.-A. Manzagol, Extracting and Composing Robust Features with Denoising Autoencoders, ICML 2008.
 *
 * @throws TypeError when a part is not a layer
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * const model = Model.denoisingAutoencoder(Layer.dropout(0.3), Model.mlp([64, 32, 8]), Model.mlp([8, 32, 64]))
 * Layer.summary(model, [5, 64]).map(({ path }) => path).slice(0, 3) // => ['', 'noise', 'encoder']
 */
/* @__NO_SIDE_EFFECTS__ */
export const denoisingAutoencoder = <E extends AnyLayer, D extends AnyLayer>(
  noise: Layer<Keeping>,
  encoder: E,
  decoder: D & Fitting<readonly [E, D]>
): Coding<E, D, { readonly noise: None }> => {
  requireLayer('denoisingAutoencoder', noise, 'the noise')
  requireBoth('denoisingAutoencoder', encoder, decoder)
  return stated(inOrder('denoisingAutoencoder', { noise, encoder, decoder }))
}

// -----------------------------------------------------------------------------
// of a distribution of codes
// -----------------------------------------------------------------------------

/** A normal number for each mean and logarithm of a variance, where the context has a key; else the mean. */
const sampling = (): Layer<(mean: Tensor, logVariance: Tensor) => Tensor> =>
  stateless(R.of({}), (_params: None, context) => (mean: Tensor, logVariance: Tensor): Tensor => {
    const key = keyIn('variationalAutoencoder', context)
    if (key === undefined) return mean
    const noise: Tensor = R.normal(key, mean.shape, toFloat(mean.dtype))
    return add(mean, mul(exp(mul(logVariance, 0.5)), noise))
  })

/** What takes part in a variational autoencoder. */
interface Sampled<E, D> extends Both<E, D> {
  readonly sample: None
}

/** Means and logarithms of variances. */
type Pair = readonly [mean: Tensor, logVariance: Tensor]

type NoPair = 'variationalAutoencoder: the encoder does not give a pair of tensors'

/** What an encoder gives. */
type CodesOf<E> = RowsOut<FunctionOf<E>> extends infer C extends Pair ? C : Pair

/** Nothing to expect of a decoder that takes a code; else the sentence. */
type Decoding<D, Code> = [Output<FunctionOf<D>, Code>] extends [Refused]
  ? `variationalAutoencoder: the decoder takes ${ShowInput<FunctionOf<D>>}; it is given ${ShowType<Code>}`
  : unknown

/** Refuses what an encoder gives unless it is a pair of tensors. */
const requirePair = (code: unknown): Pair => {
  const [mean, logVariance, ...others]: readonly unknown[] = Array.isArray(code) ? Array.from<unknown>(code) : []
  if (isTensor(mean) && isTensor(logVariance) && others.length === 0) {
    const { shape, dtype } = mean
    if (dtype !== logVariance.dtype || toFloat(dtype) !== dtype) {
      const found = `the encoder gives ${dtype} and ${logVariance.dtype}`
      throw new DTypeError('variationalAutoencoder', `${found}; expected float32 or float64 for both`)
    }
    if (equals(shape, logVariance.shape)) return [mean, logVariance]
    const found = `the encoder gives shapes ${show(mean.shape)} and ${show(logVariance.shape)}`
    throw new ShapeError('variationalAutoencoder', [mean.shape, logVariance.shape], `${found}; expected one shape`)
  }
  const expected = 'a pair of means and logarithms of variances, as Layer.branch gives'
  throw new TypeError(refusal('variationalAutoencoder', 'what the encoder gives', code, expected))
}

/**
 * A variational autoencoder. The encoder gives a pair, the means and the logarithms of the variances of codes, as `Layer.branch` at its end
 * does; the decoder takes a code that is drawn from these normal distributions where the context has a key, and the means where it has
 * none. It gives `[output, mean, logVariance]`; its loss is that of the output plus `klToStandardNormal(mean, logVariance)`. The decoder by
 * itself makes new examples of standard normal codes.
 *
 * D. Kingma and M. Welling, Auto-Encoding Variational Bayes, ICLR 2014.
 *
 * @throws TypeError when a part is not a layer, or the encoder does not give a pair; ShapeError when its tensors have different shapes, DTypeError when they are not of one float dtype; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const encoder = Layer.sequential(Layer.dense(64, 32), T.relu, Layer.branch(Layer.dense(32, 2), Layer.dense(32, 2)))
 * const decoder = Model.mlp([2, 32, 64])
 * const model = Model.variationalAutoencoder(encoder, decoder)
 * const [{ params, state }] = model.init(Random.key(0))
 * const context = { mode: 'train', key: Random.key(1) } as const
 * const [[output, mean, logVariance]] = Layer.apply(model)(params, state, context)(T.ones([5, 64]))
 * output.shape // => [5, 64]
 * Model.klToStandardNormal(mean, logVariance).shape // => []
 * Layer.predict(decoder)(params.decoder, state.decoder)(Random.normal(Random.key(2), [3, 2])).shape // => [3, 64]
 */
/* @__NO_SIDE_EFFECTS__ */
export const variationalAutoencoder = <E extends AnyLayer, D extends AnyLayer>(
  encoder: E & (RowsOut<FunctionOf<E>> extends Pair ? unknown : NoPair),
  decoder: D & Decoding<D, CodesOf<E>[0]>
): Layer<
  (input: RowsIn<FunctionOf<E>>) => readonly [output: Output<FunctionOf<D>, CodesOf<E>[0]>, ...CodesOf<E>],
  Sampled<ParamsOf<E>, ParamsOf<D>>,
  Sampled<StateOf<E>, StateOf<D>>
> => {
  requireBoth('variationalAutoencoder', encoder, decoder)
  const parts = { encoder: stated<Anything>(encoder), sample: sampling(), decoder: stated<Anything>(decoder) }
  return stated(
    makeOf('variationalAutoencoder', parts, (bound) => (x: unknown) => {
      const [mean, logVariance] = requirePair(bound.encoder(x))
      return [bound.decoder(bound.sample(mean, logVariance)), mean, logVariance] as const
    })
  )
}

/** A layer of any one input. */
type Anything = Layer<(input: unknown) => unknown>

/**
 * The Kullback-Leibler divergence of normal distributions of independent elements from the standard normal one, summed over the elements of an
 * example, and its mean over examples: sum((mean^2 + exp(logVariance) - 1 - logVariance) / 2) / n. The first axis is that of the examples;
 * of none it is NaN, as every mean is.
 *
 * D. Kingma and M. Welling, Auto-Encoding Variational Bayes, ICLR 2014, appendix B.
 *
 * @throws ShapeError when the shapes differ, or have no axes
 *
 * @example
 * import * as Model from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * Model.klToStandardNormal(T.of([[0, 0]]), T.of([[0, 0]])) // => T.scalar(0)
 * Model.klToStandardNormal(T.of([[3, 1], [0, 0]]), T.zeros([2, 2])) // => T.scalar(2.5)
 */
export const klToStandardNormal = (mean: Tensor, logVariance: Tensor): Tensor<[]> => {
  requireTensor('klToStandardNormal', mean, 'the mean')
  requireTensor('klToStandardNormal', logVariance, 'the logarithm of the variance')
  const [n] = mean.shape
  if (n === undefined || !equals(mean.shape, logVariance.shape)) {
    const found = `the shapes are ${show(mean.shape)} and ${show(logVariance.shape)}`
    throw new ShapeError(
      'klToStandardNormal',
      [mean.shape, logVariance.shape],
      `${found}; expected one shape, of examples in front`
    )
  }
  return within('klToStandardNormal', () => div(sum(sub(add(square(mean), expm1(logVariance)), logVariance)), 2 * n))
}
