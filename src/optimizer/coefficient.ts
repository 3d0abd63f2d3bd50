/**
 * Coefficients of transformations: numbers, or scalar tensors, through which one may differentiate. A tensor takes the
 * element type of the leaf that it meets, as a number does.
 */
import { isFloat } from '../DType.js'
import { requireNumber } from '../internal/check.js'
import { isCopy } from '../internal/describe.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { LeakedTracerError, Traced, read } from '../primitive/traced.js'
import type { Schedule } from '../Schedule.js'
import { ShapeError, show } from '../shape/model.js'
import { add, cast, div, mul, neg, pow, sub } from '../Tensor.js'
import { type Tensor, firstElement, isScalar, isTensor } from '../tensor/model.js'

export type Coefficient = number | Tensor<[]>

/** A coefficient in the leaf's dtype, where that can hold it: a number where the value is known, which costs the least. */
const beside = (leaf: Tensor, by: Coefficient): Coefficient => {
  if (typeof by === 'number' || !isFloat(leaf.dtype)) return by
  return isScalar(by) ? by.value : cast(by, leaf.dtype)
}

export const times = (leaf: Tensor, by: Coefficient): Tensor => {
  const factor = beside(leaf, by)
  return typeof factor === 'number' ? mul(leaf, factor) : mul(leaf, factor)
}

export const plus = (leaf: Tensor, by: Coefficient): Tensor => {
  const term = beside(leaf, by)
  return typeof term === 'number' ? add(leaf, term) : add(leaf, term)
}

export const over = (leaf: Tensor, by: Coefficient): Tensor => {
  const divisor = beside(leaf, by)
  return typeof divisor === 'number' ? div(leaf, divisor) : div(leaf, divisor)
}

export const minus = (x: Coefficient): Coefficient => (typeof x === 'number' ? -x : neg(x))

/** 1 - x. */
export const complement = (x: Coefficient): Coefficient => (typeof x === 'number' ? 1 - x : sub(1, x))

/** 1 - decay^count, of a count in float64: how far a running mean that began at zero has come. */
export const correction = (decay: Coefficient, count: Tensor<[]>): Tensor<[]> =>
  sub(1, typeof decay === 'number' ? pow(decay, count) : pow(cast(decay, 'float64'), count))

/** Refuses a value that is neither a number for which `holds` is true nor a float scalar, whose value is not checked. */
export const requireCoefficient = (
  operation: string,
  name: string,
  value: unknown,
  expected: string,
  holds: (value: number) => boolean
): void => {
  if (isCopy(value)) requireTensor(operation, value, name)
  if (!isTensor(value)) return requireNumber(operation, name, value, expected, holds)
  if (value.shape.length > 0) {
    throw new ShapeError(operation, [value.shape], `${name} has shape ${show(value.shape)}; expected a scalar`)
  }
  if (isFloat(value.dtype)) return
  throw new DTypeError(operation, `${name} is ${value.dtype}; expected float32 or float64, cast it with T.cast`)
}

/** The value of a schedule at a step count, which inside a transformation cannot be read as a number. */
export const scheduled = (schedule: Schedule, count: Tensor<[]>): Coefficient => {
  if (schedule.at !== undefined) return schedule.at(count)
  if (count instanceof Traced && count.interpreter.open) {
    const step = `the step count is inside ${count.interpreter.transformation}`
    throw new LeakedTracerError(
      'Optimizer.update',
      'read',
      `${step}, where it is not a number; expected a schedule of tensors, make one with Schedule.make`
    )
  }
  return schedule(firstElement(read('Optimizer.update', count)))
}
