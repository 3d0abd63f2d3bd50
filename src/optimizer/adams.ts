/** Adam and its relatives, as optimizers. */
import { options as optionsOf } from '../internal/options.js'
import type { Schedule } from '../Schedule.js'
import type { Tensor } from '../tensor/model.js'
import {
  type AdamOptions,
  type BeliefOptions,
  adamConstants,
  beliefConstants,
  scaleByAdam,
  scaleByAdamax,
  scaleByAmsgrad,
  scaleByBelief,
  scaleByNadam,
  scaleByRadam
} from './adam.js'
import { decayed, positive, strength } from './coefficient.js'
import { chain } from './combinators.js'
import { addDecayedWeights } from './gradients.js'
import { scaleByTrustRatio } from './layerwise.js'
import type { Optimizer } from './model.js'
import { requireRate, scaleByLearningRate } from './scaling.js'

/**
 * Adam, p <- p - lr m / (sqrt(v) + eps) with the bias-corrected moments of `scaleByAdam`. The learning rate is a number, a
 * scalar tensor or a schedule.
 *
 * D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 * @throws TypeError for an unknown option
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const adam = Optimizer.adam(0.25)
 * const params = T.of([1, 2])
 * const [updates] = adam.update(T.of([0.5, -20]), adam.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.75, 2.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adam = (rate: number | Tensor<[]> | Schedule, options: AdamOptions = {}): Optimizer => {
  requireRate('adam', rate)
  adamConstants('adam', options)
  return chain(scaleByAdam(options), scaleByLearningRate(rate))
}

/**
 * The constants of Adam, and a weight decay.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.AdamwOptions = { beta1: 0.9, weightDecay: 0.1 }
 * options.weightDecay // => 0.1
 */
export interface AdamwOptions extends AdamOptions {
  /** The share of the parameters that a step of rate 1 takes away. */
  readonly weightDecay?: number | Tensor<[]>
}

const withDecay = (operation: string, given: AdamwOptions): void => {
  const kinds = { beta1: decayed, beta2: decayed, epsilon: positive, weightDecay: strength }
  optionsOf<AdamwOptions>(operation, kinds)(given)
}

/**
 * Adam with decoupled weight decay, p <- p - lr (m / (sqrt(v) + eps) + weightDecay p); the decay is 0.01 by default. `masked` spares
 * biases.
 *
 * I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.adamw(0.25, { weightDecay: 0.5 })
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.625, 2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adamw = (rate: number | Tensor<[]> | Schedule, options: AdamwOptions = {}): Optimizer => {
  requireRate('adamw', rate)
  withDecay('adamw', options)
  const { weightDecay = 0.01, ...constants } = options
  return chain(scaleByAdam(constants), addDecayedWeights(weightDecay), scaleByLearningRate(rate))
}

/**
 * Adam that divides by the largest second moment so far, so that steps do not grow again.
 *
 * S. J. Reddi, S. Kale and S. Kumar, On the Convergence of Adam and Beyond, ICLR 2018.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.amsgrad(0.25)
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.75, 2.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const amsgrad = (rate: number | Tensor<[]> | Schedule, options: AdamOptions = {}): Optimizer => {
  requireRate('amsgrad', rate)
  adamConstants('amsgrad', options)
  return chain(scaleByAmsgrad(options), scaleByLearningRate(rate))
}

/**
 * Adam with the largest of the decayed gradients in place of the root of the mean of their squares.
 *
 * D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 2.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.adamax(0.25)
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.75, 2.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adamax = (rate: number | Tensor<[]> | Schedule, options: AdamOptions = {}): Optimizer => {
  requireRate('adamax', rate)
  adamConstants('adamax', options)
  return chain(scaleByAdamax(options), scaleByLearningRate(rate))
}

/**
 * Adam with Nesterov's momentum, which looks one step ahead.
 *
 * T. Dozat, Incorporating Nesterov Momentum into Adam, ICLR workshop 2016.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.nadam(0.25)
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.6315789, 2.368421])
 */
/* @__NO_SIDE_EFFECTS__ */
export const nadam = (rate: number | Tensor<[]> | Schedule, options: AdamOptions = {}): Optimizer => {
  requireRate('nadam', rate)
  adamConstants('nadam', options)
  return chain(scaleByNadam(options), scaleByLearningRate(rate))
}

/**
 * Adam whose first steps are plain momentum, until the second moment has seen enough gradients.
 *
 * L. Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, ICLR 2020.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.radam(0.25)
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.875, 7])
 */
/* @__NO_SIDE_EFFECTS__ */
export const radam = (rate: number | Tensor<[]> | Schedule, options: AdamOptions = {}): Optimizer => {
  requireRate('radam', rate)
  adamConstants('radam', options)
  return chain(scaleByRadam(options), scaleByLearningRate(rate))
}

/**
 * Adam that takes large steps where the gradient is near its running mean, and small ones where it is far from it.
 *
 * J. Zhuang et al., AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients, NeurIPS 2020.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.adabelief(0.25, { beta1: 0.5 })
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.5, 2.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adabelief = (rate: number | Tensor<[]> | Schedule, options: BeliefOptions = {}): Optimizer => {
  requireRate('adabelief', rate)
  beliefConstants('adabelief', options)
  return chain(scaleByBelief(options), scaleByLearningRate(rate))
}

/**
 * LAMB: Adam whose steps have, in each leaf, a length in proportion to that of the parameters; for large batches. Epsilon is 1e-6 by
 * default, the weight decay 0.
 *
 * Y. You et al., Large Batch Optimization for Deep Learning: Training BERT in 76 minutes, ICLR 2020.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.lamb(0.5)
 * const params = T.of([3, 4])
 * const [updates] = optimizer.update(T.of([0, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([3, 6.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const lamb = (rate: number | Tensor<[]> | Schedule, options: AdamwOptions = {}): Optimizer => {
  requireRate('lamb', rate)
  withDecay('lamb', options)
  const { weightDecay = 0, epsilon = 1e-6, ...betas } = options
  return chain(
    scaleByAdam({ epsilon, ...betas }),
    addDecayedWeights(weightDecay),
    scaleByTrustRatio(),
    scaleByLearningRate(rate)
  )
}
