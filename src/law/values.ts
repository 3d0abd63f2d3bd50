/** Converts tensors to plain lists of doubles, with which the laws compute, and back. */
import { type DType, allocate } from '../DType.js'
import { read } from '../primitive/traced.js'
import { type Shape, size } from '../shape/model.js'
import { type Tensor, contiguous, fromData } from '../tensor/model.js'

/** The total number of elements. */
export const count = (tensors: readonly Tensor[]): number => tensors.reduce((sum, x) => sum + size(x.shape), 0)

/** All elements in order, as doubles: leaf after leaf, row-major. */
export const flat = (tensors: readonly Tensor[]): Float64Array => {
  const result = new Float64Array(count(tensors))
  let to = 0
  for (const x of tensors) {
    const { data, offset } = contiguous(read('Law', x))
    const n = size(x.shape)
    for (let i = 0; i < n; i++) result[to++] = data[offset + i]!
  }
  return result
}

/** A tensor of given elements, from position `from` of a list on. */
export const tensorAt = (shape: Shape, dtype: DType, values: Float64Array, from = 0): Tensor => {
  const n = size(shape)
  const data = allocate(dtype, n)
  for (let i = 0; i < n; i++) data[i] = values[from + i]!
  return fromData(shape, dtype, data)
}

/** The list as tensors with the shapes and dtypes of the given ones. */
export const unflat = (like: readonly Tensor[], values: Float64Array): readonly Tensor[] => {
  let from = 0
  return like.map((x) => {
    const result = tensorAt(x.shape, x.dtype, values, from)
    from += size(x.shape)
    return result
  })
}

/** The sum of products. */
export const dot = (a: Float64Array, b: Float64Array): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
  return total
}

/** `a x + b y`. */
export const combine = (a: number, x: Float64Array, b: number, y: Float64Array): Float64Array =>
  x.map((value, i) => a * value + b * y[i]!)

/** The largest absolute value; 0 for none. */
export const largest = (values: Float64Array): number => {
  let most = 0
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!))
  return most
}

/** For each element, the largest absolute value in its leaf. */
export const leafwise = (like: readonly Tensor[], values: Float64Array): Float64Array => {
  const result = new Float64Array(values.length)
  let from = 0
  for (const x of like) {
    const to = from + size(x.shape)
    result.fill(largest(values.subarray(from, to)), from, to)
    from = to
  }
  return result
}

/** The leaf that a position in the list belongs to, and the index in that leaf. */
export const locate = (
  like: readonly Tensor[],
  position: number
): readonly [leaf: number, index: readonly number[]] => {
  let rest = position
  for (let leaf = 0; leaf < like.length; leaf++) {
    const shape = like[leaf]!.shape
    const n = size(shape)
    if (rest < n) {
      const index = new Array<number>(shape.length)
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        index[axis] = rest % shape[axis]!
        rest = Math.floor(rest / shape[axis]!)
      }
      return [leaf, index]
    }
    rest -= n
  }
  return [0, []]
}

/** The list with the chosen tensors replaced by `by`, in order. */
export const replaced = (
  list: readonly Tensor[],
  chosen: (x: Tensor, index: number) => boolean,
  by: readonly Tensor[]
): readonly Tensor[] => {
  let next = 0
  return list.map((x, i) => (chosen(x, i) ? by[next++]! : x))
}

/** The rounding error allowed, relative to the largest term: 512 times the machine epsilon. */
export const factor: number = 512 * Number.EPSILON

/** The rounding error allowed for each element: `factor` times the largest value in its leaf, of all given lists. */
export const roundingOf = (like: readonly Tensor[], ...values: readonly Float64Array[]): Float64Array => {
  const sizes = values.map((each) => leafwise(like, each))
  return Float64Array.from({ length: count(like) }, (_, i) => factor * Math.max(...sizes.map((each) => each[i]!)))
}
