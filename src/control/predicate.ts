/** The scalars that choices depend on: their checks, and their values where these are known. */
import type { DType } from '../DType.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { bottom } from '../primitive/traced.js'
import { ShapeError, show, size } from '../shape/model.js'
import { type Concrete, Scalar, type Tensor, contiguous } from '../tensor/model.js'

const requireScalar = (
  operation: string,
  what: string,
  x: Tensor,
  dtype: DType,
  toDType: string,
  toScalar: string
): Tensor => {
  requireTensor(operation, x, what)
  if (x.dtype !== dtype) throw new DTypeError(operation, `${what} is ${x.dtype}; expected ${dtype}, ${toDType}`)
  if (x.shape.length === 0) return x
  throw new ShapeError(operation, [x.shape], `${what} has shape ${show(x.shape)}; expected a scalar${toScalar}`)
}

/** Refuses a value that is not a scalar bool. */
export const requirePredicate = (operation: string, what: string, x: Tensor): Tensor =>
  requireScalar(
    operation,
    what,
    x,
    'bool',
    'compare with T.greater(x, 0) or the like',
    ', reduce it with T.all or T.any'
  )

/** Refuses a value that is not a scalar int32. */
export const requireIndex = (operation: string, what: string, x: Tensor): Tensor =>
  requireScalar(operation, what, x, 'int32', 'cast it with T.cast', '')

/** A number where all examples agree on one by their type alone, all of them where they may differ. */
export type Known =
  | { readonly kind: 'staged' }
  | { readonly kind: 'one'; readonly value: number }
  | { readonly kind: 'many'; readonly some: boolean }

/** The value of a scalar under all transformations, as far as it is known. */
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
