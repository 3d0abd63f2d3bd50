/** Scalings by one size for each leaf: trust ratios, NovoGrad, and the size of the parameters. */
import { type Kinds, options as optionsOf, requireKind } from '../internal/options.js'
import { add, div, equal, greater, mul, sign, where } from '../Tensor.js'
import { type Tensor, fill } from '../tensor/model.js'
import { atLeast, decayed, plus, positive, runningRoot, strength, times, zerosOf } from './coefficient.js'
import { lengthOfLeaf, rmsOf } from './lengths.js'
import { mapLeaves } from './lift.js'
import type { Optimizer } from './model.js'
import { leafwise, stateless } from './rule.js'

/**
 * The constants of trust ratios.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.TrustOptions = { coefficient: 0.001, minNorm: 0 }
 * options.coefficient // => 0.001
 */
export interface TrustOptions {
  /** Multiplies every ratio; 1 by default. */
  readonly coefficient?: number | Tensor<[]>
  /** The least norm of parameters and updates; 0 by default. */
  readonly minNorm?: number | Tensor<[]>
  /** Added to the norm of the update; 0 by default. */
  readonly epsilon?: number | Tensor<[]>
}

/**
 * Multiplies each leaf by the ratio of the norm of its parameters to that of its update; by 1 where either is 0.
 *
 * Y. You, I. Gitman and B. Ginsburg, Large Batch Training of Convolutional Networks, 2017; Y. You et al., Large Batch Optimization for
 * Deep Learning: Training BERT in 76 minutes, ICLR 2020.
 *
 * @throws RangeError when a constant is not a number of 0 or more
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const trust = Optimizer.scaleByTrustRatio()
 * trust.update(T.of([3, 4]), [], T.of([0, 10]))[0] // => T.of([6, 8])
 * trust.update(T.of([3, 4]), [], T.of([0, 0]))[0] // => T.of([3, 4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByTrustRatio = (options: TrustOptions = {}): Optimizer => {
  optionsOf<TrustOptions>('scaleByTrustRatio', { coefficient: strength, minNorm: strength, epsilon: strength })(options)
  const { coefficient = 1, minNorm = 0, epsilon = 0 } = options
  const normOf = (leaf: Tensor): Tensor => atLeast(lengthOfLeaf(leaf), minNorm)
  return stateless((gradient, params) =>
    mapLeaves(gradient, (leaf, path) => {
      const [length, size] = [normOf(leaf), normOf(params[path]!)]
      const isRatio = greater(mul(sign(length), sign(size)), 0)
      const ratio = div(times(size, coefficient), plus(where(isRatio, length, 1), epsilon))
      return mul(leaf, where(isRatio, ratio, 1))
    })
  )
}

/**
 * The constants of NovoGrad.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.NovogradOptions = { beta1: 0.95, beta2: 0.98 }
 * options.beta1 // => 0.95
 */
export interface NovogradOptions {
  /** How much of the first moment is kept; 0.9 by default. */
  readonly beta1?: number | Tensor<[]>
  /** How much of the second moment is kept; 0.25 by default. */
  readonly beta2?: number | Tensor<[]>
  /** Added to the root of the second moment; 1e-6 by default. */
  readonly epsilon?: number | Tensor<[]>
  /** How much of the parameters joins the first moment; 0 by default. */
  readonly weightDecay?: number | Tensor<[]>
}

/** What the constants of NovoGrad may be. */
export const novogradKinds: Kinds<NovogradOptions> = {
  beta1: decayed,
  beta2: decayed,
  epsilon: positive,
  weightDecay: strength
}

/**
 * Momentum of gradients that are divided by a running norm of their leaf: v <- b2 v + (1 - b2) |g|^2, which begins at |g|^2, and m <-
 * b1 m + g / (sqrt(v) + eps) + weightDecay p. The state holds sqrt(v), one number for each leaf.
 *
 * B. Ginsburg et al., Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep Networks, 2019.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1, or another constant out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const novograd = Optimizer.scaleByNovograd()
 * novograd.update(T.of([30, 40]), novograd.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([0.6, 0.8])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByNovograd = (options: NovogradOptions = {}): Optimizer => {
  optionsOf<NovogradOptions>('scaleByNovograd', novogradKinds)(options)
  const { beta1 = 0.9, beta2 = 0.25, epsilon = 1e-6, weightDecay = 0 } = options
  const rootMeanOf = runningRoot(beta2)
  return leafwise(
    (leaf) => ({ mean: zerosOf(leaf), root: fill([], leaf.dtype, 0) }),
    (count) => (gradient, before, param) => {
      const length = lengthOfLeaf(gradient)
      const root = where(equal(count, 0), length, rootMeanOf(before.root, length))
      const scaled = div(gradient, plus(root, epsilon))
      const mean = add(times(before.mean, beta1), weightDecay === 0 ? scaled : add(scaled, times(param, weightDecay)))
      return [mean, { mean, root }]
    }
  )
}

/**
 * Multiplies each leaf by the root of the mean of the squares of its parameters, which counts as `least` (1e-3) at least.
 *
 * N. Shazeer and M. Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, ICML 2018, section 8.
 *
 * @throws RangeError when the least size is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.scaleByParamBlockRms().update(T.of([1, -1]), [], T.of([2, 2]))[0] // => T.of([2, -2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByParamBlockRms = (least: number | Tensor<[]> = 1e-3): Optimizer => {
  requireKind('scaleByParamBlockRms', 'the least size', least, positive)
  return stateless((gradient, params) =>
    mapLeaves(gradient, (leaf, path) => mul(leaf, atLeast(rmsOf(params[path]!), least)))
  )
}
