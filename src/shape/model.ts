/** Shapes as values: sizes, strides, equality, axes, broadcasting; and the error they raise. */
import { describe } from '../internal/describe.js'

/**
 * The sizes of a tensor along each of its axes; `[]` is a scalar. The type `Shape` itself stands for an unknown rank.
 *
 * @example
 * import type { Shape } from 'pullback/Shape'
 *
 * const image: Shape = [28, 28]
 * image.length // => 2
 */
export type Shape = readonly number[]

/** The shape of every scalar: one frozen array, so that the commonest comparison of shapes is one of pointers. */
export const empty: [] = []
Object.freeze(empty)

/**
 * An operation was called on shapes that it does not accept. The message reads *operation: what was given; what was
 * expected*.
 *
 * @example
 * import { ShapeError } from 'pullback/Shape'
 * import * as T from 'pullback/Tensor'
 *
 * const sentence = () => {
 *   try {
 *     return T.reshape(T.zeros([2, 3]), [4, 2]).shape
 *   } catch (error) {
 *     return error instanceof ShapeError ? [error.operation, error.shapes] : error
 *   }
 * }
 * sentence() // => ['reshape', [[2, 3], [4, 2]]]
 */
export class ShapeError extends Error {
  override readonly name: string = 'ShapeError'
  /** The operation as the user wrote it. */
  readonly operation: string
  /** The shapes it was given, in order. */
  readonly shapes: readonly Shape[]
  /** The message without the operation: what was given, and what was expected. */
  readonly rule: string

  constructor(operation: string, shapes: readonly Shape[], rule: string) {
    super(`${operation}: ${rule}`)
    this.operation = operation
    this.shapes = shapes
    this.rule = rule
  }
}

/**
 * A shape as text.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.show([2, 3]) // => '[2, 3]'
 */
export const show = (shape: Shape): string => `[${shape.join(', ')}]`

/**
 * The number of elements: the product of the sizes, 1 for a scalar.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.size([2, 3]) // => 6
 * Shape.size([]) // => 1
 */
export const size = (shape: Shape): number => {
  let product = 1
  for (let axis = 0; axis < shape.length; axis++) product *= shape[axis]!
  return product
}

/**
 * Whether two shapes are the same.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.equals([2, 3], [2, 3]) // => true
 * Shape.equals([3], [1, 3]) // => false
 */
export const equals = (a: Shape, b: Shape): boolean => {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}

/**
 * Row-major strides, in elements: how far apart neighbours along each axis lie.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.strides([2, 3, 4]) // => [12, 4, 1]
 */
export const strides = (shape: Shape): readonly number[] => {
  const result = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = stride
    stride *= shape[axis]!
  }
  return result
}

/** The index along each axis of the element at a place in row-major order. */
export const positionAt = (place: number, shape: Shape): readonly number[] => {
  const steps = strides(shape)
  return shape.map((n, axis) => Math.floor(place / steps[axis]!) % n)
}

/**
 * The shape that two shapes broadcast to, aligned at their last axes, where sizes must agree or be 1;
 * `undefined` when they do not broadcast.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.broadcast([2, 1], [3]) // => [2, 3]
 * Shape.broadcast([2, 3], [2, 4]) // => undefined
 */
export const broadcast = (a: Shape, b: Shape): Shape | undefined => {
  if (equals(a, b)) return a
  const rank = Math.max(a.length, b.length)
  const result = new Array<number>(rank)
  for (let back = 1; back <= rank; back++) {
    const m = a[a.length - back] ?? 1
    const n = b[b.length - back] ?? 1
    if (m !== n && m !== 1 && n !== 1) return undefined
    result[rank - back] = m === 1 ? n : m
  }
  return result
}

/**
 * An axis counted from the front: negative ones count from the end. An axis out of range throws a `ShapeError`.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.normalizeAxis('sum', -1, [2, 3]) // => 1
 */
export const normalizeAxis = (operation: string, axis: number, shape: Shape): number => {
  const rank = shape.length
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
  const range = rank === 0 ? 'no axis' : `an integer from ${-rank} to ${rank - 1}`
  throw new ShapeError(operation, [shape], `axis is ${describe(axis)}; for shape ${show(shape)}, expected ${range}`)
}

const isList = (axis: number | readonly number[]): axis is readonly number[] => Array.isArray(axis)

/**
 * Axes counted from the front and in increasing order; `undefined` means all of them. Repeated axes throw a
 * `ShapeError`.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.normalizeAxes('sum', [-1, 0], [2, 3, 4]) // => [0, 2]
 * Shape.normalizeAxes('sum', undefined, [2, 3]) // => [0, 1]
 */
export const normalizeAxes = (
  operation: string,
  axis: number | readonly number[] | undefined,
  shape: Shape
): readonly number[] => {
  if (axis === undefined) return shape.map((_, index) => index)
  if (!isList(axis)) return [normalizeAxis(operation, axis, shape)]
  const axes = axis.map((each) => normalizeAxis(operation, each, shape)).sort((a, b) => a - b)
  const repeated = axes.find((each, index) => axes[index - 1] === each)
  if (repeated === undefined) return axes
  throw new ShapeError(operation, [shape], `axis ${repeated} is given twice in ${show(axis)}; expected distinct axes`)
}

/** Refuses a value that is not an array, such as one size in place of a shape. */
export const requireSizes = (operation: string, shape: unknown): void => {
  if (Array.isArray(shape)) return
  const example = typeof shape === 'number' && Number.isInteger(shape) && shape >= 0 ? shape : 3
  throw new ShapeError(operation, [], `shape is ${describe(shape)}; expected an array of sizes such as [${example}]`)
}

/**
 * Checks and copies a shape that a user wrote: sizes must be whole numbers, 0 or more.
 *
 * @example
 * import * as Shape from 'pullback/Shape'
 *
 * Shape.validate('zeros', [2, 3]) // => [2, 3]
 */
export const validate = (operation: string, shape: Shape): Shape => {
  requireSizes(operation, shape)
  for (const each of shape) {
    if (!(Number.isInteger(each) && each >= 0)) {
      throw new ShapeError(operation, [shape], `shape is ${describe(shape)}; expected integers of 0 or more`)
    }
  }
  return shape.length === 0 ? empty : Object.freeze([...shape])
}
