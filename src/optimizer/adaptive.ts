/** Scalings by running sizes of gradients alone: RMSProp, AdaGrad, AdaDelta. */
import { flag, options as optionsOf } from '../internal/options.js'
import { div, hypot, mul, sub } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import {
  type Coefficient,
  complement,
  decayed,
  filled,
  hypotWith,
  plus,
  positive,
  rootOf,
  running,
  runningRoot,
  strength,
  times,
  wide,
  zerosOf
} from './coefficient.js'
import type { Optimizer } from './model.js'
import { leafwise } from './rule.js'

/** A root plus epsilon, or with it inside, sqrt(r^2 + epsilon). */
/* @__NO_SIDE_EFFECTS__ */
const guarded = (epsilon: Coefficient, inRoot: boolean): ((root: Tensor) => Tensor) => {
  const least = rootOf(epsilon)
  return (root) => (inRoot ? hypotWith(root, least) : plus(root, epsilon))
}

/**
 * The constants of RMSProp's scaling.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.RmsOptions = { decay: 0.99, epsilonInRoot: false }
 * options.decay // => 0.99
 */
export interface RmsOptions {
  /** How much of the running mean of squares is kept; 0.9 by default. */
  readonly decay?: number | Tensor<[]>
  /** Keeps the divisor from 0; 1e-8 by default. */
  readonly epsilon?: number | Tensor<[]>
  /** Whether epsilon is added under the root, as by default, or to it. */
  readonly epsilonInRoot?: boolean
  /** The mean of squares before the first step; 0 by default. */
  readonly initial?: number | Tensor<[]>
}

const rmsConstants = (operation: string, given: RmsOptions): Required<RmsOptions> => {
  const kinds = { decay: decayed, epsilon: positive, epsilonInRoot: flag, initial: strength }
  optionsOf<RmsOptions>(operation, kinds)(given)
  const { decay = 0.9, epsilon = 1e-8, epsilonInRoot = true, initial = 0 } = given
  return { decay, epsilon, epsilonInRoot, initial }
}

/**
 * Divides by the root of the running mean of squares: v <- d v + (1 - d) g^2, result g / sqrt(v + eps), or g / (sqrt(v) + eps) where
 * `epsilonInRoot` is false. The state holds sqrt(v).
 *
 * T. Tieleman and G. Hinton, Lecture 6.5 of Neural Networks for Machine Learning, 2012.
 *
 * @throws RangeError when the decay is not from 0 up to but not including 1, or another constant out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const rms = Optimizer.scaleByRms({ decay: 0.75, epsilon: 1e-12 })
 * rms.update(T.of([0.5, -20]), rms.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([2, -2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByRms = (options: RmsOptions = {}): Optimizer => {
  const { decay, epsilon, epsilonInRoot, initial } = rmsConstants('scaleByRms', options)
  const [rootMeanOf, divisor] = [runningRoot(decay), guarded(epsilon, epsilonInRoot)]
  return leafwise(
    (leaf) => ({ root: filled(leaf, rootOf(initial)) }),
    () => (gradient, before) => {
      const root = rootMeanOf(before.root, gradient)
      return [div(gradient, divisor(root)), { root }]
    }
  )
}

/**
 * Divides by the running standard deviation: with the mean m <- d m + (1 - d) g, the variance is the running mean of squares less
 * m^2. It is computed as d (v + (1 - d) (g - m)^2), which is never negative.
 *
 * A. Graves, Generating Sequences With Recurrent Neural Networks, 2013.
 *
 * @throws RangeError when the decay is not from 0 up to but not including 1, or another constant out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const centred = Optimizer.scaleByStddev({ decay: 0.5, epsilon: 1e-12 })
 * centred.update(T.of([0.5, 0]), centred.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([2, 0])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByStddev = (options: RmsOptions = {}): Optimizer => {
  const { decay, epsilon, epsilonInRoot, initial } = rmsConstants('scaleByStddev', options)
  const [meanOf, divisor] = [running(decay), guarded(epsilon, epsilonInRoot)]
  const [keep, spread] = [rootOf(decay), rootOf(mul(wide(decay), wide(complement(decay))))]
  return leafwise(
    (leaf) => ({ mean: zerosOf(leaf), root: filled(leaf, rootOf(initial)) }),
    () => (gradient, before) => {
      const root = hypot(times(before.root, keep), times(sub(gradient, before.mean), spread))
      return [div(gradient, divisor(root)), { mean: meanOf(before.mean, gradient), root }]
    }
  )
}

/**
 * The constants of AdaGrad's scaling.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * // as in PyTorch
 * const options: Optimizer.RssOptions = { initial: 0, epsilon: 1e-10, epsilonInRoot: false }
 * options.initial // => 0
 */
