/** What choices are made by: scalars of a type, and what is known of them. */
import { describe } from '../internal/describe.js'
import { DTypeError } from '../internal/require.js'
import { bottom } from '../primitive/traced.js'
import { ShapeError, show, size } from '../shape/model.js'
import { type Concrete, Scalar, type Tensor, contiguous, isTensor } from '../tensor/model.js'

/** Refuses what is no scalar bool. */
export const requirePredicate = (operation: string, what: string, x: unknown): Tensor => {
  if (!isTensor(x)) {
    throw new TypeError(
      `${operation}: ${what} ${describe(x)}; a scalar bool tensor is required, make it one with T.scalar`
    )
  }
  if (x.dtype !== 'bool') {
    throw new DTypeError(operation, `${what} of ${x.dtype}; bool is required, compare with T.greater(x, 0) or the like`)
  }
  if (x.shape.length > 0) {
    throw new ShapeError(
      operation,
      [x.shape],
      `${what} of shape ${show(x.shape)}; a scalar is required, reduce it with T.all or T.any`
    )
  }
  return x
}

/** Refuses what is no scalar int32. */
export const requireIndex = (operation: string, what: string, x: unknown): Tensor => {
  if (!isTensor(x)) {
    throw new TypeError(
      `${operation}: ${what} ${describe(x)}; a scalar int32 tensor is required, make it one with T.scalar`
    )
  }
  if (x.dtype !== 'int32') {
    throw new DTypeError(operation, `${what} of ${x.dtype}; int32 is required, cast it with T.cast`)
  }
  if (x.shape.length > 0) {
    throw new ShapeError(operation, [x.shape], `${what} of shape ${show(x.shape)}; a scalar is required`)
  }
  return x
}

/** A number where all examples agree on one by their type alone, all of them where they may differ. */
export type Known =
  | { readonly kind: 'staged' }
  | { readonly kind: 'one'; readonly value: number }
  | { readonly kind: 'many'; readonly some: boolean }

/** What is known of a scalar under all transformations. */
export const known = (x: Tensor): Known => {
  const value = bottom(x)
  if (value === undefined) return { kind: 'staged' }
  return value instanceof Scalar ? { kind: 'one', value: value.value } : { kind: 'many', some: anyTrue(value) }
}

const anyTrue = (x: Concrete): boolean => {
  const { data, offset } = contiguous(x)
  const end = offset + size(x.shape)
  for (let i = offset; i < end; i++) if (data[i] !== 0) return true
  return false
}
