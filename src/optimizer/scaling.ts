/** Multiples of gradients: by numbers, tensors and schedules. */
import { refusal } from '../internal/describe.js'
import { isNotNegative } from '../internal/check.js'
import type { Schedule } from '../Schedule.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { mapAs } from '../tree/model.js'
import { type Coefficient, minus, requireCoefficient, scheduled, times } from './coefficient.js'
import type { Optimizer } from './model.js'
import { stateful, stateless } from './rule.js'

/** A learning rate, in the ways that optimizers take it. */
export type Rate = number | Tensor<[]> | Schedule

const scaled = <P>(tree: P, factor: Coefficient): P => mapAs('Optimizer.update', tree, (leaf) => times(leaf, factor))

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
