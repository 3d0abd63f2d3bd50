/** Adam and its relatives, which divide a running mean of gradients by a running size of them. */
import { options as optionsOf } from '../internal/options.js'
import { abs, add, div, greaterEqual, maximum, mul, sqrt, sub, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import {
  type Coefficient,
  complement,
  correction,
  decayed,
  hypotWith,
  over,
  plus,
  positive,
  rootOf,
  running,
  runningRoot,
  stepsAt,
  times,
  wide,
  zerosOf
} from './coefficient.js'
import type { Optimizer } from './model.js'
import { leafwise } from './rule.js'

/**
 * The constants of Adam: the decays of both moments, and a constant that is added to the root of the second. Each is a number or a
 * scalar tensor.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
 * options.beta1 // => 0.9
 */
export interface AdamOptions {
  /** The decay of the first moment; 0.9 by default. */
  readonly beta1?: number | Tensor<[]>
  /** The decay of the second moment; 0.999 by default. */
  readonly beta2?: number | Tensor<[]>
  /** Added to the root of the second moment; above 0, because a gradient may be 0. 1e-8 by default. */
  readonly epsilon?: number | Tensor<[]>
}

/** The constants of Adam where none are given; others are refused. */
export const adamConstants = (operation: string, given: AdamOptions): Required<AdamOptions> => {
  optionsOf<AdamOptions>(operation, { beta1: decayed, beta2: decayed, epsilon: positive })(given)
  return { beta1: given.beta1 ?? 0.9, beta2: given.beta2 ?? 0.999, epsilon: given.epsilon ?? 1e-8 }
}

/** Corrections at a count: of a running mean, and of a root of a running mean. */
const corrections = (
  { beta1, beta2 }: { readonly beta1: Coefficient; readonly beta2: Coefficient },
  count: Tensor<[]>
): readonly [ofMean: Coefficient, ofRoot: Coefficient] => {
  const steps = stepsAt(count)
  return [correction(beta1, steps), rootOf(correction(beta2, steps))]
}

/**
 * The corrected mean over the corrected root plus epsilon at a count, (m / c) / (r / d + eps), with one pass less:
 * m (d / c) / (r + eps d).
 */
const ratioAt = (constants: Required<AdamOptions>, count: Tensor<[]>): ((mean: Tensor, root: Tensor) => Tensor) => {
  const [ofMean, ofRoot] = corrections(constants, count)
  const [factor, least] = [div(wide(ofRoot), wide(ofMean)), mul(wide(constants.epsilon), wide(ofRoot))]
  return (mean, root) => div(times(mean, factor), plus(root, least))
}

const zeroMoments = (leaf: Tensor): { readonly mean: Tensor; readonly root: Tensor } => ({
  mean: zerosOf(leaf),
  root: zerosOf(leaf)
})

/**
 * Divides the running mean of the gradients by the root of the running mean of their squares, both corrected for having
 * begun at zero: m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, result (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
 * The state holds `mean`, m, and `root`, sqrt(v), so that gradients whose squares overflow count as others do.
 *
 * D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 1.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1, or epsilon is below 0
 * @throws TypeError for an unknown option
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const adam = Optimizer.scaleByAdam({ beta1: 0.5, beta2: 0.75 })
 * adam.update(T.of([0.5, -20]), adam.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([1, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByAdam = (options: AdamOptions = {}): Optimizer => {
  const constants = adamConstants('scaleByAdam', options)
  const [meanOf, rootMeanOf] = [running(constants.beta1), runningRoot(constants.beta2)]
  return leafwise(zeroMoments, (count) => {
    const ratio = ratioAt(constants, count)
    return (gradient, before) => {
      const mean = meanOf(before.mean, gradient)
      const root = rootMeanOf(before.root, gradient)
      return [ratio(mean, root), { mean, root }]
    }
  })
}

/**
 * Adam that divides by the largest second moment so far, corrected for having begun at zero before it is compared.
 *
 * S. J. Reddi, S. Kale and S. Kumar, On the Convergence of Adam and Beyond, ICLR 2018.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1, or epsilon is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const amsgrad = Optimizer.scaleByAmsgrad()
 * amsgrad.update(T.of([0.5, -20]), amsgrad.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([1, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByAmsgrad = (options: AdamOptions = {}): Optimizer => {
  const constants = adamConstants('scaleByAmsgrad', options)
  const { beta1, beta2, epsilon } = constants
  const [meanOf, rootMeanOf] = [running(beta1), runningRoot(beta2)]
  return leafwise(
    (leaf) => ({ ...zeroMoments(leaf), largest: zerosOf(leaf) }),
    (count) => {
      const [ofMean, ofRoot] = corrections(constants, count)
      return (gradient, before) => {
        const mean = meanOf(before.mean, gradient)
        const root = rootMeanOf(before.root, gradient)
        const largest = maximum(before.largest, over(root, ofRoot))
        return [div(over(mean, ofMean), plus(largest, epsilon)), { mean, root, largest }]
      }
    }
  )
}

/**
 * Adam with the largest of the decayed gradients in place of the root of the mean of their squares: u <- max(b2 u, |g| + eps),
 * result (m / (1 - b1^t)) / u.
 *
 * D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 2.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1, or epsilon is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const adamax = Optimizer.scaleByAdamax()
 * adamax.update(T.of([0.5, -20]), adamax.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([1, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByAdamax = (options: AdamOptions = {}): Optimizer => {
  const { beta1, beta2, epsilon } = adamConstants('scaleByAdamax', options)
  const meanOf = running(beta1)
  return leafwise(
    (leaf) => ({ mean: zerosOf(leaf), largest: zerosOf(leaf) }),
    (count) => {
      const ofMean = correction(beta1, stepsAt(count))
      return (gradient, before) => {
        const mean = meanOf(before.mean, gradient)
        const largest = maximum(times(before.largest, beta2), plus(abs(gradient), epsilon))
        return [div(over(mean, ofMean), largest), { mean, largest }]
      }
    }
  )
}

/**
 * Adam with Nesterov's momentum: the mean looks one step ahead, b1 m / (1 - b1^(t + 1)) + (1 - b1) g / (1 - b1^t).
 *
 * T. Dozat, Incorporating Nesterov Momentum into Adam, ICLR workshop 2016.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1, or epsilon is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const nadam = Optimizer.scaleByNadam({ beta1: 0.5 })
 * nadam.update(T.of([0.5, -20]), nadam.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([1.3333334, -1.3333334])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByNadam = (options: AdamOptions = {}): Optimizer => {
  const constants = adamConstants('scaleByNadam', options)
  const { beta1, beta2, epsilon } = constants
  const [meanOf, rootMeanOf, added] = [running(beta1), runningRoot(beta2), wide(complement(beta1))]
  return leafwise(zeroMoments, (count) => {
    const [ofMean, ofRoot] = corrections(constants, count)
    const ahead = div(wide(beta1), correction(beta1, add(stepsAt(count), 1)))
    const now = div(added, wide(ofMean))
    return (gradient, before) => {
      const mean = meanOf(before.mean, gradient)
      const root = rootMeanOf(before.root, gradient)
      const direction = add(times(mean, ahead), times(gradient, now))
      return [div(direction, plus(over(root, ofRoot), epsilon)), { mean, root }]
    }
  })
}

/**
 * The constants of AdaBelief: those of Adam, and a constant under the root.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.BeliefOptions = { beta1: 0.9, epsilonRoot: 1e-16 }
 * options.epsilonRoot // => 1e-16
 */
export interface BeliefOptions extends AdamOptions {
  /** Added to the second moment at each step; 1e-16 by default. */
  readonly epsilonRoot?: number | Tensor<[]>
}

/** The constants of AdaBelief where none are given; others are refused. */
export const beliefConstants = (operation: string, given: BeliefOptions): Required<BeliefOptions> => {
  const kinds = { beta1: decayed, beta2: decayed, epsilon: positive, epsilonRoot: positive }
  optionsOf<BeliefOptions>(operation, kinds)(given)
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-16, epsilonRoot = 1e-16 } = given
  return { beta1, beta2, epsilon, epsilonRoot }
}

