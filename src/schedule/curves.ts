/** Schedules that go one way: straight, along a curve, or in stairs. */
import { isNotNegative, requireNumber } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { checkedLater, flag, options } from '../internal/options.js'
import { guardedMul } from '../primitive/elementwise.js'
import { add, cos, div, floor, less, maximum, mul, pow, scalar, sqrt, sub, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { type Schedule, type Way, finite, make, positiveSteps, progress, requireGiven, requireWay } from './model.js'

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * The same value at every step.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * Schedule.constant(0.1)(1000) // => 0.1
 */
/* @__NO_SIDE_EFFECTS__ */
export const constant = (value: number): Schedule => {
  finite('constant', 'value', value)
  return make(() => scalar(value, 'float64'))
}

/**
 * Falls along half a cosine: to + (from - to) (1 + cos(pi t / over)) / 2 at step t, then stays.
 *
 * I. Loshchilov and F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017, equation 5. A length that
 * is not above 0 throws a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const rate = Schedule.cosine({ from: 0.1, over: 100 })
 * rate(0) // => 0.1
 * rate(25) // ≈ 0.0853553390593274
 * rate(50) // => 0.05
 * rate(200) // => 0
 */
/* @__NO_SIDE_EFFECTS__ */
export const cosine = (way: Way): Schedule => {
  requireWay('cosine', way)
  const { from, to = 0, over } = way
  return make((step) => {
    const wave = add(cos(mul(progress(step, over), Math.PI)), 1)
    return add(div(mul(wave, from - to), 2), to)
  })
}

/**
 * Goes straight from one value to the other, then stays.
 *
 * A length that is not above 0 throws a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * Schedule.linear({ from: 0.1, over: 100 })(25) // ≈ 0.075
 */
/* @__NO_SIDE_EFFECTS__ */
export const linear = (way: Way): Schedule => {
  requireWay('linear', way)
  const { from, to = 0, over } = way
  return make((step) => {
    const t = progress(step, over)
    return add(mul(sub(1, t), from), mul(t, to))
  })
}

/**
 * Falls as one over the square root of the step: from / sqrt(t). Steps before 1 have the value of step 1.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * Schedule.inverseSqrt(0.1)(25) // => 0.02
 */
/* @__NO_SIDE_EFFECTS__ */
export const inverseSqrt = (from: number): Schedule => {
  finite('inverseSqrt', 'from', from)
  return make((step) => div(from, sqrt(maximum(step, 1))))
}

/**
 * A decay by step: from which value, by how much in how many steps, and whether in stairs.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const decay: Schedule.Decay = { from: 0.1, decay: 0.5, every: 30 }
 * Schedule.exponential(decay)(30) // => 0.05
 */
export interface Decay {
  readonly from: number
  readonly decay: number
  readonly every: number
  /** Whether the value stays during `every` steps and then drops; `false` by default. */
  readonly staircase?: boolean
}

/** Checks a decay, and gives the number of its intervals at a step. */
const intervals = (operation: string, given: Decay): ((step: Tensor<[]>) => Tensor<[]>) => {
  requireGiven(operation, given)
  options<Decay>(operation, { from: checkedLater, decay: checkedLater, every: checkedLater, staircase: flag })(given)
  const { from, decay, every, staircase = false } = given
  finite(operation, 'from', from)
  requireNumber(operation, 'decay', decay, 'a number of 0 or more', isNotNegative)
  positiveSteps(operation, 'every', every)
  return (step) => (staircase ? floor(div(step, every)) : div(step, every))
}

/** from * decay^exponent, with a strong zero: from 0 it stays 0, however large the power grows. */
const powerOf = (from: number, decay: number, exponent: Tensor<[]>): Tensor<[]> =>
  typed(guardedMul(pow(decay, exponent), scalar(from, 'float64')))

/**
 * Falls geometrically: from * decay^(t / every). With `staircase` the exponent is rounded down, so that the value drops
 * once in `every` steps.
 *
 * An interval that is not above 0 throws a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const halving = Schedule.exponential({ from: 0.1, decay: 0.5, every: 30, staircase: true })
 * halving(29) // => 0.1
 * halving(60) // => 0.025
 */
/* @__NO_SIDE_EFFECTS__ */
export const exponential = (options: Decay): Schedule => {
  const exponent = intervals('exponential', options)
  return make((step) => powerOf(options.from, options.decay, exponent(step)))
}

const stepOptions = options<Omit<Decay, 'staircase'>>('step', {
  from: checkedLater,
  decay: checkedLater,
  every: checkedLater
})

/**
 * Drops once in `every` steps: from * decay^floor(t / every). It is `exponential` with `staircase`.
 *
 * An interval that is not above 0 throws a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const tenths = Schedule.step({ from: 0.1, decay: 0.1, every: 30 })
 * tenths(29) // => 0.1
 * tenths(60) // ≈ 0.001
 */
/* @__NO_SIDE_EFFECTS__ */
export const step = (options: Omit<Decay, 'staircase'>): Schedule => {
  requireGiven('step', options)
  stepOptions(options)
  const { from, decay } = options
  const exponent = intervals('step', { ...options, staircase: true })
  return make((at) => powerOf(from, decay, exponent(at)))
}

interface Milestones {
  readonly from: number
  readonly decay: number
  readonly milestones: readonly number[]
}

const multiStepOptions = options<Milestones>('multiStep', {
  from: checkedLater,
  decay: checkedLater,
  milestones: checkedLater
})

/** Refuses a list of steps that does not rise from above 0. */
export const requireRising = (operation: string, name: string, steps: unknown): void => {
  const isRising =
    Array.isArray(steps) &&
    steps.every((step: unknown, i) => Number.isFinite(step) && Number(step) > (i === 0 ? 0 : Number(steps[i - 1])))
  if (!isRising) throw new RangeError(refusal(operation, name, steps, 'steps above 0 that rise'))
}

/**
 * Drops at each milestone, from the step of that number on: from * decay^(number of milestones reached).
 *
 * Milestones that do not rise from above 0 throw a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const rate = Schedule.multiStep({ from: 1, decay: 0.5, milestones: [30, 80] })
 * const values = [0, 29, 30, 79, 80].map((step) => rate(step))
 * values // => [1, 1, 0.5, 0.5, 0.25]
 */
/* @__NO_SIDE_EFFECTS__ */
export const multiStep = (options: Milestones): Schedule => {
  requireGiven('multiStep', options)
  multiStepOptions(options)
  const { from, decay, milestones } = options
  finite('multiStep', 'from', from)
  requireNumber('multiStep', 'decay', decay, 'a number of 0 or more', isNotNegative)
  requireRising('multiStep', 'milestones', milestones)
  return make((step) => {
    const reached = milestones.reduce((sum, one) => add(sum, where(less(step, one), 0, 1)), scalar(0, 'float64'))
    return powerOf(from, decay, reached)
  })
}

const polynomialOptions = options<Way & { readonly power: number }>('polynomial', {
  from: checkedLater,
  to: checkedLater,
  over: checkedLater,
  power: checkedLater
})

/**
 * Goes along a power: to + (from - to) (1 - t / over)^power, then stays. The power 1 is `linear`.
 *
 * A length or a power that is not above 0 throws a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * Schedule.polynomial({ from: 1, over: 100, power: 2 })(50) // => 0.25
 */
/* @__NO_SIDE_EFFECTS__ */
export const polynomial = (options: Way & { readonly power: number }): Schedule => {
  requireGiven('polynomial', options)
  polynomialOptions(options)
  const { power, ...way } = options
  requireWay('polynomial', way)
  const { from, to = 0, over } = way
  requireNumber('polynomial', 'power', power, 'a finite number above 0', (n) => n > 0 && n < Infinity)
  return make((step) => {
    const left = pow(sub(1, progress(step, over)), power)
    return add(mul(left, from), mul(sub(1, left), to))
  })
}

/**
 * Falls as one over the time: from / (1 + decay t / every). With `staircase` t / every is rounded down.
 *
 * An interval that is not above 0 throws a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * Schedule.inverseTime({ from: 1, decay: 0.5, every: 10 })(20) // => 0.5
 */
/* @__NO_SIDE_EFFECTS__ */
export const inverseTime = (options: Decay): Schedule => {
  const time = intervals('inverseTime', options)
  const { from, decay } = options
  return make((step) => div(from, add(mul(time(step), decay), 1)))
}
