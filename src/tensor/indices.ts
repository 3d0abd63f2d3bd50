/** Indices along an axis, and their checks in both readings. */
import { allocate } from '../DType.js'
import { isCopy } from '../internal/describe.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { type Options, checkedLater, options } from '../internal/options.js'
import { normalizeIndex, normalizeIndices } from '../shape/indices.js'
import type { Shape } from '../shape/model.js'
import type { Reduce, ReplaceAxis } from '../shape/axes.js'
import type { IsDynamic } from '../shape/sizes.js'
import { type Tensor, fromData, fromNumber, isTensor } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Positions along an axis: an int32 tensor of any shape, or plain numbers. Negative ones count from the end.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const lastTwo: T.Indices = [-2, -1]
 * T.gather(T.of([1, 2, 3]), lastTwo) // => T.of([2, 3])
 */
export type Indices = Tensor | number | readonly number[]

/**
 * The axis that an operation works along; negative ones count from the end.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const columns: T.AlongAxis = { axis: 1 }
 * T.gather(T.of([[1, 2], [3, 4]]), [0], columns) // => T.of([[1], [3]])
 */
export interface AlongAxis {
  readonly axis?: number
}

/** The shape that indices have. */
export type ShapeOfIndices<I> = I extends Tensor<infer S> ? S : I extends number ? [] : [number]

/** The shape with one axis replaced by those of the indices; `Shape` when that is unknown. */
export type Gathered<S extends Shape, I extends Shape, Axis> =
  IsDynamic<I> extends true
    ? Shape
    : I extends readonly []
      ? Reduce<S, Axis, false>
      : I extends readonly [infer N extends number]
        ? ReplaceAxis<S, Axis, N>
        : [Axis] extends [0]
          ? S extends readonly [number, ...infer Tail extends Shape]
            ? [...I, ...Tail]
            : Shape
          : Shape

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const isList = (indices: Exclude<Indices, Tensor>): indices is readonly number[] => Array.isArray(indices)

/** Indices as an int32 tensor, for an axis of a given size. Tensors are checked by the kernels that use them. */
export const toIndices = (operation: string, indices: Indices, size: number): Tensor => {
  if (isTensor(indices)) return requireIndices(operation, indices)
  if (isCopy(indices)) requireTensor(operation, indices, 'the argument indices')
  if (!isList(indices)) return fromNumber('int32', normalizeIndex(operation, indices, size))
  const data = allocate('int32', indices.length)
  data.set(normalizeIndices(operation, indices, 0, indices.length, size))
  return fromData([indices.length], 'int32', data)
}

/** Refuses indices that are not an int32 tensor. */
export const requireIndices = (operation: string, indices: Tensor): Tensor => {
  requireTensor(operation, indices)
  if (indices.dtype === 'int32') return indices
  throw new DTypeError(
    operation,
    `indices are ${indices.dtype}; expected int32, cast them with T.cast(indices, 'int32')`
  )
}

/** The check of indices that are given before the tensor to take from. */
export const requireOperand =
  (operation: string): ((indices: unknown) => void) =>
  (indices: unknown): void => {
    if (isTensor(indices)) requireIndices(operation, indices)
    else if (!isOperand(indices)) requireTensor(operation, indices)
  }

const isOperand = (x: unknown): boolean => isTensor(x) || typeof x === 'number' || Array.isArray(x)

/** The check of the one option of operations along an axis. */
/* @__NO_SIDE_EFFECTS__ */
export const axisOption = (operation: string): Options => options<AlongAxis>(operation, { axis: checkedLater })
