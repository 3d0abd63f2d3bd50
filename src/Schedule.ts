/**
 * Schedules: numbers that change with the step, such as a learning rate. A schedule is a function of the step number and
 * nothing else; steps count from 0.
 */
import { isNotNegative, requireNumber, requireOptions, showGiven } from './internal/refuse.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A number for each step; the first step is 0. The unit of a step is the caller's: an update in `Optimizer`.
 *
 * @example
 * import type { Schedule } from 'pullback/Schedule'
 *
 * const harmonic: Schedule = (step) => 0.05 / (step + 1)
 * harmonic(1) // => 0.025
 */
export type Schedule = (step: number) => number

/**
 * A way from one value to another: `from` at step 0, `to` (default 0) at step `over` and ever after.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const way: Schedule.Way = { from: 0.1, over: 100 }
 * Schedule.linear(way)(100) // => 0
 */
export interface Way {
  readonly from: number
  readonly to?: number
  readonly over: number
}

const positiveSteps = (operation: string, steps: number): void => {
  if (typeof steps === 'number' && steps > 0) return
  throw new RangeError(`${operation}: ${showGiven(steps)} steps; a number above 0 is required`)
}

const finite = (operation: string, name: string, value: number): void =>
  requireNumber(operation, name, value, 'a finite number', Number.isFinite)

const requireWay = (operation: string, way: Way): void => {
  requireOptions(operation, way, ['from', 'to', 'over'])
  finite(operation, 'from', way.from)
  finite(operation, 'to', way.to ?? 0)
  positiveSteps(operation, way.over)
}

/** How far along its way a step is, from 0 to 1. */
const progress = (step: number, over: number): number => Math.min(Math.max(step / over, 0), 1)

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
  return () => value
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
  return (step) => to + ((from - to) * (1 + Math.cos(Math.PI * progress(step, over)))) / 2
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
  return (step) => {
    const t = progress(step, over)
    return from * (1 - t) + to * t
  }
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
  return (step) => from / Math.sqrt(Math.max(step, 1))
}

/**
 * Falls geometrically: from * decay^(t / every). With `staircase` the exponent is rounded down, so that the value drops
 * once every so many steps.
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
export const exponential = (options: {
  readonly from: number
  readonly decay: number
  readonly every: number
  readonly staircase?: boolean
}): Schedule => {
  requireOptions('exponential', options, ['from', 'decay', 'every', 'staircase'])
  const { from, decay, every, staircase = false } = options
  finite('exponential', 'from', from)
  requireNumber('exponential', 'decay', decay, 'a number of 0 or more', isNotNegative)
  positiveSteps('exponential', every)
  return (step) => from * decay ** (staircase ? Math.floor(step / every) : step / every)
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Rises from 0 to the start of a schedule over a number of steps, and then follows that schedule from its step 0.
 *
 * A length that is not above 0 throws a `RangeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Schedule from 'pullback/Schedule'
 *
 * const rate = pipe(Schedule.cosine({ from: 0.1, over: 100 }), Schedule.warmup(10))
 * rate(5) // => 0.05
 * rate(35) // ≈ 0.0853553390593274
 */
/* @__NO_SIDE_EFFECTS__ */
export const warmup = (steps: number): ((schedule: Schedule) => Schedule) => {
  positiveSteps('warmup', steps)
  return (schedule) => (step) => (step < steps ? (schedule(0) * Math.max(step, 0)) / steps : schedule(step - steps))
}
