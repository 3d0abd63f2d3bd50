/** Layers that draw: what drops values, channels, weights or examples, adds noise, or has random slopes. */
import { type Slopes, checkSlopes, leakyRelu, rrelu as randomRelu, slopesOf } from '../activation/rectifiers.js'
import { requireNumber } from '../internal/check.js'
import { notNegative, oneOf, options, requireKind } from '../internal/options.js'
import * as R from '../Random.js'
import { type Key, foldIn } from '../Random.js'
import * as N from '../regularizer/noise.js'
import { rateKind } from '../regularizer/noise.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { mapAs } from '../tree/model.js'
import { child } from './context.js'
import { type Context, type Layer, applyOf, layerOf, requireLayer, statelessOf } from './model.js'
import type { Keeping } from './output.js'

type Change = <S extends Shape>(key: Key, x: Tensor<S>) => Tensor<S>

const same = <S extends Shape>(x: Tensor<S>): Tensor<S> => x

/** A function of a key and a tensor as a layer, which does it wherever the context has a key; `idle` if it never does anything. */
/* @__NO_SIDE_EFFECTS__ */
const drawing = (operation: string, idle: boolean, change: Change, otherwise: Keeping = same): Layer<Keeping> =>
  statelessOf(operation, R.of({}), (_params, context) => <S extends Shape>(x: Tensor<S>): Tensor<S> => {
    const key = idle ? undefined : keyIn(operation, context)
    return key === undefined ? otherwise(x) : change(key, x)
  })

/** The key to draw with; none in evaluation where the context has none. */
export const keyIn = (operation: string, { mode, key }: Context): Key | undefined => {
  if (key !== undefined || mode === 'eval') return key
  throw new Error(`${operation}: the context has no key in training; expected { mode: 'train', key }`)
}

const requireRate = (operation: string, rate: unknown): void => {
  requireNumber(operation, 'the rate', rate, rateKind.expected, rateKind.holds)
}

// -----------------------------------------------------------------------------
// what drops
// -----------------------------------------------------------------------------

/**
 * `Regularizer.dropout` as a layer: sets each element to 0 with probability `rate`, and divides the others by 1 - rate, so that the mean
 * stays. It drops wherever the context has a key: in training, where one is expected, and in evaluation for Monte-Carlo estimates; in
 * evaluation without a key it is the identity.
 *
 * N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, Dropout: A Simple Way to Prevent Neural
 * Networks from Overfitting, JMLR 15 (2014).
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dropout(0.5)
 * const [dropped] = Layer.apply(layer)({}, {}, { mode: 'train', key: Random.key(0) })(T.of([1, 1, 1, 1]))
 * T.toNested(dropped).every((value) => value === 0 || value === 2) // => true
 * Layer.predict(layer)({}, {})(T.of([1, 2, 3, 4])) // => T.of([1, 2, 3, 4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const dropout = (rate: number): Layer<Keeping> => {
  requireRate('dropout', rate)
  return drawing('dropout', rate === 0, (key, x) => N.dropout(key, x, { rate }))
}

/**
 * `Regularizer.alphaDropout` as a layer, for networks of `Activation.selu`: mean 0 and variance 1 stay. It drops where `dropout` does.
 *
 * G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, Self-Normalizing Neural Networks, NeurIPS 2017.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1; Error in training without a key
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as Init from 'pullback/Init'
 * import * as Layer from 'pullback/Layer'
 *
 * const hidden = Layer.dense(64, 32, { init: Init.lecunNormal })
 * Layer.summary(Layer.sequential(hidden, Activation.selu, Layer.alphaDropout(0.1)), [8, 64])[0]?.shapes // => [[8, 32]]
 */
/* @__NO_SIDE_EFFECTS__ */
export const alphaDropout = (rate: number): Layer<Keeping> => {
  requireRate('alphaDropout', rate)
  return drawing('alphaDropout', rate === 0, (key, x) => N.alphaDropout(key, x, { rate }))
}

/**
 * The options of `spatialDropout` as a layer.
 *
 * @example
 * import type { SpatialDropoutOptions } from 'pullback/Layer'
 *
 * const options: SpatialDropoutOptions = { dataFormat: 'NHWC' }
 * options.dataFormat // => 'NHWC'
 */
export type SpatialDropoutOptions = Omit<N.SpatialDropOptions, 'rate'>

const checkSpatial = options<SpatialDropoutOptions>('spatialDropout', { dataFormat: oneOf('NCHW', 'NHWC') })

/**
 * `Regularizer.spatialDropout` as a layer: whole channels of examples become 0. It drops where `dropout` does.
 *
 * J. Tompson, R. Goroshin, A. Jain, Y. LeCun and C. Bregler, Efficient Object Localization Using Convolutional Networks, CVPR 2015.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1; Error in training without a key
 * @throws ShapeError when it drops channels of an input of fewer than three axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.spatialDropout(0.5)
 * const [output] = Layer.apply(layer)({}, {}, { mode: 'train', key: Random.key(0) })(T.ones([1, 3, 1, 2]))
 * output // => T.of([[[[2, 2]], [[0, 0]], [[2, 2]]]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const spatialDropout = (rate: number, options: SpatialDropoutOptions = {}): Layer<Keeping> => {
  requireRate('spatialDropout', rate)
  checkSpatial(options)
  return drawing('spatialDropout', rate === 0, (key, x) => N.spatialDropout(key, x, { rate, ...options }))
}

/**
 * The options of `stochasticDepth` as a layer.
 *
 * @example
 * import type { StochasticDepthOptions } from 'pullback/Layer'
 *
 * const options: StochasticDepthOptions = { mode: 'batch' }
 * options.mode // => 'batch'
 */
