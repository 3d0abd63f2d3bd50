/** Leaves as one vector in double precision, which solvers work on. */
import { type DType, allocate } from '../DType.js'
import type { TensorType } from '../primitive/model.js'
import { size } from '../shape/model.js'
import { type Concrete, type Tensor, Scalar, contiguous, fromData, isConcrete } from '../tensor/model.js'

/** A vector; solvers write only to those that they have made. */
export type Vector = Float64Array

// -----------------------------------------------------------------------------
// leaves
// -----------------------------------------------------------------------------

/** The number of elements of all leaves. */
export const lengthOf = (types: readonly TensorType[]): number =>
  types.reduce((total, { shape }) => total + size(shape), 0)

/** The elements of leaves, one leaf after the other: a fresh array. */
export const pack = (leaves: readonly Concrete[]): Vector => {
  const vector = new Float64Array(lengthOf(leaves))
  let to = 0
  for (const leaf of leaves) {
    const n = size(leaf.shape)
    if (leaf instanceof Scalar) vector[to] = leaf.value
    else {
      const { data, offset } = contiguous(leaf)
      vector.set(data.subarray(offset, offset + n), to)
    }
    to += n
  }
  return vector
}

/** The leaves of a vector, rounded to their types. */
export const unpack = (vector: Vector, types: readonly TensorType[]): readonly Concrete[] => {
  let from = 0
  return types.map(({ shape, dtype }) => {
    const n = size(shape)
    const data = allocate(dtype, n)
    data.set(vector.subarray(from, from + n))
    from += n
    return fromData(shape, dtype, data)
  })
}

/** The values copied to row-major order, for programs that are run many times. */
export const compact = (x: Concrete): Concrete => {
  if (x instanceof Scalar) return x
  const values = contiguous(x)
  return values === x ? x : fromData(x.shape, x.dtype, values.data)
}

/** The results of a program at concrete leaves, which are concrete. */
export const concretes = (leaves: readonly Tensor[]): readonly Concrete[] => leaves.filter(isConcrete)

/** The least precise dtype among leaves, which bounds the accuracy of an iteration. */
export const precisionOf = (types: readonly TensorType[]): 'float32' | 'float64' =>
  types.some(({ dtype }: { readonly dtype: DType }) => dtype !== 'float64') ? 'float32' : 'float64'

// -----------------------------------------------------------------------------
// arithmetic
// -----------------------------------------------------------------------------

/** The inner product. */
export const dot = (x: Vector, y: Vector): number => {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!
  return sum
}

/** The largest magnitude. */
const largest = (x: Vector): number => x.reduce((most, each) => Math.max(most, Math.abs(each)), 0)

/** The Euclidean norm; elements are scaled by the largest where squares would overflow or underflow. */
export const norm = (x: Vector): number => {
  const squares = dot(x, x)
  if ((squares > 1e-280 && squares < Infinity) || Number.isNaN(squares)) return Math.sqrt(squares)
  const most = largest(x)
  if (most === 0 || most === Infinity) return most
  const beside = x.map((each) => each / most)
  return most * Math.sqrt(dot(beside, beside))
}

/** y + a x, in the place of y. */
export const addScaled = (y: Vector, a: number, x: Vector): void => {
  for (let i = 0; i < y.length; i++) y[i]! += a * x[i]!
}

/** x + a y: a fresh vector. */
export const plus = (x: Vector, a: number, y: Vector): Vector => {
  const sum = x.slice()
  addScaled(sum, a, y)
  return sum
}

/** a x: a fresh vector. */
export const times = (a: number, x: Vector): Vector => x.map((each) => a * each)
