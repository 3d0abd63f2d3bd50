/** The noise of networks in training: what drops values, channels, weights or examples, and what adds to them. */
import { toFloat } from '../DType.js'
import { dataAt } from '../internal/dual.js'
import { type Kind, notNegative, number, oneOf, options, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { draw } from '../random/dataLast.js'
import type { Key } from '../random/model.js'
import * as Random from '../Random.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { add, cast, mul, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `dropout`, `dropConnect` and `alphaDropout`.
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Regularizer.DropOptions = { rate: 0 }
 * Regularizer.dropout(Random.key(0), T.of([1, 2]), options) // => T.of([1, 2])
 */
export interface DropOptions {
  /** The probability with which something is dropped: from 0 up to but not including 1. */
  readonly rate: number
}

/**
 * The options of `spatialDropout`.
 *
 * @example
 * import type { SpatialDropOptions } from 'pullback/Regularizer'
 *
 * const options: SpatialDropOptions = { rate: 0.2, dataFormat: 'NHWC' }
 * options.rate // => 0.2
 */
export interface SpatialDropOptions extends DropOptions {
  /** Where the channels are: behind the examples (the default), or last. */
  readonly dataFormat?: 'NCHW' | 'NHWC'
}

/**
 * The options of `stochasticDepth`.
 *
 * @example
 * import type { DepthOptions } from 'pullback/Regularizer'
 *
 * const options: DepthOptions = { rate: 0.1, mode: 'batch' }
 * options.mode // => 'batch'
 */
export interface DepthOptions extends DropOptions {
  /** Whether each example is dropped or kept by itself (`'row'`, the default), or all are together. */
  readonly mode?: 'row' | 'batch'
}

/**
 * The options of `gaussianNoise`.
 *
 * @example
 * import type { NoiseOptions } from 'pullback/Regularizer'
 *
 * const options: NoiseOptions = { std: 0.1 }
 * options.std // => 0.1
 */
export interface NoiseOptions {
  /** The standard deviation of the noise, 0 or more. */
  readonly std: number
}

/** A function of a key and a tensor, in the two readings of draws. */
interface Noise<O> {
  <S extends Shape>(key: Key, x: Tensor<S>, options: O): Tensor<S>
  <S extends Shape>(x: Tensor<S>, options: O): (key: Key) => Tensor<S>
}

/** A probability of dropping, which leaves something. */
export const rateKind: Kind = number('a number from 0 to 1 (exclusive)', (rate) => rate >= 0 && rate < 1)

// -----------------------------------------------------------------------------
// what drops
// -----------------------------------------------------------------------------

/** Makes a function that changes some elements: `shapeOf` gives the shape of its coins, which broadcasts to the tensor's. */
/* @__NO_SIDE_EFFECTS__ */
const dropping = <O extends DropOptions>(
  operation: string,
  further: { readonly [Name in keyof Omit<O, 'rate'>]-?: Kind },
  shapeOf: (shape: Shape, given: Partial<O>) => Shape,
  choose: (keep: Tensor, x: Tensor, rate: number) => Tensor = zeroed
): Noise<O> =>
  draw<Noise<O>>(
    operation,
    dataAt(1, options<DropOptions>(operation, { rate: rateKind, ...further })),
    (key: Key, x: Tensor, given: Partial<O> = {}) => {
      requireTensor(operation, x)
      const { rate } = given
      requireKind(operation, 'rate', rate, rateKind)
      const coins = shapeOf(x.shape, given)
      if (rate === undefined || rate === 0) return x
      return within(operation, () => choose(Random.bernoulli(key, 1 - rate, coins), cast(x, toFloat(x.dtype)), rate))
    }
  )

/** What is kept, divided by 1 - rate, and zeros. */
const zeroed = (keep: Tensor, x: Tensor, rate: number): Tensor => where(keep, mul(x, 1 / (1 - rate)), 0)

const own = (shape: Shape): Shape => shape

/**
 * Sets each element to 0 with probability `rate`, and divides the others by 1 - rate, so that the mean stays (inverted dropout): in
 * evaluation nothing is left to do. What is dropped is a strong zero: 0 even where the element is NaN, and so is its gradient. A rate
 * of 0 returns the tensor. The key decides what is dropped. Data-last: `dropout(x, options)(key)`.
 *
 * N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, Dropout: A Simple Way to Prevent Neural
 * Networks from Overfitting, JMLR 15 (2014).
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([1, 2, 3, 4, 5, 6])
 * Regularizer.dropout(Random.key(0), x, { rate: 0.5 }) // => T.of([2, 0, 6, 0, 0, 0])
 * pipe(Random.key(1), Regularizer.dropout(x, { rate: 0.5 })).shape // => [6]
 */
export const dropout: Noise<DropOptions> = dropping<DropOptions>('dropout', {}, own)

/**
 * `dropout` of weights: each connection is cut with probability `rate`, and the others are divided by 1 - rate. The weights are those of
 * one application; examples get different ones by `vmap` over keys.
 *
 * L. Wan, M. Zeiler, S. Zhang, Y. LeCun and R. Fergus, Regularization of Neural Networks using DropConnect, ICML 2013.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const w = T.of([[1, 2, 3], [4, 5, 6]])
 * const x = T.of([1, 1, 1])
 * T.matmul(Regularizer.dropConnect(Random.key(3), w, { rate: 0.5 }), x) // => T.of([6, 10])
 */
export const dropConnect: Noise<DropOptions> = dropping<DropOptions>('dropConnect', {}, own)

/** What `Activation.selu` tends to for negative numbers. */
const saturation = -1.7580993408473766

/** What is kept, and the saturation of selu, both scaled and shifted so that mean 0 and variance 1 stay. */
const saturated = (keep: Tensor, x: Tensor, rate: number): Tensor => {
  const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * saturation * saturation))
  const shift = -scale * rate * saturation
  return where(keep, add(mul(x, scale), shift), scale * saturation + shift)
}

