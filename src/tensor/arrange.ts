/** How kernels that work along axes see a tensor: as a contiguous block of (outer, along, inner). */
import { type Data, type DType, allocate } from '../DType.js'
import { copyStrided } from '../kernel/strided.js'
import { type Shape, size, strides } from '../shape/model.js'
import { type Concrete, Dense, Scalar, contiguous, fromData } from './model.js'

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

/** How many elements are reduced to one. */
export const countOver = (shape: Shape, axes: readonly number[]): number =>
  axes.reduce((count, axis) => count * shape[axis]!, 1)

const product = (shape: Shape, from: number, to: number): number => size(shape.slice(from, to))

/** The order in which `arrange` lays the axes: as they are where the given ones are neighbours, else those last. */
const orderOf = (rank: number, axes: readonly number[]): readonly number[] => {
  const all = Array.from({ length: rank }, (_, axis) => axis)
  const neighbours = axes.length === 0 || axes[axes.length - 1]! - axes[0]! === axes.length - 1
  return neighbours ? all : [...all.filter((axis) => !axes.includes(axis)), ...axes]
}

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
  const order = orderOf(rank, axes)
  const kept = rank - axes.length
  const shape = order.map((axis) => x.shape[axis]!)
  const data = allocate(x.dtype, size(shape))
  copyStrided(
    x.data,
    x.offset,
    shape,
    order.map((axis) => x.strides[axis]!),
    data
  )
  return { data, offset: 0, outer: product(shape, 0, kept), along: product(shape, kept, rank), inner: 1 }
}

/** A result laid out as `arrange` lays out its operand, with the operand's axes: a view. */
export const restore = (shape: Shape, axes: readonly number[], dtype: DType, data: Data): Concrete => {
  if (shape.length === 0) return fromData(shape, dtype, data)
  const order = orderOf(shape.length, axes)
  const laid = strides(order.map((axis) => shape[axis]!))
  const own = new Array<number>(shape.length)
  order.forEach((axis, position) => {
    own[axis] = laid[position]!
  })
  return new Dense(shape, dtype, data, own, 0)
}
