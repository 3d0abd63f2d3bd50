/**
 * Coefficients of transformations: numbers, or scalar tensors, through which one may differentiate. A tensor takes the
 * element type of the leaf that it meets, as a number does.
 */
import { isFloat } from '../DType.js'
import { isNotNegative, requireNumber } from '../internal/check.js'
import { isCopy } from '../internal/describe.js'
import type { Kind } from '../internal/options.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { LeakedTracerError, Traced, read } from '../primitive/traced.js'
import type { Schedule } from '../Schedule.js'
import { ShapeError, show } from '../shape/model.js'
import { add, cast, div, hypot, maximum, mul, neg, pow, sqrt, sub } from '../Tensor.js'
import { type Tensor, fill, firstElement, fromNumber, isScalar, isTensor } from '../tensor/model.js'

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

/** The square root. */
export const rootOf = (x: Coefficient): Coefficient => (typeof x === 'number' ? Math.sqrt(x) : sqrt(x))

/** The coefficient as a float64 scalar, to compute with. */
export const wide = (x: Coefficient): Tensor<[]> =>
  typeof x === 'number' ? fromNumber('float64', x) : cast(x, 'float64')

/** sqrt(x^2 + c^2). */
export const hypotWith = (x: Tensor, c: Coefficient): Tensor => {
  const other = beside(x, c)
  return typeof other === 'number' ? hypot(x, other) : hypot(x, other)
}

/** The larger of a leaf's elements and a coefficient. */
export const atLeast = (x: Tensor, c: Coefficient): Tensor => {
  const other = beside(x, c)
  return typeof other === 'number' ? maximum(x, other) : maximum(x, other)
}

/** The running mean of gradients, at a decay. */
/* @__NO_SIDE_EFFECTS__ */
export const running = (decay: Coefficient): ((mean: Tensor, x: Tensor) => Tensor) => {
  const added = complement(decay)
  return (mean, x) => add(times(mean, decay), times(x, added))
}

/**
 * The root of the running mean of squares, sqrt(decay r^2 + (1 - decay) x^2), from the last root r: squares of float32 overflow above
 * 1.8e19, and their roots do not.
 */
/* @__NO_SIDE_EFFECTS__ */
export const runningRoot = (decay: Coefficient): ((root: Tensor, x: Tensor) => Tensor) => {
  const [kept, added] = [rootOf(decay), rootOf(complement(decay))]
  return (root, x) => hypot(times(root, kept), times(x, added))
}

/** The number of updates with this one, in float64. */
export const stepsAt = (count: Tensor<[]>): Tensor<[]> => add(cast(count, 'float64'), 1)

/** Zeros like a leaf, which take the room of one. */
export const zerosOf = (leaf: Tensor): Tensor => fill(leaf.shape, leaf.dtype, 0)

/** A leaf filled with a coefficient. */
export const filled = (leaf: Tensor, by: Coefficient): Tensor =>
  typeof by === 'number' ? fill(leaf.shape, leaf.dtype, by) : plus(zerosOf(leaf), by)

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

/** An option that is a coefficient: a number for which `holds` is true, or a float scalar. */
/* @__NO_SIDE_EFFECTS__ */
const coefficient = (expected: string, holds: (value: number) => boolean): Kind => ({
  expected,
  holds: () => true,
  check: (operation, name, value) => requireCoefficient(operation, name, value, expected, holds)
})

/** How much of a running mean is kept. */
export const decayed: Kind = /* @__PURE__ */ coefficient(
  'a number from 0 to 1 (exclusive)',
  (decay) => decay >= 0 && decay < 1
)

/** What keeps a divisor from 0. */
export const positive: Kind = /* @__PURE__ */ coefficient('a number above 0', (value) => value > 0 && value < Infinity)

/** A rate or a strength. */
export const strength: Kind = /* @__PURE__ */ coefficient('a number of 0 or more', isNotNegative)

/** The momentum of descent, of which all may be kept. */
export const kept: Kind = /* @__PURE__ */ coefficient('a number from 0 to 1', (value) => value >= 0 && value <= 1)

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
  const value = schedule(firstElement(read('Optimizer.update', count)))
  requireNumber('Optimizer.update', 'the value of the schedule', value, 'a finite number', Number.isFinite)
  return value
}
