/** Tensors taken apart into rows along their first axis, and put together from them. */
import { type Data, allocate } from '../DType.js'
import { copyStrided } from '../kernel/strided.js'
import { bind, bindOne } from '../primitive/bind.js'
import { size } from '../shape/model.js'
import { concatPrimitive, splitPrimitive } from '../tensor/join.js'
import { type Concrete, Dense, Scalar, type Tensor, fill, fromData, isConcrete } from '../tensor/model.js'
import { reshapeTo } from '../tensor/structural.js'

// -----------------------------------------------------------------------------
// taking apart
// -----------------------------------------------------------------------------

/** The row at an index, of a concrete tensor: a view. */
export const concreteRows = (x: Concrete): ((index: number) => Concrete) => {
  if (x instanceof Scalar) return () => x
  const { data, dtype, offset } = x
  const stride = x.strides[0]!
  if (x.shape.length === 1) return (index) => new Scalar(dtype, data[offset + index * stride]!)
  const shape = x.shape.slice(1)
  const strides = x.strides.slice(1)
  return (index) => new Dense(shape, dtype, data, strides, offset + index * stride)
}

/** The row at an index. Of a traced tensor all rows are made at once, so that its cotangent is put together once. */
export const rows = (x: Tensor): ((index: number) => Tensor) => {
  if (isConcrete(x)) return concreteRows(x)
  const shape = x.shape.slice(1)
  const n = x.shape[0]!
  const parts = n === 1 ? [x] : bind(splitPrimitive, [x], { axis: 0, sizes: new Array<number>(n).fill(1) })
  return (index) => reshapeTo(parts[index]!, shape)
}

// -----------------------------------------------------------------------------
// putting together
// -----------------------------------------------------------------------------

/** Collects concrete rows, in any order. */
export interface Collector {
  readonly put: (index: number, row: Concrete) => void
  readonly result: () => Concrete | undefined
}

/** A collector of a number of rows; without any row, there is no result. */
export const collector = (length: number): Collector => {
  let data: Data | undefined
  let first: Concrete | undefined
  let each = 1
  return {
    put: (index, row) => {
      if (data === undefined) {
        first = row
        each = size(row.shape)
        data = allocate(row.dtype, length * each)
      }
      if (row instanceof Scalar) data[index] = row.value
      else copyStrided(row.data, row.offset, row.shape, row.strides, data, index * each)
    },
    result: () =>
      data === undefined || first === undefined ? undefined : fromData([length, ...first.shape], first.dtype, data)
  }
}

/** A row with an axis in front, as a list of them is joined. */
export const wide = (row: Tensor): Tensor => (isConcrete(row) ? row : reshapeTo(row, [1, ...row.shape]))

/** Joins rows; traced ones are `wide` already. */
export const joined = (list: readonly Tensor[]): Tensor => {
  if (list.every(isConcrete)) {
    const all = collector(list.length)
    list.forEach((row, index) => all.put(index, row))
    return all.result()!
  }
  const parts = list.map((row) => (isConcrete(row) ? reshapeTo(row, [1, ...row.shape]) : row))
  return parts.length === 1 ? parts[0]! : bindOne(concatPrimitive, parts, { axis: 0 })
}

/** A tensor of zero rows of a type. */
export const noRows = (row: { readonly shape: readonly number[]; readonly dtype: Tensor['dtype'] }): Tensor =>
  fill([0, ...row.shape], row.dtype, 0)
