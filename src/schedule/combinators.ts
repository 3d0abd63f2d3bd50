/** Schedules made of others: after each other, and by arithmetic. */
import { refusal } from '../internal/describe.js'
import { dual } from '../internal/dual.js'
import { requireFunction } from '../internal/check.js'
import { add as plus, div, item, less, maximum, mul as times, scalar, sub, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { requireRising } from './curves.js'
import { type Schedule, finite, make, positiveSteps } from './model.js'

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Rises from 0 to the start of a schedule over a number of steps, and then follows that schedule from its step 0.
 *
 * A length that is not above 0 throws a `RangeError`. The result has values at steps that are tensors if the schedule has.
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
  positiveSteps('warmup', 'steps', steps)
  return (schedule) => {
    requireFunction('warmup', schedule, 'the schedule')
    const { at } = schedule
    if (at === undefined) {
      return (step) => (step < steps ? (schedule(0) * Math.max(step, 0)) / steps : schedule(step - steps))
    }
    return make((step) => {
      const rise = div(times(at(scalar(0, 'float64')), maximum(step, 0)), steps)
      return where(less(step, steps), rise, at(maximum(sub(step, steps), 0)))
    })
  }
}

/** The value of a schedule at a tensor; of a function of numbers there is none. */
type At = (step: Tensor<[]>) => Tensor<[]>

/** The values at tensors of all schedules, if all have them. */
const allAt = (schedules: readonly Schedule[]): readonly At[] | undefined => {
  const ats = schedules.flatMap(({ at }) => (at === undefined ? [] : [at]))
  return ats.length === schedules.length ? ats : undefined
}

/** A schedule from the values of others at the same step: with values at tensors, if all have them. */
const combined = (
  schedules: readonly Schedule[],
  value: (...values: readonly Tensor<[]>[]) => Tensor<[]>
): Schedule => {
  const ats = allAt(schedules)
  if (ats !== undefined) return make((step) => value(...ats.map((at) => at(step))))
  return (step) => item(value(...schedules.map((schedule) => scalar(schedule(step), 'float64'))))
}

const requireSchedule = (operation: string, schedule: unknown, name = 'the schedule'): void =>
  requireFunction(operation, schedule, name)

/**
 * Schedules one after the other: the next begins at each boundary, and counts from 0 there. A function of numbers among them makes the
 * result one too.
 *
 * Boundaries that do not rise from above 0, or another number of them than one between two schedules each, throw a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const rate = Schedule.join(
 *   [Schedule.linear({ from: 0, to: 1, over: 4 }), Schedule.constant(1), Schedule.linear({ from: 1, over: 2 })],
 *   [4, 10]
 * )
 * const values = [0, 2, 4, 9, 10, 11, 12].map((step) => rate(step))
 * values // => [0, 0.5, 1, 1, 1, 0.5, 0]
 */
/* @__NO_SIDE_EFFECTS__ */
export const join = (schedules: readonly Schedule[], boundaries: readonly number[]): Schedule => {
  const given: unknown = schedules
  if (!Array.isArray(given) || given.length === 0) {
    throw new TypeError(refusal('join', 'the first argument', given, 'a list of schedules, with at least one'))
  }
  schedules.forEach((schedule, i) => requireSchedule('join', schedule, `schedule ${i}`))
  requireRising('join', 'boundaries', boundaries)
  if (boundaries.length !== schedules.length - 1) {
    const expected = `expected ${schedules.length - 1}, one between each two of ${schedules.length} schedules`
    throw new RangeError(`join: the number of boundaries is ${boundaries.length}; ${expected}`)
  }
  const starts = [0, ...boundaries]
  const ats = allAt(schedules)
  if (ats === undefined) {
    return (step) => {
      const i = boundaries.filter((boundary) => step >= boundary).length
      return schedules[i]!(step - starts[i]!)
    }
  }
  return make((step) =>
    ats.slice(1).reduce((before, at, i) => {
      const start = boundaries[i]!
      return where(less(step, start), before, at(maximum(sub(step, start), 0)))
    }, ats[0]!(step))
  )
}

/**
 * A schedule with another value at each step, by a function in tensor operations, which is given a float64 scalar. Identity and
 * composition are preserved. Dual.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Schedule from 'pullback/Schedule'
 * import * as T from 'pullback/Tensor'
 *
 * const atLeast = (least: number) => (x: T.Tensor<[]>) => T.maximum(x, least)
 * const rate = pipe(Schedule.linear({ from: 1, over: 4 }), Schedule.map(atLeast(0.5)))
 * rate(1) // => 0.75
 * rate(4) // => 0.5
 */
export const map: {
  (f: (value: Tensor<[]>) => Tensor<[]>): (schedule: Schedule) => Schedule
  (schedule: Schedule, f: (value: Tensor<[]>) => Tensor<[]>): Schedule
} = dual((schedule: Schedule, f: (value: Tensor<[]>) => Tensor<[]>): Schedule => {
  requireSchedule('map', schedule)
  requireFunction('map', f)
  return combined([schedule], f)
})

/**
 * The sum of two schedules, step by step: commutative, with `constant(0)` as the neutral element. Dual.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * Schedule.add(Schedule.constant(0.25), Schedule.linear({ from: 1, over: 4 }))(2) // => 0.75
 */
export const add: {
  (second: Schedule): (first: Schedule) => Schedule
  (first: Schedule, second: Schedule): Schedule
} = dual((first: Schedule, second: Schedule): Schedule => {
  requireSchedule('add', first)
  requireSchedule('add', second)
  return combined([first, second], (a, b) => plus(a, b))
})

/**
 * The product of two schedules, step by step: commutative, with `constant(1)` as the neutral element. Dual.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const wave = Schedule.cosineRestarts({ from: 1, over: 10 })
 * Schedule.mul(wave, Schedule.exponential({ from: 1, decay: 0.5, every: 10 }))(10) // => 0.5
 */
export const mul: {
  (second: Schedule): (first: Schedule) => Schedule
  (first: Schedule, second: Schedule): Schedule
} = dual((first: Schedule, second: Schedule): Schedule => {
  requireSchedule('mul', first)
  requireSchedule('mul', second)
  return combined([first, second], (a, b) => times(a, b))
})

/**
 * A schedule times a number: `mul` with a constant. Dual.
 *
 * @throws RangeError when the factor is not a finite number
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * Schedule.scale(Schedule.constant(0.5), 0.5)(7) // => 0.25
 */
export const scale: {
  (factor: number): (schedule: Schedule) => Schedule
  (schedule: Schedule, factor: number): Schedule
} = dual((schedule: Schedule, factor: number): Schedule => {
  requireSchedule('scale', schedule)
  finite('scale', 'factor', factor)
  return combined([schedule], (value) => times(value, factor))
})