/**
 * Adam with the squared distance of the gradient from its mean as the second moment: s <- b2 s + (1 - b2) (g - m)^2 + epsilonRoot.
 * Both constants are 1e-16 by default.
 *
 * J. Zhuang et al., AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients, NeurIPS 2020.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1, or a constant is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const belief = Optimizer.scaleByBelief({ beta1: 0.5 })
 * belief.update(T.of([0.5, -20]), belief.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([2, -2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByBelief = (options: BeliefOptions = {}): Optimizer => {
  const constants = beliefConstants('scaleByBelief', options)
  const { beta1, beta2, epsilonRoot } = constants
  const [meanOf, rootMeanOf, least] = [running(beta1), runningRoot(beta2), rootOf(epsilonRoot)]
  return leafwise(zeroMoments, (count) => {
    const ratio = ratioAt(constants, count)
    return (gradient, before) => {
      const mean = meanOf(before.mean, gradient)
      const root = hypotWith(rootMeanOf(before.root, sub(gradient, mean)), least)
      return [ratio(mean, root), { mean, root }]
    }
  })
}

/**
 * Adam that corrects for how few gradients the second moment has seen: it waits with plain momentum until the length of the moving
 * average is 5, and then scales by the rectification r_t.
 *
 * L. Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, ICLR 2020.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1, or epsilon is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const radam = Optimizer.scaleByRadam()
 * radam.update(T.of([0.5, -20]), radam.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([0.5, -20])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByRadam = (options: AdamOptions = {}): Optimizer => {
  const constants = adamConstants('scaleByRadam', options)
  const { beta1, beta2, epsilon } = constants
  const [meanOf, rootMeanOf] = [running(beta1), runningRoot(beta2)]
  const most = sub(div(2, wide(complement(beta2))), 1)
  return leafwise(zeroMoments, (count) => {
    const [ofMean, ofRoot] = corrections(constants, count)
    const steps = stepsAt(count)
    const come = correction(beta2, steps)
    const length = sub(most, div(mul(mul(2, steps), sub(1, come)), come))
    const isLong = greaterEqual(length, 5)
    const rectified = (n: Tensor<[]>): Tensor<[]> => div(mul(sub(n, 4), sub(n, 2)), n)
    const factor = sqrt(where(isLong, div(rectified(maximum(length, 5)), rectified(maximum(most, 5))), 1))
    return (gradient, before) => {
      const mean = meanOf(before.mean, gradient)
      const root = rootMeanOf(before.root, gradient)
      const direction = over(mean, ofMean)
      const scaled = div(times(direction, factor), plus(over(root, ofRoot), epsilon))
      return [where(isLong, scaled, direction), { mean, root }]
    }
  })
}
