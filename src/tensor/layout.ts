/** Changes of shape that keep the values and their row-major order. */
import { describe, isCopy, isOptions } from '../internal/describe.js'
import { checkedLater, integer, options } from '../internal/options.js'
import { dataFirst, dualBy } from '../internal/dual.js'
import type { Flattened, Reshaped, Squeezed } from '../shape/layout.js'
import {
  type Shape,
  ShapeError,
  normalizeAxes,
  normalizeAxis,
  show,
  requireSizes,
  size,
  validate
} from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { Axes, InsertAxis, Mutable } from '../shape/static.js'
import { dropAxes } from './alongBlock.js'
import type { TensorOr } from './dataFirst.js'
import { type Tensor, isTensor } from './model.js'
import { requireList, requireTensor } from '../internal/require.js'
import { broadcastToShape, reshapeTo } from './structural.js'
import { typed } from './typed.js'

// -----------------------------------------------------------------------------
// reshape
// -----------------------------------------------------------------------------

/** The shape with the size that -1 stands for. */
export const resolved = (operation: string, from: Shape, to: Shape): Shape => {
  const fail = (rule: string): ShapeError =>
    new ShapeError(operation, [from, to], `${show(from)} does not reshape to ${show(to)}; expected ${rule}`)
  requireSizes(operation, to)
  const open = to.indexOf(-1)
  if (open !== to.lastIndexOf(-1)) throw fail('at most one -1')
  if (!to.every((n) => Number.isInteger(n) && n >= -1)) {
    throw fail('integers of 0 or more, or -1 for the remaining size')
  }
  const given = size(to.filter((n) => n !== -1))
  const total = size(from)
  if (open === -1) return [...to]
  if (given === 0) throw fail('no -1 beside a size of 0')
  if (total % given !== 0) throw fail(`a number of elements divisible by ${given}, ${total} is not`)
  return to.map((n) => (n === -1 ? total / given : n))
}

/**
 * The same values, in row-major order, under another shape of the same size. One size may be -1: it becomes what is left.
 *
 * Nothing is copied unless the tensor is a view in another order. Another number of elements throws a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.reshape(T.of([1, 2, 3, 4, 5, 6]), [2, 3]) // => T.of([[1, 2, 3], [4, 5, 6]])
 * pipe(T.of([1, 2, 3, 4]), T.reshape([-1, 2])) // => T.of([[1, 2], [3, 4]])
 */
export const reshape: {
  <const To extends Shape>(x: Tensor, shape: To): Tensor<Reshaped<To>>
  <const To extends Shape>(shape: To): (x: Tensor) => Tensor<Reshaped<To>>
} = dataFirst('reshape', (x: Tensor, shape: Shape) => reshapeTo(x, resolved('reshape', x.shape, shape)))

/**
 * All values in row-major order, as a vector.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.ravel(T.of([[1, 2], [3, 4]])) // => T.of([1, 2, 3, 4])
 * T.ravel(T.scalar(7)) // => T.of([7])
 */
export const ravel = <S extends Shape>(x: Tensor<S>): Tensor<Flattened<S>> => {
  requireTensor('ravel', x)
  return typed(reshapeTo(x, [size(x.shape)]))
}

/**
 * Which axes `flatten` joins, both ends included.
 *
 * @example
 * import type { FlattenOptions } from 'pullback/Tensor'
 *
 * const perImage: FlattenOptions = { startAxis: 1 }
 * perImage.startAxis // => 1
 */
export interface FlattenOptions {
  /** The first axis to join; 0 by default. */
  readonly startAxis?: number
  /** The last axis to join; -1 by default. */
  readonly endAxis?: number
}

/** The shape for all axes, or for those behind the first, the commonest case; else it is unknown. */
type FlattenedAxes<S extends Shape, Options> = keyof Options extends never
  ? Flattened<S>
  : Options extends { readonly startAxis: 1 }
    ? 'endAxis' extends keyof Options
      ? Shape
      : S extends readonly [infer N extends number, number, ...Shape]
        ? [N, number]
        : Shape
    : Shape

