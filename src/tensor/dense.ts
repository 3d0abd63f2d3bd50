/** Concrete tensors as strided views, for kernels that read any view in place. */
import { type Data, allocate } from '../DType.js'
import { copyStrided } from '../kernel/strided.js'
import { size } from '../shape/model.js'
import { type Concrete, Dense, Scalar, contiguous, firstElement } from './model.js'

/** The tensor as a strided view; a scalar becomes an array of one. */
export const asDense = (x: Concrete): Dense => {
  if (!(x instanceof Scalar)) return x
  const { data, offset } = contiguous(x)
  return new Dense(x.shape, x.dtype, data, [], offset)
}

/** A row-major copy of the values, to write to; of a constant zero, an array that is zero already. */
export const copyOf = (x: Concrete): Data => {
  const { data, offset, shape, strides } = asDense(x)
  const copy = allocate(x.dtype, size(shape))
  const isZero = strides.every((stride) => stride === 0) && copy.length > 0 && Object.is(firstElement(x), 0)
  if (!isZero) copyStrided(data, offset, shape, strides, copy)
  return copy
}
