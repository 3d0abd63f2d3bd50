/** Tensors converted to JavaScript's own values. Functions that read numbers refuse values inside a transformation. */
import type { Data } from '../DType.js'
import { read } from '../primitive/traced.js'
import { type Shape, ShapeError, show, size as sizeOf } from '../shape/model.js'
import type { NestedArray } from '../shape/static.js'
import { Scalar, type Tensor, contiguous, firstElement } from './model.js'

// -----------------------------------------------------------------------------
// shape, rank and size
// -----------------------------------------------------------------------------

/**
 * The sizes along each axis; known inside transformations too.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.shape(T.zeros([2, 3])) // => [2, 3]
 */
export const shape = <S extends Shape>(x: Tensor<S>): Readonly<S> => x.shape

/**
 * The number of axes; known inside transformations too.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.rank(T.zeros([2, 3])) // => 2
 */
export const rank = <S extends Shape>(x: Tensor<S>): S['length'] => x.shape.length

/**
 * The number of elements, 1 for a scalar; known inside transformations too.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.size(T.zeros([2, 3])) // => 6
 */
export const size = (x: Tensor): number => sizeOf(x.shape)

// -----------------------------------------------------------------------------
// values
// -----------------------------------------------------------------------------

/**
 * The number in a tensor of one element. Booleans give 0 and 1, so `if (T.item(T.all(x)))` reads as it should. More or
 * fewer elements are a `ShapeError`; a value inside a transformation is a `LeakedTracerError`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.item(T.scalar(0.5)) // => 0.5
 * T.item(T.of([[3]])) // => 3
 * T.item(T.scalar(true)) // => 1
 * T.item(T.of([1, 2])) // throws item: shape is [2]; expected one element
 */
export const item = (x: Tensor): number => {
  const values = read('item', x)
  if (size(x) !== 1) throw new ShapeError('item', [x.shape], `shape is ${show(x.shape)}; expected one element`)
  return firstElement(values)
}

/**
 * A fresh typed array of the elements in row-major order: `Float32Array`, `Float64Array`, `Int32Array`, and for
 * booleans a `Uint8Array` of 0 and 1. `fromTypedArray(toArray(x), x.shape)` is `x`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.toArray(T.of([[1, 2], [3, 4]])) // => new Float32Array([1, 2, 3, 4])
 */
export const toArray = (x: Tensor): Data => {
  const { data, offset } = contiguous(read('toArray', x))
  return data.slice(offset, offset + size(x))
}

/** Arrays nested along a shape of one axis or more, from an axis on, of the `count` elements that start at an offset. */
const nest = (data: Data, offset: number, sizes: Shape, axis: number, count: number): readonly unknown[] => {
  const n = sizes[axis]!
  const result = new Array<unknown>(n)
  if (axis === sizes.length - 1) {
    for (let i = 0; i < n; i++) result[i] = data[offset + i]!
    return result
  }
  const step = n === 0 ? 0 : count / n
  for (let i = 0; i < n; i++) result[i] = nest(data, offset + i * step, sizes, axis + 1, step)
  return result
}

/** Casts arrays that were nested along the shape `S`. */
const nested = <S extends Shape>(arrays: unknown): NestedArray<S> => arrays as NestedArray<S>

/**
 * Fresh nested arrays of numbers, a plain number for a scalar; booleans give 0 and 1. `of(toNested(x), x.dtype)` is
 * `x`, unless an axis before the last is empty.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(T.of([[1, 2], [3, 4]])) // => [[1, 2], [3, 4]]
 * T.toNested(T.scalar(0.5)) // => 0.5
 */
export const toNested = <S extends Shape>(x: Tensor<S>): NestedArray<S> => {
  const values = read('toNested', x)
  if (values instanceof Scalar) return nested(values.value)
  const { data, offset } = contiguous(values)
  return nested(nest(data, offset, x.shape, 0, sizeOf(x.shape)))
}