/**
 * Joins neighbouring axes into one: all of them, or those from `startAxis` to `endAxis`, both included. A scalar becomes
 * a vector of one element.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.flatten(T.of([[1, 2], [3, 4]])) // => T.of([1, 2, 3, 4])
 * pipe(T.zeros([32, 28, 28]), T.flatten({ startAxis: 1 })).shape // => [32, 784]
 */
export const flatten: {
  <const A extends Tensor | FlattenOptions, const O extends FlattenOptions = {}>(
    first: TensorOr<A, FlattenOptions>,
    options?: O & Only<O, FlattenOptions>
  ): A extends Tensor<infer S>
    ? Tensor<FlattenedAxes<S, O>>
    : <S extends Shape>(x: Tensor<S>) => Tensor<FlattenedAxes<S, A>>
} = dataFirst(
  options<FlattenOptions>('flatten', { startAxis: integer, endAxis: integer }),
  (x: Tensor, given: FlattenOptions = {}) => {
    if (x.shape.length === 0) return reshapeTo(x, [1])
    const start = normalizeAxis('flatten', given.startAxis ?? 0, x.shape)
    const end = normalizeAxis('flatten', given.endAxis ?? -1, x.shape)
    if (start > end) {
      const rule = `startAxis is ${start} and endAxis is ${end}; for shape ${show(x.shape)}, expected startAxis <= endAxis`
      throw new ShapeError('flatten', [x.shape], rule)
    }
    const joined = size(x.shape.slice(start, end + 1))
    return reshapeTo(x, [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)])
  }
)

// -----------------------------------------------------------------------------
// axes of size 1
// -----------------------------------------------------------------------------

/** A new axis beside those of a shape, counted from the front of a result of the given rank. */
export const newAxis = (operation: string, axis: number, beside: Shape, rank: number): number => {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
  const rule = `axis is ${describe(axis)}; beside shape ${show(beside)}, expected an integer from ${-rank} to ${rank - 1}`
  throw new ShapeError(operation, [beside], rule)
}

/**
 * Which axes `expandDims` inserts, as places in the result.
 *
 * @example
 * import type { ExpandDimsOptions } from 'pullback/Tensor'
 *
 * const last: ExpandDimsOptions = { axis: -1 }
 * last.axis // => -1
 */
export interface ExpandDimsOptions<Axis extends Axes = Axes> {
  /** The axis or axes, negative ones from the back. */
  readonly axis: Axis
}

/** Where to insert: the axes themselves, or as an option. */
type Place<Axis extends Axes> = Axis | ExpandDimsOptions<Axis>

const expandDimsOptions = options<ExpandDimsOptions>('expandDims', { axis: checkedLater })

const isNamed = (place: unknown): place is ExpandDimsOptions => isOptions(place) && !isCopy(place)

/** Whether the tensor comes first; checks the place in both readings. */
const isExpandedFirst = ([first, second]: readonly unknown[]): boolean => {
  const isFirst = isTensor(first)
  const place = isFirst ? second : first
  if (isNamed(place)) expandDimsOptions(place)
  else if (!isFirst && typeof place !== 'number' && !Array.isArray(place)) requireTensor('expandDims', place)
  return isFirst || second !== undefined
}

/**
 * The tensor with new axes of size 1, which become the given axes of the result; `expandDims(x, 0)` and
 * `expandDims(x, { axis: 0 })` are the same.
 *
 * @throws ShapeError when an axis is out of range, or given twice
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.expandDims(T.of([1, 2]), 0) // => T.of([[1, 2]])
 * pipe(T.of([1, 2]), T.expandDims({ axis: -1 })) // => T.of([[1], [2]])
 * T.expandDims(T.of([1, 2]), { axis: [0, 2] }).shape // => [1, 2, 1]
 */
