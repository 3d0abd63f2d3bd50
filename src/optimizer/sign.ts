/** Scalings that keep the sign of a gradient and not its size. */
import { type Kinds, number, options as optionsOf, requireKind } from '../internal/options.js'
import { clamp, equal, greater, less, mul, sign, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { decayed, filled, positive, running, zerosOf } from './coefficient.js'
import type { Optimizer } from './model.js'
import { leafwise } from './rule.js'

/**
 * The constants of Lion.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.LionOptions = { beta1: 0.9, beta2: 0.99 }
 * options.beta2 // => 0.99
 */
export interface LionOptions {
  /** How much of the mean the update keeps; 0.9 by default. */
  readonly beta1?: number | Tensor<[]>
  /** How much of it the next mean keeps; 0.99 by default. */
  readonly beta2?: number | Tensor<[]>
}

/**
 * The sign of the gradient mixed with its running mean: result sign(b1 m + (1 - b1) g), then m <- b2 m + (1 - b2) g.
 *
 * X. Chen et al., Symbolic Discovery of Optimization Algorithms, NeurIPS 2023.
 *
 * @throws RangeError when a decay is not from 0 up to but not including 1
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const lion = Optimizer.scaleByLion()
 * lion.update(T.of([0.5, -20, 0]), lion.init(T.of([0, 0, 0])), T.of([0, 0, 0]))[0] // => T.of([1, -1, 0])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByLion = (options: LionOptions = {}): Optimizer => {
  optionsOf<LionOptions>('scaleByLion', { beta1: decayed, beta2: decayed })(options)
  const { beta1 = 0.9, beta2 = 0.99 } = options
  const [mixed, meanOf] = [running(beta1), running(beta2)]
  return leafwise(
    (leaf) => ({ mean: zerosOf(leaf) }),
    () => (gradient, before) => [sign(mixed(before.mean, gradient)), { mean: meanOf(before.mean, gradient) }]
  )
}

/**
 * The constants of Rprop.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.RpropOptions = { shrink: 0.5, grow: 1.2, minStep: 1e-6, maxStep: 50 }
 * options.grow // => 1.2
 */
export interface RpropOptions {
  /** Multiplies a step when the sign of its gradient has changed; 0.5 by default. */
  readonly shrink?: number
  /** Multiplies a step when it has not; 1.2 by default. */
  readonly grow?: number
  /** The least step; 1e-6 by default. */
  readonly minStep?: number
  /** The largest step; 50 by default. */
  readonly maxStep?: number
}

const aboveZero = /* @__PURE__ */ number('a finite number above 0', (by) => by > 0 && by < Infinity)

/** What the constants of Rprop may be. */
export const rpropKinds: Kinds<RpropOptions> = {
  shrink: /* @__PURE__ */ number('a number between 0 and 1', (by) => by > 0 && by < 1),
  grow: /* @__PURE__ */ number('a finite number of 1 or more', (by) => by >= 1 && by < Infinity),
  minStep: aboveZero,
  maxStep: aboveZero
}

/**
 * A step for each element, whose size grows while the gradient keeps its sign and shrinks when it changes; then that element waits
 * for one step. The sizes begin at `first`. For whole batches: the noise of small ones changes signs too.
 *
 * M. Riedmiller and H. Braun, A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm, ICNN 1993.
 *
 * @throws RangeError when the first step is not a number above 0, shrink is not between 0 and 1, grow is below 1, or a bound is not above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const rprop = Optimizer.scaleByRprop(0.5)
 * const [first, state] = rprop.update(T.of([3, -4]), rprop.init(T.of([0, 0])), T.of([0, 0]))
 * first // => T.of([0.5, -0.5])
 * rprop.update(T.of([1, 4]), state, T.of([0, 0]))[0] // => T.of([0.6, 0])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByRprop = (first: number | Tensor<[]>, options: RpropOptions = {}): Optimizer => {
  requireKind('scaleByRprop', 'the first step', first, positive)
  optionsOf<RpropOptions>('scaleByRprop', rpropKinds)(options)
  const { shrink = 0.5, grow = 1.2, minStep = 1e-6, maxStep = 50 } = options
  return leafwise(
    (leaf) => ({ size: filled(leaf, first), last: zerosOf(leaf) }),
    () => (gradient, before) => {
      const now = sign(gradient)
      const agreement = mul(now, before.last)
      const scaled = where(greater(agreement, 0), mul(before.size, grow), mul(before.size, shrink))
      const size = where(equal(agreement, 0), before.size, clamp(scaled, { min: minStep, max: maxStep }))
      const last = where(less(agreement, 0), 0, now)
      return [mul(size, last), { size, last }]
    }
  )
}
