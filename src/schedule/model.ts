/** Schedules: functions of the step, and their maker from functions in tensor operations. */
import { requireNumber } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { checkedLater, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { ShapeError, show } from '../shape/model.js'
import { cast, div, item, maximum, minimum, scalar } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'

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

/** Refuses options that are missing. */
export const requireGiven = (operation: string, given: unknown): void => {
  if (given === undefined || given === null) throw new TypeError(refusal(operation, 'the argument', given, 'an object'))
}

/** Refuses a length that is not above 0. */
export const positiveSteps = (operation: string, name: string, steps: number): void =>
  requireNumber(operation, name, steps, 'a number of steps above 0', (n) => n > 0)

/** Refuses a value that is not a finite number. */
export const finite = (operation: string, name: string, value: number): void =>
  requireNumber(operation, name, value, 'a finite number', Number.isFinite)

/** Refuses a way whose ends are not finite, or whose length is not above 0. */
export const requireWay = (operation: string, way: Way): void => {
  requireGiven(operation, way)
  options<Way>(operation, { from: checkedLater, to: checkedLater, over: checkedLater })(way)
  finite(operation, 'from', way.from)
  finite(operation, 'to', way.to ?? 0)
  positiveSteps(operation, 'over', way.over)
}

/** How far along its way a step is, from 0 to 1. */
export const progress = (step: Tensor<[]>, over: number): Tensor<[]> => minimum(maximum(div(step, over), 0), 1)

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