export const expandDims: {
  <S extends Shape, const Axis extends number>(x: Tensor<S>, axis: Place<Axis>): Tensor<InsertAxis<S, Axis, 1>>
  (x: Tensor, axis: Place<Axes>): Tensor
  <const Axis extends number>(axis: Place<Axis>): <S extends Shape>(x: Tensor<S>) => Tensor<InsertAxis<S, Axis, 1>>
  (axis: Place<Axes>): (x: Tensor) => Tensor
} = dualBy(isExpandedFirst, (x: Tensor, place: Place<Axes>) => {
  requireTensor('expandDims', x)
  const axis = isNamed(place) ? place.axis : place
  const given = typeof axis === 'number' ? [axis] : axis
  requireList('expandDims', 'axis', given, 'an integer or an array of integers')
  const rank = x.shape.length + given.length
  const axes = given.map((each) => newAxis('expandDims', each, x.shape, rank))
  if (new Set(axes).size < axes.length) {
    const rule = `axes are ${show(given)}; beside shape ${show(x.shape)}, expected distinct axes`
    throw new ShapeError('expandDims', [x.shape], rule)
  }
  let next = 0
  const shape = Array.from({ length: rank }, (_, position) => (axes.includes(position) ? 1 : x.shape[next++]!))
  return reshapeTo(x, shape)
})

/**
 * Which axes `squeeze` takes away.
 *
 * @example
 * import type { SqueezeOptions } from 'pullback/Tensor'
 *
 * const last: SqueezeOptions = { axis: -1 }
 * last.axis // => -1
 */
export interface SqueezeOptions {
  /** The axis or axes, which must have size 1; by default, all that have it. */
  readonly axis?: Axes
}

/**
 * The tensor without its axes of size 1, or without the given ones. An axis of another size throws a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.squeeze(T.of([[[1, 2]]])) // => T.of([1, 2])
 * pipe(T.of([[[1, 2]]]), T.squeeze({ axis: 0 })) // => T.of([[1, 2]])
 */
export const squeeze: {
  <const A extends Tensor | SqueezeOptions, const O extends SqueezeOptions = {}>(
    first: TensorOr<A, SqueezeOptions>,
    options?: O & Only<O, SqueezeOptions>
  ): A extends Tensor<infer S>
    ? Tensor<Squeezed<S, Given<O, 'axis', undefined>>>
    : <S extends Shape>(x: Tensor<S>) => Tensor<Squeezed<S, Given<A, 'axis', undefined>>>
} = dataFirst(options<SqueezeOptions>('squeeze', { axis: checkedLater }), (x: Tensor, given: SqueezeOptions = {}) => {
  if (given.axis === undefined)
    return reshapeTo(
      x,
      x.shape.filter((n) => n !== 1)
    )
  const axes = normalizeAxes('squeeze', given.axis, x.shape)
  const wide = axes.find((axis) => x.shape[axis] !== 1)
  if (wide === undefined) return reshapeTo(x, dropAxes(x.shape, axes))
  const rule = `axis ${wide} of shape ${show(x.shape)} has size ${x.shape[wide]}; expected size 1`
  throw new ShapeError('squeeze', [x.shape], rule)
})

// -----------------------------------------------------------------------------
// broadcasting
// -----------------------------------------------------------------------------

/**
 * The tensor repeated to a shape that its own broadcasts to: along new leading axes, and along axes of size 1.
 *
 * Nothing is copied. Its pullback is the sum over the repetitions. Other shapes throw a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.broadcastTo(T.of([1, 2]), [2, 2]) // => T.of([[1, 2], [1, 2]])
 * pipe(T.of([[1], [2]]), T.broadcastTo([2, 3])) // => T.of([[1, 1, 1], [2, 2, 2]])
 */
export const broadcastTo: {
  <const To extends Shape>(x: Tensor, shape: To): Tensor<Mutable<To>>
  <const To extends Shape>(shape: To): (x: Tensor) => Tensor<Mutable<To>>
} = dataFirst('broadcastTo', (x: Tensor, shape: Shape) => broadcastToShape(x, validate('broadcastTo', shape)))
