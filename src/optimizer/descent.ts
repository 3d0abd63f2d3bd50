/** Descent along gradients, their momenta and their signs, as optimizers. */
import { flag, options as optionsOf, positiveCount, requireKind } from '../internal/options.js'
import type { Schedule } from '../Schedule.js'
import type { Tensor } from '../tensor/model.js'
import { decayed, kept, positive, strength } from './coefficient.js'
import { chain, partition } from './combinators.js'
import { addDecayedWeights } from './gradients.js'
import { scaleByTrustRatio } from './layerwise.js'
import { orthogonalize } from './matrices.js'
import type { Optimizer } from './model.js'
import { trace } from './momentum.js'
import { requireRate, scale, scaleByLearningRate } from './scaling.js'
import { type LionOptions, type RpropOptions, rpropKinds, scaleByLion, scaleByRprop } from './sign.js'
import { adam } from './adams.js'
import { isOptimizer } from './lift.js'

/**
 * The options of gradient descent.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.SgdOptions = { momentum: 0.9, nesterov: true }
 * options.momentum // => 0.9
 */
export interface SgdOptions {
  /** How much of the velocity is kept; without it, no velocity. */
  readonly momentum?: number | Tensor<[]>
  /** Whether the update looks one step ahead; false by default. */
  readonly nesterov?: boolean
  /** Whether gradients are multiplied by the rate before they join the velocity, and not after; false by default. */
  readonly rateInVelocity?: boolean
}

const sgdOptions = optionsOf<SgdOptions>('sgd', { momentum: kept, nesterov: flag, rateInVelocity: flag })

/**
 * Stochastic gradient descent, p <- p - lr g; with `momentum`, g is replaced by the decayed sum v <- momentum v + g, and
 * with `nesterov` by g + momentum v.
 *
 * The learning rate is a number, a scalar tensor or a schedule. Rates and momenta that are tensors may be differentiated
 * through. As in PyTorch and Optax, the rate is not part of the velocity. In some textbooks the velocity contains the
 * rates of earlier steps, v <- momentum v + lr g: that is `rateInVelocity`.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or the momentum not from 0 to 1
 * @throws TypeError for an unknown option
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const sgd = Optimizer.sgd(0.5)
 * const params = T.of([1, 2])
 * const [updates] = sgd.update(T.of([1, -1]), sgd.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.5, 2.5])
 *
 * // how the loss after a step changes with the learning rate
 * const loss = (p: T.Tensor<[2]>) => T.sum(T.square(p))
 * const after = (rate: T.Tensor<[]>) => {
 *   const [descent] = Optimizer.sgd(rate).update(grad(loss)(params), [], params)
 *   return loss(Optimizer.applyUpdates(params, descent))
 * }
 * grad(after)(T.scalar(0.25)) // => T.scalar(-10)
 */
/* @__NO_SIDE_EFFECTS__ */
export const sgd = (rate: number | Tensor<[]> | Schedule, options: SgdOptions = {}): Optimizer => {
  requireRate('sgd', rate)
  sgdOptions(options)
  const { momentum, nesterov = false, rateInVelocity = false } = options
  const descent = scaleByLearningRate(rate)
  if (momentum !== undefined) {
    const velocity = trace(momentum, { nesterov })
    return rateInVelocity ? chain(descent, velocity) : chain(velocity, descent)
  }
  if (nesterov) throw new RangeError('sgd: nesterov is true without momentum; expected a momentum')
  if (rateInVelocity) throw new RangeError('sgd: rateInVelocity is true without momentum; expected a momentum')
  return descent
}

/**
 * The options of Lion: its decays, and a weight decay.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.LionwOptions = { beta1: 0.9, weightDecay: 0.1 }
 * options.weightDecay // => 0.1
 */
export interface LionwOptions extends LionOptions {
  /** The share of the parameters that a step of rate 1 takes away; 0 by default. */
  readonly weightDecay?: number | Tensor<[]>
}

const lionOptions = optionsOf<LionwOptions>('lion', { beta1: decayed, beta2: decayed, weightDecay: strength })

/**
 * Steps of one size in every element: the sign of the gradient mixed with its running mean, with decoupled weight decay.
 *
 * X. Chen et al., Symbolic Discovery of Optimization Algorithms, NeurIPS 2023.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.lion(0.25)
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.75, 2.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const lion = (rate: number | Tensor<[]> | Schedule, options: LionwOptions = {}): Optimizer => {
  requireRate('lion', rate)
  lionOptions(options)
  const { weightDecay = 0, ...decays } = options
  return chain(scaleByLion(decays), addDecayedWeights(weightDecay), scaleByLearningRate(rate))
}

/**
 * The options of LARS.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.LarsOptions = { momentum: 0.9, trustCoefficient: 0.001 }
 * options.momentum // => 0.9
 */
