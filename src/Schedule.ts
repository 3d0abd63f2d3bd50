/**
 * Schedules: numbers that change with the step, such as a learning rate. A schedule is a function of the step number and
 * nothing else; steps are counted from 0.
 */
import { refusal } from './internal/describe.js'
import { options, checkedLater, flag } from './internal/options.js'
import { ShapeError, show } from './shape/model.js'
import { isNotNegative, requireNumber } from './internal/check.js'
import { guardedMul } from './primitive/elementwise.js'
import { requireTensor } from './internal/require.js'
import {
  add,
  cast,
  cos,
  div,
  floor,
  item,
  less,
  maximum,
  minimum,
  mul,
  pow,
  scalar,
  sqrt,
  sub,
  where
} from './Tensor.js'
import type { Tensor } from './tensor/model.js'
import { typed } from './tensor/typed.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A number for each step; the first step is 0. The unit of a step is the caller's: an update in `Optimizer`.
 *
 * Any function of the step is one. Those of this module, and those that `make` makes, also have a value at a step that is a
 * tensor, as it is inside `vmap`, `checkpoint`, `scan` and `trace`, where no number can be read.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 * import * as T from 'pullback/Tensor'
 *
 * const harmonic: Schedule.Schedule = (step) => 0.05 / (step + 1)
 * harmonic(1) // => 0.025
 *
 * const falling = Schedule.linear({ from: 0.5, over: 4 })
 * falling.at?.(T.scalar(2)) // => T.scalar(0.25, 'float64')
 */
export interface Schedule {
  (step: number): number
  /** The value as a scalar tensor, at a step that is one. */
  readonly at?: (step: Tensor<[]>) => Tensor<[]>
}

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

const positiveSteps = (operation: string, name: string, steps: number): void =>
  requireNumber(operation, name, steps, 'a number of steps above 0', (n) => n > 0)

const finite = (operation: string, name: string, value: number): void =>
  requireNumber(operation, name, value, 'a finite number', Number.isFinite)

const requireWay = (operation: string, way: Way): void => {
  options<Way>(operation, { from: checkedLater, to: checkedLater, over: checkedLater })(way)
  finite(operation, 'from', way.from)
  finite(operation, 'to', way.to ?? 0)
  positiveSteps(operation, 'over', way.over)
}

/** How far along its way a step is, from 0 to 1. */
const progress = (step: Tensor<[]>, over: number): Tensor<[]> => minimum(maximum(div(step, over), 0), 1)

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A schedule from a function in tensor operations, which is given the step as a float64 scalar: it works inside every
 * transformation, and one may differentiate through the tensors that it closes over.
 *
 * @throws TypeError when it is not a function, or its value is not a tensor
 * @throws ShapeError when its value is not a scalar
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Schedule from 'pullback/Schedule'
 * import * as T from 'pullback/Tensor'
 *
 * const harmonic = (first: T.Tensor<[]>) => Schedule.make((step) => T.div(first, T.add(step, 1)))
 * harmonic(T.scalar(0.5))(1) // => 0.25
 *
 * const update = (first: T.Tensor<[]>) => {
 *   const optimizer = Optimizer.sgd(harmonic(first))
 *   return optimizer.update(T.scalar(3), optimizer.init(T.scalar(0)), T.scalar(0))[0]
 * }
 * grad(update)(T.scalar(0.5)) // => T.scalar(-3)
 */
/* @__NO_SIDE_EFFECTS__ */
export const make = (value: (step: Tensor<[]>) => Tensor<[]>): Schedule => {
  if (typeof value !== 'function') {
    throw new TypeError(refusal('Schedule.make', 'the argument', value, 'a function of the step'))
  }
  const at = (step: Tensor<[]>): Tensor<[]> => {
    const result: Tensor = value(cast(step, 'float64'))
    requireTensor('Schedule.make', result, 'the value')
    if (result.shape.length === 0) return typed(result)
    throw new ShapeError(
      'Schedule.make',
      [result.shape],
      `the value has shape ${show(result.shape)}; expected a scalar`
    )
  }
  return Object.assign((step: number): number => item(at(scalar(step, 'float64'))), { at })
}

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

const exponentialOptions = options<Parameters<typeof exponential>[0]>('exponential', {
  from: checkedLater,
  decay: checkedLater,
  every: checkedLater,
  staircase: flag
})

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
export const exponential = (given: {
  readonly from: number
  readonly decay: number
  readonly every: number
  readonly staircase?: boolean
}): Schedule => {
  exponentialOptions(given)
  const { from, decay, every, staircase = false } = given
  finite('exponential', 'from', from)
  requireNumber('exponential', 'decay', decay, 'a number of 0 or more', isNotNegative)
  positiveSteps('exponential', 'every', every)
  return make((step) => {
    const exponent = div(step, every)
    // A strong zero: from 0 it stays 0, however large the power grows.
    return typed(guardedMul(pow(decay, staircase ? floor(exponent) : exponent), scalar(from, 'float64')))
  })
}

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
    const { at } = schedule
    if (at === undefined) {
      return (step) => (step < steps ? (schedule(0) * Math.max(step, 0)) / steps : schedule(step - steps))
    }
    return make((step) => {
      const rise = div(mul(at(scalar(0, 'float64')), maximum(step, 0)), steps)
      return where(less(step, steps), rise, at(maximum(sub(step, steps), 0)))
    })
  }
}
