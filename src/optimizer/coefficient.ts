/**
 * Coefficients of transformations: numbers, or scalar tensors, through which one may differentiate. A tensor takes the
 * element type of the leaf that it meets, as a number does.
 */
import { isFloat } from '../DType.js'
import { requireNumber } from '../internal/check.js'
import { DTypeError } from '../internal/require.js'
import { LeakedTracerError, Traced, read } from '../primitive/traced.js'
import type { Schedule } from '../Schedule.js'
import { ShapeError, show } from '../shape/model.js'
import { add, cast, div, mul, neg, pow, sub } from '../Tensor.js'
import { type Tensor, firstElement, isScalar, isTensor } from '../tensor/model.js'

export type Coefficient = number | Tensor<[]>

/** A coefficient in the leaf's type, where that can hold it: one that is known is a number, which costs the least. */
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

/** Refuses what is neither a number for which `holds` does nor a float scalar; its value is not looked at. */
export const requireCoefficient = (
  operation: string,
  name: string,
  value: unknown,
  required: string,
  holds: (value: number) => boolean
): void => {
  if (!isTensor(value)) return requireNumber(operation, name, value, required, holds)
  if (value.shape.length > 0) {
    throw new ShapeError(operation, [value.shape], `${name} of shape ${show(value.shape)}; a scalar is required`)
  }
  if (isFloat(value.dtype)) return
  throw new DTypeError(operation, `${name} of ${value.dtype}; float32 or float64 is required, cast it with T.cast`)
}

/** The value of a schedule at a number of updates; inside a transformation that number is none that could be read. */
export const scheduled = (schedule: Schedule, count: Tensor<[]>): Coefficient => {
  if (schedule.at !== undefined) return schedule.at(count)
  if (count instanceof Traced && count.interpreter.open) {
    const step = `a step inside ${count.interpreter.transformation}`
    throw new LeakedTracerError(
      'Optimizer.update',
      'read',
      `a schedule of numbers for ${step}; one of tensors is required, make it with Schedule.make`
    )
  }
  return schedule(firstElement(read('Optimizer.update', count)))
}