export interface RssOptions {
  /** The sum of squares before the first step; 0.1 by default. */
  readonly initial?: number | Tensor<[]>
  /** Keeps the divisor from 0; 1e-7 by default. */
  readonly epsilon?: number | Tensor<[]>
  /** Whether epsilon is added under the root, as by default, or to it. */
  readonly epsilonInRoot?: boolean
}

/** The constants of AdaGrad where none are given; others are refused. */
export const rssConstants = (operation: string, given: RssOptions): Required<RssOptions> => {
  optionsOf<RssOptions>(operation, { initial: strength, epsilon: positive, epsilonInRoot: flag })(given)
  const { initial = 0.1, epsilon = 1e-7, epsilonInRoot = true } = given
  return { initial, epsilon, epsilonInRoot }
}

/**
 * Divides by the root of the sum of all squares so far: s <- s + g^2, result g / sqrt(s + eps), or g / (sqrt(s) + eps) where
 * `epsilonInRoot` is false. The state holds sqrt(s).
 *
 * J. Duchi, E. Hazan and Y. Singer, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, JMLR 2011.
 *
 * @throws RangeError when the initial sum is below 0, or epsilon is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const rss = Optimizer.scaleByRss({ initial: 0 })
 * const [first, state] = rss.update(T.of([3, 0]), rss.init(T.of([0, 0])), T.of([0, 0]))
 * first // => T.of([1, 0])
 * rss.update(T.of([4, 0]), state, T.of([0, 0]))[0] // => T.of([0.8, 0])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByRss = (options: RssOptions = {}): Optimizer => {
  const { initial, epsilon, epsilonInRoot } = rssConstants('scaleByRss', options)
  const divisor = guarded(epsilon, epsilonInRoot)
  return leafwise(
    (leaf) => ({ root: filled(leaf, rootOf(initial)) }),
    () => (gradient, before) => {
      const root = hypot(before.root, gradient)
      return [div(gradient, divisor(root)), { root }]
    }
  )
}

/**
 * The constants of AdaDelta.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.AdadeltaOptions = { decay: 0.9, epsilon: 1e-6 }
 * options.decay // => 0.9
 */
export interface AdadeltaOptions {
  /** How much of both running means is kept; 0.9 by default. */
  readonly decay?: number | Tensor<[]>
  /** Added under both roots; 1e-6 by default. */
  readonly epsilon?: number | Tensor<[]>
}

/** The constants of AdaDelta where none are given; others are refused. */
export const adadeltaConstants = (operation: string, given: AdadeltaOptions): Required<AdadeltaOptions> => {
  optionsOf<AdadeltaOptions>(operation, { decay: decayed, epsilon: positive })(given)
  return { decay: given.decay ?? 0.9, epsilon: given.epsilon ?? 1e-6 }
}

/**
 * Scales by the ratio of the running size of the updates to that of the gradients, g sqrt(u + eps) / sqrt(v + eps), so that updates
 * have the unit of the parameters.
 *
 * M. D. Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012.
 *
 * @throws RangeError when the decay is not from 0 up to but not including 1, or epsilon is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const adadelta = Optimizer.scaleByAdadelta({ decay: 0.75, epsilon: 1e-4 })
 * adadelta.update(T.of([500, 0]), adadelta.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([0.02, 0])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByAdadelta = (options: AdadeltaOptions = {}): Optimizer => {
  const { decay, epsilon } = adadeltaConstants('scaleByAdadelta', options)
  const [rootMeanOf, least] = [runningRoot(decay), guarded(epsilon, true)]
  return leafwise(
    (leaf) => ({ root: zerosOf(leaf), updates: zerosOf(leaf) }),
    () => (gradient, before) => {
      const root = rootMeanOf(before.root, gradient)
      const update = mul(div(gradient, least(root)), least(before.updates))
      return [update, { root, updates: rootMeanOf(before.updates, update) }]
    }
  )
}
