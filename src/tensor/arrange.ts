/** How kernels that work along axes see a tensor: as a contiguous block of (outer, along, inner). */
import { type Data, allocate } from '../DType.js'
import { copyStrided } from '../kernel/strided.js'
import { type Shape, size } from '../shape/model.js'
import { type Concrete, Scalar, contiguous } from './model.js'

/** A contiguous block whose middle extent is the one to work along. */
export interface Arranged {
  readonly data: Data
  readonly offset: number
  readonly outer: number
  readonly along: number
  readonly inner: number
}

/** The shape that is left when axes are reduced. */
export const dropAxes = (shape: Shape, axes: readonly number[]): Shape =>
  shape.filter((_, axis) => !axes.includes(axis))

/** The shape with the given axes of size 1. */
export const keepAxes = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((n, axis) => (axes.includes(axis) ? 1 : n))

const product = (shape: Shape, from: number, to: number): number => size(shape.slice(from, to))

/** Brings the given axes (sorted) together, by a copy where they are not neighbours. */
export const arrange = (x: Concrete, axes: readonly number[]): Arranged => {
  const first = axes[0]
  const last = axes[axes.length - 1]
  const rank = x.shape.length
  if (first === undefined || last === undefined) {
    return { ...contiguous(x), outer: size(x.shape), along: 1, inner: 1 }
  }
  if (x instanceof Scalar || last - first === axes.length - 1) {
    const { data, offset } = contiguous(x)
    return {
      data,
      offset,
      outer: product(x.shape, 0, first),
      along: product(x.shape, first, last + 1),
      inner: product(x.shape, last + 1, rank)
    }
  }
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const order = [...kept, ...axes]
  const shape = order.map((axis) => x.shape[axis]!)
  const data = allocate(x.dtype, size(shape))
  copyStrided(
    x.data,
    x.offset,
    shape,
    order.map((axis) => x.strides[axis]!),
    data
  )
  return { data, offset: 0, outer: product(shape, 0, kept.length), along: product(shape, kept.length, rank), inner: 1 }
}
