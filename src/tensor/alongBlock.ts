/** How kernels that work along axes see a tensor: as a contiguous block of (outer, along, inner). */
import { type Data, type DType, allocate } from '../DType.js'
import { copyStrided, isContiguous } from '../kernel/strided.js'
import type { TensorType } from '../primitive/model.js'
import { type Shape, size, strides } from '../shape/model.js'
import { type Concrete, Dense, Scalar, contiguous, fromData } from './model.js'

/** The parameters of an operation over several axes, sorted and counted from the front. */
export interface OverAxes {
  readonly axes: readonly number[]
}

/** The parameters of an operation along one axis, counted from the front. */
export interface OneAxis {
  readonly axis: number
}

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

const product = (shape: Shape, from: number, to: number): number => {
  let total = 1
  for (let axis = from; axis < to; axis++) total *= shape[axis]!
  return total
}

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

/** A kernel that reduces the middle extent of a contiguous block. */
export type ReduceInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data) => void

/** The axes from the one whose neighbours lie farthest apart to the one whose neighbours lie closest. */
const memoryOrder = (strides: readonly number[]): readonly number[] =>
  strides.map((_, axis) => axis).sort((a, b) => Math.abs(strides[b]!) - Math.abs(strides[a]!) || a - b)

/**
 * The tensor with its axes as they lie in memory, if it is contiguous then and the reduced axes are neighbours, which must
 * follow each other as before unless any order will do.
 */
const inMemoryOrder = (x: Dense, axes: readonly number[], anyOrder: boolean): readonly number[] | undefined => {
  const order = memoryOrder(x.strides)
  const places = axes.map((axis) => order.indexOf(axis))
  if (anyOrder) places.sort((a, b) => a - b)
  const together = places.every((place, i) => place === places[0]! + i)
  const shape = order.map((axis) => x.shape[axis]!)
  const lies = isContiguous(
    shape,
    order.map((axis) => x.strides[axis]!)
  )
  return together && lies && axes.length > 0 ? order : undefined
}

/**
 * Reduces axes by a kernel that takes their elements in row-major order, whatever their layout, or in any order. Of most
 * permuted views of a contiguous tensor nothing is copied: they are reduced as they lie in memory, and the axes that are left
 * are permuted back.
 */
export const reduceOver = (
  x: Concrete,
  axes: readonly number[],
  out: TensorType,
  into: ReduceInto,
  anyOrder = false
): Concrete => {
  const order = x instanceof Scalar || isContiguous(x.shape, x.strides) ? undefined : inMemoryOrder(x, axes, anyOrder)
  if (x instanceof Scalar || order === undefined) {
    const { data, offset, outer, along, inner } = arrange(x, axes)
    const result = allocate(out.dtype, outer * inner)
    into(data, offset, outer, along, inner, result)
    return fromData(out.shape, out.dtype, result)
  }
  const sizes = order.map((axis) => x.shape[axis]!)
  const first = order.findIndex((axis) => axes.includes(axis))
  const outer = product(sizes, 0, first)
  const inner = product(sizes, first + axes.length, sizes.length)
  const result = allocate(out.dtype, outer * inner)
  into(x.data, x.offset, outer, countOver(x.shape, axes), inner, result)
  const kept = order.filter((axis) => !axes.includes(axis))
  return unpermuted(kept, out, result)
}

/** A result whose axes lie in the order of the given numbers, as a view with the axes in increasing order. */
const unpermuted = (order: readonly number[], { shape, dtype }: TensorType, data: Data): Concrete => {
  if (shape.length === 0) return fromData(shape, dtype, data)
  const axes = [...order].sort((a, b) => a - b)
  const laid = strides(order.map((axis) => shape[axes.indexOf(axis)]!))
  return new Dense(
    shape,
    dtype,
    data,
    axes.map((axis) => laid[order.indexOf(axis)]!),
    0
  )
}

/** A result laid out as `arrange` lays out its operand, with the operand's axes: a view. */
export const restore = (shape: Shape, axes: readonly number[], dtype: DType, data: Data): Concrete =>
  unpermuted(orderOf(shape.length, axes), { shape, dtype }, data)
