/** Optimizers that adapt to the running size of gradients, or to that of whole leaves. */
import { flag, number, options as optionsOf } from '../internal/options.js'
import type { Schedule } from '../Schedule.js'
import type { Tensor } from '../tensor/model.js'
import {
  type AdadeltaOptions,
  type RmsOptions,
  type RssOptions,
  adadeltaConstants,
  rssConstants,
  scaleByAdadelta,
  scaleByRms,
  scaleByRss,
  scaleByStddev
} from './adaptive.js'
import { decayed, kept, positive, strength } from './coefficient.js'
import { clipByBlockRms } from './clipping.js'
import { chain, identity } from './combinators.js'
import { addDecayedWeights } from './gradients.js'
import { type NovogradOptions, novogradKinds, scaleByNovograd, scaleByParamBlockRms } from './layerwise.js'
import { type FactoredOptions, factoredKinds, scaleByFactoredRms } from './matrices.js'
import type { Optimizer } from './model.js'
import { ema, trace } from './momentum.js'
import { requireRate, scale, scaleByLearningRate } from './scaling.js'

/**
 * Steps that shrink with the root of the sum of all squares so far, which begins at `initial`: 0.1, as in optax. PyTorch has `initial:
 * 0, epsilon: 1e-10, epsilonInRoot: false`.
 *
 * J. Duchi, E. Hazan and Y. Singer, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, JMLR 2011.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.adagrad(0.25, { initial: 0 })
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.75000006, 2.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adagrad = (rate: number | Tensor<[]> | Schedule, options: RssOptions = {}): Optimizer => {
  requireRate('adagrad', rate)
  rssConstants('adagrad', options)
  return chain(scaleByRss(options), scaleByLearningRate(rate))
}

/**
 * Steps in the unit of the parameters, from the running sizes of updates and gradients; a rate of 1 is usual.
 *
 * M. D. Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.adadelta(1, { decay: 0.75, epsilon: 1e-4 })
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([50, 0]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.98, 2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adadelta = (rate: number | Tensor<[]> | Schedule, options: AdadeltaOptions = {}): Optimizer => {
  requireRate('adadelta', rate)
  adadeltaConstants('adadelta', options)
  return chain(scaleByAdadelta(options), scaleByLearningRate(rate))
}

/**
 * The options of RMSProp: the constants of its scaling, centring and momentum.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * // as in PyTorch
 * const options: Optimizer.RmspropOptions = { decay: 0.99, epsilonInRoot: false }
 * options.decay // => 0.99
 */
export interface RmspropOptions extends RmsOptions {
  /** Whether the mean is taken off the squares, so that the divisor is a standard deviation; false by default. */
  readonly centred?: boolean
  /** How much of the velocity, which has the rate inside, is kept; without it, no velocity. */
  readonly momentum?: number | Tensor<[]>
  /** Whether the velocity looks one step ahead; false by default. */
  readonly nesterov?: boolean
}

const rmspropOptions = optionsOf<RmspropOptions>('rmsprop', {
  decay: decayed,
  epsilon: positive,
  epsilonInRoot: flag,
  initial: strength,
  centred: flag,
  momentum: kept,
  nesterov: flag
})

/**
 * Steps of about one size: gradients are divided by the root of the running mean of their squares, or where `centred` by their
 * running standard deviation.
 *
 * T. Tieleman and G. Hinton, Lecture 6.5 of Neural Networks for Machine Learning, 2012.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.rmsprop(0.25, { decay: 0.75, epsilon: 1e-12 })
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.5, 2.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const rmsprop = (rate: number | Tensor<[]> | Schedule, options: RmspropOptions = {}): Optimizer => {
  requireRate('rmsprop', rate)
  rmspropOptions(options)
  const { centred = false, momentum, nesterov = false, ...constants } = options
  if (nesterov && momentum === undefined) {
    throw new RangeError('rmsprop: nesterov is true without momentum; expected a momentum')
  }
  return chain(
    centred ? scaleByStddev(constants) : scaleByRms(constants),
    scaleByLearningRate(rate),
    momentum === undefined ? identity : trace(momentum, { nesterov })
  )
}

/**
 * Momentum of gradients that are divided by a running norm of their leaf, with one number of memory for each.
 *
 * B. Ginsburg et al., Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep Networks, 2019.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.novograd(0.5)
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([30, 40]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.7, 1.6])
 */
/* @__NO_SIDE_EFFECTS__ */
export const novograd = (rate: number | Tensor<[]> | Schedule, options: NovogradOptions = {}): Optimizer => {
  requireRate('novograd', rate)
  optionsOf<NovogradOptions>('novograd', novogradKinds)(options)
  return chain(scaleByNovograd(options), scaleByLearningRate(rate))
}

/**
 * The options of Adafactor.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.AdafactorOptions = { minSize: 32, scaleByParameters: false }
 * options.minSize // => 32
 */
export interface AdafactorOptions extends FactoredOptions {
  /** Updates of leaves have at most this root of mean squares before the rate; 1 by default. */
  readonly clippingThreshold?: number
  /** Whether steps are in proportion to the size of the parameters; true by default. */
  readonly scaleByParameters?: boolean
  /** How much of a running mean of updates is kept; without it, no memory. */
  readonly momentum?: number | Tensor<[]>
  /** The share of the parameters that each step takes away, whatever the rate; 0 by default. */
  readonly weightDecay?: number | Tensor<[]>
}

const adafactorOptions = optionsOf<AdafactorOptions>('adafactor', {
  ...factoredKinds,
  clippingThreshold: /* @__PURE__ */ number('a number above 0', (most) => most > 0),
  scaleByParameters: flag,
  momentum: decayed,
  weightDecay: strength
})

/**
 * Second moments of matrices from the means of their rows and columns, bounded steps in proportion to the parameters, and no first
 * moment unless a `momentum` is given: the memory of a matrix of m rows and n columns is m + n numbers.
 *
 * N. Shazeer and M. Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, ICML 2018.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.adafactor(0.25)
 * const params = T.of([2, -2])
 * const [updates] = optimizer.update(T.of([30, 40]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([1.5, -2.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adafactor = (rate: number | Tensor<[]> | Schedule, options: AdafactorOptions = {}): Optimizer => {
  requireRate('adafactor', rate)
  adafactorOptions(options)
  const { clippingThreshold = 1, scaleByParameters = true, momentum, weightDecay = 0, ...constants } = options
  return chain(
    scaleByFactoredRms(constants),
    clipByBlockRms(clippingThreshold),
    scaleByLearningRate(rate),
    scaleByParameters ? scaleByParamBlockRms() : identity,
    momentum === undefined ? identity : ema(momentum, { debias: false }),
    weightDecay === 0 ? identity : chain(scale(-1), addDecayedWeights(weightDecay), scale(-1))
  )
}