/**
 * `dropout` between layers of `Activation.selu`, which are self-normalising: sets each element to the value at which selu saturates,
 * s = -1.7581, with probability `rate`, then scales and shifts all of them, a x + b, so that elements of mean 0 and variance 1 keep them.
 * With q = 1 - rate, a = (q + s^2 q rate)^(-1/2), b = -a rate s.
 *
 * G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, Self-Normalizing Neural Networks, NeurIPS 2017.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const x = Random.normal(Random.key(0), [10_000])
 * const dropped = Regularizer.alphaDropout(Random.key(1), x, { rate: 0.2 })
 * Math.abs(T.item(T.mean(dropped))) < 0.05 // => true
 * Math.abs(T.item(T.std(dropped)) - 1) < 0.05 // => true
 */
export const alphaDropout: Noise<DropOptions> = dropping<DropOptions>('alphaDropout', {}, own, saturated)

/**
 * `dropout` of whole channels: each channel of each example of `[N, C, ...]`, or `[N, ..., C]` with `dataFormat: 'NHWC'`, is set to 0 with
 * probability `rate`, and the others are divided by 1 - rate. Neighbouring pixels say much the same, so dropping one by one would drop little.
 *
 * J. Tompson, R. Goroshin, A. Jain, Y. LeCun and C. Bregler, Efficient Object Localization Using Convolutional Networks, CVPR 2015.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1
 * @throws ShapeError when there are fewer than three axes
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const images = T.ones([1, 3, 1, 2])
 * Regularizer.spatialDropout(Random.key(0), images, { rate: 0.5 }) // => T.of([[[[2, 2]], [[0, 0]], [[2, 2]]]])
 */
export const spatialDropout: Noise<SpatialDropOptions> = dropping<SpatialDropOptions>(
  'spatialDropout',
  { dataFormat: oneOf('NCHW', 'NHWC') },
  (shape, { dataFormat = 'NCHW' }) => {
    const channel = dataFormat === 'NHWC' ? shape.length - 1 : 1
    if (shape.length > 2) return shape.map((n, axis) => (axis === 0 || axis === channel ? n : 1))
    const expected = dataFormat === 'NHWC' ? '[N, ..., C]' : '[N, C, ...]'
    throw new ShapeError(
      'spatialDropout',
      [shape],
      `the operand has shape ${show(shape)}; expected ${expected} with three axes or more`
    )
  }
)

/**
 * Sets whole examples, the rows of axis 0, to 0 with probability `rate`, and divides the others by 1 - rate: for the branch of a residual
 * block, `x + f(x)`, of which only x is left. With `mode: 'batch'` all rows are kept or dropped together.
 *
 * G. Huang, Y. Sun, Z. Liu, D. Sedra and K. Weinberger, Deep Networks with Stochastic Depth, ECCV 2016.
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1
 * @throws ShapeError when the operand has no axes
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const [x, branch] = [T.zeros([3, 2]), T.ones([3, 2])]
 * T.add(x, Regularizer.stochasticDepth(Random.key(0), branch, { rate: 0.5 })) // => T.of([[2, 2], [0, 0], [2, 2]])
 */
export const stochasticDepth: Noise<DepthOptions> = dropping<DepthOptions>(
  'stochasticDepth',
  { mode: oneOf('row', 'batch') },
  (shape, { mode = 'row' }) => {
    if (shape.length > 0) return shape.map((n, axis) => (axis === 0 && mode === 'row' ? n : 1))
    throw new ShapeError('stochasticDepth', [shape], 'the operand has shape []; expected an axis of examples')
  }
)

// -----------------------------------------------------------------------------
// what adds
// -----------------------------------------------------------------------------

/**
 * Adds a normal number of mean 0 and standard deviation `std` to each element. A deviation of 0 returns the tensor. Data-last:
 * `gaussianNoise(x, options)(key)`.
 *
 * @throws RangeError when the deviation is negative or not finite
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const key = Random.key(0)
 * const noise = T.sub(Regularizer.gaussianNoise(key, T.zeros([3]), { std: 0.5 }), T.mul(Random.normal(key, [3]), 0.5))
 * noise // => T.of([0, 0, 0])
 */
export const gaussianNoise: Noise<NoiseOptions> = draw<Noise<NoiseOptions>>(
  'gaussianNoise',
  dataAt(1, options<NoiseOptions>('gaussianNoise', { std: notNegative })),
  (key: Key, x: Tensor, { std }: Partial<NoiseOptions> = {}) => {
    requireTensor('gaussianNoise', x)
    requireKind('gaussianNoise', 'std', std, notNegative)
    if (std === undefined || std === 0) return x
    return within('gaussianNoise', () => typed(add(x, mul(Random.normal(key, x.shape, toFloat(x.dtype)), std))))
  }
)