export interface LarsOptions {
  /** How much of the velocity is kept; 0.9 by default. */
  readonly momentum?: number | Tensor<[]>
  /** Whether the update looks one step ahead; false by default. */
  readonly nesterov?: boolean
  /** The length of a step of rate 1, as a share of that of the parameters; 0.001 by default. */
  readonly trustCoefficient?: number | Tensor<[]>
  /** The rate at which parameters join the gradient; 0 by default. */
  readonly weightDecay?: number | Tensor<[]>
}

const larsOptions = optionsOf<LarsOptions>('lars', {
  momentum: kept,
  nesterov: flag,
  trustCoefficient: strength,
  weightDecay: strength
})

/**
 * Momentum of gradients that have, in each leaf, a length in proportion to that of the parameters; for large batches. The rate is
 * inside the velocity.
 *
 * Y. You, I. Gitman and B. Ginsburg, Large Batch Training of Convolutional Networks, 2017.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.lars(1, { trustCoefficient: 0.5 })
 * const params = T.of([3, 4])
 * const [updates] = optimizer.update(T.of([0, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([3, 6.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const lars = (rate: number | Tensor<[]> | Schedule, options: LarsOptions = {}): Optimizer => {
  requireRate('lars', rate)
  larsOptions(options)
  const { momentum = 0.9, nesterov = false, trustCoefficient = 0.001, weightDecay = 0 } = options
  return chain(
    addDecayedWeights(weightDecay),
    scaleByTrustRatio({ coefficient: trustCoefficient }),
    scaleByLearningRate(rate),
    trace(momentum, { nesterov })
  )
}

/**
 * A step for each element, which grows while its gradient keeps its sign and shrinks when it changes; for whole batches. The rate is
 * the first size.
 *
 * M. Riedmiller and H. Braun, A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm, ICNN 1993.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.rprop(0.25)
 * const params = T.of([1, 2])
 * const [updates] = optimizer.update(T.of([0.5, -20]), optimizer.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.75, 2.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const rprop = (rate: number | Tensor<[]>, options: RpropOptions = {}): Optimizer => {
  requireKind('rprop', 'the learning rate', rate, positive)
  optionsOf<RpropOptions>('rprop', rpropKinds)(options)
  return chain(scaleByRprop(rate, options), scale(-1))
}

/**
 * The options of Muon.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.MuonOptions = { momentum: 0.95, steps: 5 }
 * options.momentum // => 0.95
 */
export interface MuonOptions {
  /** How much of the velocity is kept; 0.95 by default. */
  readonly momentum?: number | Tensor<[]>
  /** Whether the velocity looks one step ahead; true by default. */
  readonly nesterov?: boolean
  /** How many iterations orthogonalise; 5 by default. */
  readonly steps?: number
  /** The decoupled weight decay of matrices; 0 by default. */
  readonly weightDecay?: number | Tensor<[]>
  /** The optimizer of leaves that are not matrices: `adam` at the same rate by default. */
  readonly rest?: Optimizer
}

const muonOptions = optionsOf<MuonOptions>('muon', {
  momentum: kept,
  nesterov: flag,
  steps: positiveCount,
  weightDecay: strength,
  rest: { expected: 'an optimizer', holds: isOptimizer }
})

/**
 * Momentum whose updates of matrices are made orthogonal, so that all directions get steps of about one size; other leaves have an
 * optimizer of their own.
 *
 * K. Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = { w: T.eye(2), b: T.of([1, 2]) }
 * const optimizer = Optimizer.muon(0.25)
 * const [{ b }] = optimizer.update({ w: T.eye(2), b: T.of([1, -1]) }, optimizer.init(params), params)
 * b // => T.of([-0.25, 0.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const muon = (rate: number | Tensor<[]> | Schedule, options: MuonOptions = {}): Optimizer => {
  requireRate('muon', rate)
  muonOptions(options)
  const { momentum = 0.95, nesterov = true, steps = 5, weightDecay = 0, rest = adam(rate) } = options
  const matrices = chain(
    trace(momentum, { nesterov }),
    orthogonalize({ steps }),
    addDecayedWeights(weightDecay),
    scaleByLearningRate(rate)
  )
  return partition({ matrices, rest }, (_path, { shape }) => (shape.length === 2 ? 'matrices' : 'rest'))
}
