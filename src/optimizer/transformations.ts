/** The transformations of gradients that optimizers are chained from. */
import { refusal } from '../internal/describe.js'
import { options, checkedLater, flag } from '../internal/options.js'
import { isNotNegative, requireNumber } from '../internal/check.js'
import type { Schedule } from '../Schedule.js'
import { add, cast, div, minimum, mul, sqrt, square } from '../Tensor.js'
import { type Tensor, fill, isTensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { flattenAs, mapAs, zipWithAs } from '../tree/model.js'
import { lengthOf } from '../tree/vector.js'
import {
  type Coefficient,
  complement,
  correction,
  minus,
  over,
  plus,
  requireCoefficient,
  scheduled,
  times
} from './coefficient.js'
import type { Optimizer } from './model.js'
import { stateful, stateless } from './rule.js'

const zerosLike = <P>(params: P): P => mapAs('Optimizer.init', params, (leaf) => fill(leaf.shape, leaf.dtype, 0))

const scaled = <P>(tree: P, factor: Coefficient): P => mapAs('Optimizer.update', tree, (leaf) => times(leaf, factor))

// -----------------------------------------------------------------------------
// scaling
// -----------------------------------------------------------------------------

/**
 * Multiplies by a number, or by a scalar tensor.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.scale(-0.5).update(T.of([2, 4]), [], T.of([0, 0]))[0] // => T.of([-1, -2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scale = (factor: number | Tensor<[]>): Optimizer => {
  requireCoefficient('scale', 'factor', factor, 'a finite number', Number.isFinite)
  return stateless((gradient) => scaled(gradient, factor))
}

/**
 * Multiplies by the value of a schedule at the number of updates made before: step 0 is the first.
 *
 * Inside of `vmap`, `checkpoint`, `scan` and `trace` that number is a tensor: schedules from `pullback/Schedule` work there,
 * functions of numbers do not.
 *
 * @throws TypeError when the schedule is not a function
 * @throws LeakedTracerError for a function of numbers where the number of updates is inside a transformation
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const growing = Optimizer.scaleBySchedule((step) => 10 ** step)
 * const [, later] = growing.update(T.of([1]), growing.init(T.of([0])), T.of([0]))
 * growing.update(T.of([1]), later, T.of([0]))[0] // => T.of([10])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleBySchedule = (schedule: Schedule): Optimizer => {
  if (typeof schedule !== 'function') {
    throw new TypeError(refusal('scaleBySchedule', 'the schedule', schedule, 'a function of the step'))
  }
  return bySchedule(schedule, (value) => value)
}

const bySchedule = (schedule: Schedule, change: (value: Coefficient) => Coefficient): Optimizer =>
  stateful(
    () => ({}),
    (gradient, moments, { count }) => [scaled(gradient, change(scheduled(schedule, count))), moments]
  )

/** Refuses a learning rate that is neither a schedule nor a scalar tensor nor a number of 0 or more. */
export const requireRate = (operation: string, rate: unknown): void => {
  if (typeof rate === 'function') return
  requireCoefficient(operation, 'the learning rate', rate, 'a number of 0 or more or a schedule', isNotNegative)
}

/**
 * Multiplies by minus the learning rate, a number, a scalar tensor or a schedule, so that updates descend.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule
 * @throws ShapeError when it is a tensor of another shape than []
 * @throws DTypeError when it is a tensor of integers or booleans
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.scaleByLearningRate(0.5).update(T.of([2]), [], T.of([0]))[0] // => T.of([-1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByLearningRate = (rate: number | Tensor<[]> | Schedule): Optimizer => {
  requireRate('scaleByLearningRate', rate)
  return typeof rate === 'number' || isTensor(rate)
    ? stateless((gradient) => scaled(gradient, minus(rate)))
    : bySchedule(rate, minus)
}

// -----------------------------------------------------------------------------
// moments
// -----------------------------------------------------------------------------

const traceOptions = options<{ readonly nesterov?: boolean }>('trace', { nesterov: flag })

/**
 * Momentum: the decayed sum of all gradients, v <- decay v + g. With `nesterov` the result looks one step ahead, g +
 * decay v. The decay is a number or a scalar tensor.
 *
 * B. Polyak, Some methods of speeding up the convergence of iteration methods, 1964; I. Sutskever et al., On the importance
 * of initialization and momentum in deep learning, ICML 2013.
 *
 * @throws RangeError when the decay is not a number from 0 to 1
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const velocity = Optimizer.trace(0.5)
 * const [, state] = velocity.update(T.of([1]), velocity.init(T.of([0])), T.of([0]))
 * velocity.update(T.of([1]), state, T.of([0]))[0] // => T.of([1.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const trace = (decay: number | Tensor<[]>, options: { readonly nesterov?: boolean } = {}): Optimizer => {
  requireCoefficient('trace', 'decay', decay, 'a number from 0 to 1', (d) => d >= 0 && d <= 1)
  traceOptions(options)
  return stateful(
    (params) => ({ trace: zerosLike(params) }),
    (gradient, { trace: before }) => {
      const next = zipWithAs('Optimizer.update', gradient, before, (g, v) => add(g, times(v, decay)))
      const ahead =
        options.nesterov === true
          ? zipWithAs('Optimizer.update', gradient, next, (g, v) => add(g, times(v, decay)))
          : next
      return [ahead, { trace: next }]
    }
  )
}

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

/** Rejects out-of-range Adam constants and unknown options. */
export const requireAdamOptions = (operation: string, given: AdamOptions): void => {
  options<AdamOptions>(operation, { beta1: checkedLater, beta2: checkedLater, epsilon: checkedLater })(given)
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = given
  const isDecay = (beta: number): boolean => beta >= 0 && beta < 1
  requireCoefficient(operation, 'beta1', beta1, 'a number from 0 to 1 (exclusive)', isDecay)
  requireCoefficient(operation, 'beta2', beta2, 'a number from 0 to 1 (exclusive)', isDecay)
  requireCoefficient(operation, 'epsilon', epsilon, 'a number above 0', (e) => e > 0 && e < Infinity)
}

/**
 * Divides the running mean of the gradients by the root of the running mean of their squares, both corrected for having
 * begun at zero: m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, result (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
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
 * const adam = Optimizer.scaleByAdam()
 * adam.update(T.of([0.5, -20]), adam.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([1, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByAdam = (options: AdamOptions = {}): Optimizer => {
  requireAdamOptions('scaleByAdam', options)
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options
  return stateful(
    (params) => ({ mean: zerosLike(params), square: zerosLike(params) }),
    (gradient, { mean, square: squares }, { count }) => {
      const first = zipWithAs('Optimizer.update', gradient, mean, (g, m) =>
        add(times(m, beta1), times(g, complement(beta1)))
      )
      const second = zipWithAs('Optimizer.update', gradient, squares, (g, v) =>
        add(times(v, beta2), times(square(g), complement(beta2)))
      )
      const steps = add(cast(count, 'float64'), 1)
      const [correction1, correction2] = [correction(beta1, steps), correction(beta2, steps)]
      const updates = zipWithAs('Optimizer.update', first, second, (m, v) =>
        div(over(m, correction1), plus(sqrt(over(v, correction2)), epsilon))
      )
      return [updates, { mean: first, square: second }]
    }
  )
}

// -----------------------------------------------------------------------------
// regularisation and clipping
// -----------------------------------------------------------------------------

/**
 * Adds the parameters, times a rate: before a learning rate it is the gradient of rate |p|^2 / 2, and after an adaptive
 * scaling it is decoupled weight decay. The rate is a number or a scalar tensor.
 *
 * I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
 *
 * @throws RangeError when the rate is not a number of 0 or more
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.addDecayedWeights(0.5).update(T.of([1, 1]), [], T.of([2, -2]))[0] // => T.of([2, 0])
 */
/* @__NO_SIDE_EFFECTS__ */
export const addDecayedWeights = (rate: number | Tensor<[]>): Optimizer => {
  requireCoefficient('addDecayedWeights', 'rate', rate, 'a number of 0 or more', isNotNegative)
  return stateless((gradient, params) =>
    zipWithAs('Optimizer.update', gradient, params, (g, p) => add(g, times(p, rate)))
  )
}

/**
 * The Euclidean norm of all leaves of a tree together; float64 throughout, 0 for a tree without leaves. Squares neither overflow
 * nor underflow.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.globalNorm({ w: T.of([3, 0]), b: T.scalar(4) }) // => T.scalar(5, 'float64')
 */
export const globalNorm = (tree: unknown): Tensor<[]> => typed(lengthOf(flattenAs('globalNorm', tree).leaves))

/**
 * Scales a gradient down to a global norm when it is longer than that, in the same direction. A zero gradient stays
 * zero, and one that is not finite stays not finite.
 *
 * R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013.
 *
 * @throws RangeError when the norm is not a number above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const clip = Optimizer.clipByGlobalNorm(1)
 * clip.update(T.of([3, 4]), [], T.of([0, 0]))[0] // => T.of([0.6, 0.8])
 * clip.update(T.of([0.3, 0.4]), [], T.of([0, 0]))[0] // => T.of([0.3, 0.4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const clipByGlobalNorm = (most: number): Optimizer => {
  requireNumber('clipByGlobalNorm', 'norm', most, 'a number above 0', (norm) => norm > 0)
  return stateless((gradient) => {
    const norm = globalNorm(gradient)
    const factor = minimum(div(most, norm), 1)
    return mapAs('Optimizer.update', gradient, (leaf) => mul(leaf, cast(factor, leaf.dtype)))
  })
}