export type StochasticDepthOptions = Omit<N.DepthOptions, 'rate'>

const checkDepth = options<StochasticDepthOptions>('stochasticDepth', { mode: oneOf('row', 'batch') })

/**
 * `Regularizer.stochasticDepth` as a layer: whole examples become 0. At the end of the layer of `residual` it drops the branch, and
 * leaves the input. It drops where `dropout` does.
 *
 * G. Huang, Y. Sun, Z. Liu, D. Sedra and K. Weinberger, Deep Networks with Stochastic Depth, ECCV 2016.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1; Error in training without a key
 * @throws ShapeError when it drops and the input has no axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const double = (x: T.Tensor<[number, 2]>) => T.mul(x, 2)
 * const block = Layer.residual(Layer.sequential(double, Layer.stochasticDepth(0.5)))
 * const [output] = Layer.apply(block)([{}, {}], [{}, {}], { mode: 'train', key: Random.key(0) })(T.ones([3, 2]))
 * T.toNested(output).every(([value]) => value === 1 || value === 5) // => true
 */
/* @__NO_SIDE_EFFECTS__ */
export const stochasticDepth = (rate: number, options: StochasticDepthOptions = {}): Layer<Keeping> => {
  requireRate('stochasticDepth', rate)
  checkDepth(options)
  return drawing('stochasticDepth', rate === 0, (key, x) => N.stochasticDepth(key, x, { rate, ...options }))
}

const isWeight = /(^|\.)w$/

/**
 * A layer with `Regularizer.dropConnect` of its weights, the parameters named `w`, each by a key of its own; biases stay. It drops
 * where `dropout` does, once for the whole batch.
 *
 * L. Wan, M. Zeiler, S. Zhang, Y. LeCun and R. Fergus, Regularization of Neural Networks using DropConnect, ICML 2013.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1; Error in training without a key, and for a layer without weights
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dropConnect(Layer.dense(4, 1), 0.5)
 * const params = { w: T.ones([1, 4]), b: T.of([0.5]) }
 * const [output] = Layer.apply(layer)(params, {}, { mode: 'train', key: Random.key(0) })(T.ones([4]))
 * T.item(output) % 2 // => 0.5
 * Layer.predict(layer)(params, {})(T.ones([4])) // => T.of([4.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const dropConnect = <F, P, S>(layer: Layer<F, P, S>, rate: number): Layer<F, P, S> => {
  requireLayer('dropConnect', layer)
  requireRate('dropConnect', rate)
  const run = applyOf(layer)
  return layerOf(layer.init, (params, state, context) => {
    const key = rate === 0 ? undefined : keyIn('dropConnect', context)
    return run(key === undefined ? params : dropped(params, foldIn(key, 1), rate), state, child(context, 0))
  })
}

/** A tree with some of the elements of its weights at 0. */
const dropped = <P>(params: P, key: Key, rate: number): P => {
  let weights = 0
  const changed = mapAs('dropConnect', params, (leaf, path) =>
    isWeight.test(path) ? N.dropConnect(foldIn(key, weights++), leaf, { rate }) : leaf
  )
  if (weights > 0) return changed
  throw new Error('dropConnect: the layer has no weights; expected a parameter named w')
}

// -----------------------------------------------------------------------------
// what adds or bends
// -----------------------------------------------------------------------------

/**
 * `Regularizer.gaussianNoise` as a layer: adds normal numbers of mean 0 and standard deviation `std`, where `dropout` drops.
 *
 * @throws RangeError when the deviation is negative or not finite; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.gaussianNoise(0.1))({}, {})(T.of([1, 2])) // => T.of([1, 2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const gaussianNoise = (std: number): Layer<Keeping> => {
  requireKind('gaussianNoise', 'std', std, notNegative)
  return drawing('gaussianNoise', std === 0, (key, x) => N.gaussianNoise(key, x, { std }))
}

/**
 * The options of `rrelu` as a layer.
 *
 * @example
 * import type { RreluOptions } from 'pullback/Layer'
 *
 * const options: RreluOptions = { lower: 0.1, upper: 0.3 }
 * options.upper // => 0.3
 */
export interface RreluOptions extends Slopes {}

/**
 * `Activation.rrelu` as a layer: the slope on the negative side is drawn for each element wherever the context has a key; in evaluation
 * without one it is the mean of `lower` (1/8 by default) and `upper` (1/3).
 *
 * B. Xu, N. Wang, T. Chen and M. Li, Empirical Evaluation of Rectified Activations in Convolutional Network, 2015.
 *
 * @throws RangeError when a bound is not finite, or `lower` is above `upper`; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.rrelu({ lower: 0.25, upper: 0.75 }))({}, {})(T.of([3, -2])) // => T.of([3, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const rrelu = (options: RreluOptions = {}): Layer<Keeping> => {
  checkSlopes(options)
  const [lower, upper] = slopesOf(options)
  const mean = leakyRelu({ slope: (lower + upper) / 2 })
  return drawing('rrelu', false, (key, x) => randomRelu(x, key, options), mean)
}
