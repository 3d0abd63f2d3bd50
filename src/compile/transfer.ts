/** The way of tensors into the memory of a program and out of it. */
import { type Data, type DType, all, allocate } from '../DType.js'
import { copyStrided, isContiguous } from '../kernel/strided.js'
import { equals, size, strides as denseStrides } from '../shape/model.js'
import { type Concrete, Dense, Scalar, contiguous, fromData } from '../tensor/model.js'
import { type Access, isWhole } from './graph.js'

const arrays: { readonly [Type in DType]: new (buffer: ArrayBuffer, at: number, length: number) => Data } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array
}

/** The elements that lie at an address. */
export const elementsAt = (buffer: ArrayBuffer, dtype: DType, address: number, length: number): Data =>
  new arrays[dtype](buffer, address, length)

/** Arrays of at most so many elements are copied by a loop, which costs less than a call. */
const few = 32

const copyRun = (from: Data, offset: number, n: number, to: Data, at: number): void => {
  if (n <= few) for (let i = 0; i < n; i++) to[at + i] = from[offset + i]!
  else if (offset === 0 && n === from.length) to.set(from, at)
  else to.set(from.subarray(offset, offset + n), at)
}

/** Copies a tensor into memory, in row-major order. */
export const copyIn = (to: Data, x: Concrete): void => {
  if (x instanceof Scalar) to[0] = x.value
  else if (isContiguous(x.shape, x.strides)) copyRun(x.data, x.offset, to.length, to, 0)
  else copyStrided(x.data, x.offset, x.shape, x.strides, to)
}

/** A view of an array: what a tensor says of its elements. */
export type Layout = Pick<Access, 'shape' | 'dtype' | 'strides' | 'offset'>

/** A copy of a view of an array. */
export const copyOut = (data: Data, { shape, dtype, strides, offset }: Layout): Concrete => {
  const n = size(shape)
  if (shape.length === 0) return new Scalar(dtype, data[offset]!)
  if (isContiguous(shape, strides)) return fromData(shape, dtype, data.slice(offset, offset + n))
  const copy = allocate(dtype, n)
  copyStrided(data, offset, shape, strides, copy)
  return fromData(shape, dtype, copy)
}

/** A view of a tensor that is a whole value. */
export const viewOf = (x: Concrete, view: Access): Concrete => {
  const { shape, dtype, strides, offset } = view
  if (equals(shape, x.shape) && isWhole(view)) return x
  const { data, offset: start } = contiguous(x)
  return shape.length === 0
    ? new Scalar(dtype, data[start + offset]!)
    : new Dense(shape, dtype, data, strides, start + offset)
}

// -----------------------------------------------------------------------------
// many small results
// -----------------------------------------------------------------------------

/** A result in the memory of the program. */
export interface Lying {
  readonly data: Data
  readonly layout: Layout
}

/** Results of at most so many elements share an array: one kept result keeps little else alive. */
const small = 256

/** Makes copies of results: those that are small share one array for each element type, since every array costs as much as many elements. */
export const copies = (results: readonly Lying[]): ((to: Concrete[], at: readonly number[]) => void) => {
  const totals: { [Type in DType]: number } = { float32: 0, float64: 0, int32: 0, bool: 0 }
  const plans = results.map(({ data, layout }) => {
    const { shape, dtype, strides, offset } = layout
    const n = size(shape)
    const shared = shape.length > 0 && n > 0 && n <= small && isContiguous(shape, strides)
    const place = totals[dtype]
    if (shared) totals[dtype] += n
    return { data, layout, shape, dtype, offset, n, shared, place, dense: denseStrides(shape) }
  })
  const types = all.filter((dtype) => totals[dtype] > 0)
  return (to, at) => {
    const slabs: { [Type in DType]?: Data } = {}
    for (const dtype of types) slabs[dtype] = allocate(dtype, totals[dtype])
    for (let i = 0; i < plans.length; i++) {
      const { data, layout, shape, dtype, offset, n, shared, place, dense } = plans[i]!
      if (shared) {
        const slab = slabs[dtype]!
        copyRun(data, offset, n, slab, place)
        to[at[i]!] = new Dense(shape, dtype, slab, dense, place)
      } else to[at[i]!] = copyOut(data, layout)
    }
  }
}
