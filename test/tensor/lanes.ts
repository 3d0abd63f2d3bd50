// Reductions as functions of lists: what a reduction makes of each lane, independently of strides and kernels.
import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { indicesOf, reader } from './naive.js'

/** The lanes of a tensor over axes: the values that are reduced to one, by the index with those axes at 0. */
export const lanesOver = (x: T.Tensor, axes: readonly number[]): readonly (readonly number[])[] => {
  const read = reader(x)
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
  const along = x.shape.map((n, axis) => (axes.includes(axis) ? n : 1))
  return indicesOf(kept).map((base) => indicesOf(along).map((step) => read(base.map((i, axis) => i + step[axis]!))))
}

/** A tensor from lanes of its own size over axes: the inverse of `lanesOver`. */
export const fromLanes = (
  shape: Shape,
  axes: readonly number[],
  lanes: readonly (readonly number[])[]
): readonly number[] => {
  const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
  const along = shape.map((n, axis) => (axes.includes(axis) ? n : 1))
  const position = (index: readonly number[], of: Shape): number =>
    index.reduce((at, i, axis) => at * of[axis]! + (of[axis] === 1 ? 0 : i), 0)
  return indicesOf(shape).map((index) => lanes[position(index, kept)]![position(index, along)]!)
}

/** A tensor over axes: how the user writes them, how they are counted from the front, and whether they stay. */
export interface Over {
  readonly x: T.Tensor
  readonly axis: number | readonly number[] | undefined
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

/** Axes of a tensor, written in any order and counted from either end. */
export const over = (tensors: fc.Arbitrary<T.Tensor>): fc.Arbitrary<Over> =>
  tensors.chain((x) => {
    const rank = x.shape.length
    const all = x.shape.map((_, axis) => axis)
    const several = fc
      .tuple(fc.shuffledSubarray(all), fc.array(fc.boolean(), { minLength: rank, maxLength: rank }))
      .map(([axes, fromEnd]) => ({ axes, axis: axes.map((axis, i) => (fromEnd[i] === true ? axis - rank : axis)) }))
    const one = fc
      .tuple(fc.nat({ max: Math.max(0, rank - 1) }), fc.boolean())
      .map(([axis, fromEnd]) => ({ axes: [axis], axis: fromEnd ? axis - rank : axis }))
    const every = fc.constant({ axes: all, axis: undefined })
    const chosen = rank === 0 ? every : fc.oneof(several, one, every)
    return fc
      .record({ x: fc.constant(x), chosen, keepDims: fc.boolean() })
      .map(({ chosen: { axes, axis }, keepDims }) => ({
        x,
        axis,
        axes,
        keepDims
      }))
  })

/** The shape of a reduction's result. */
export const reducedShape = ({ x, axes, keepDims }: Over): Shape =>
  keepDims ? x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)) : x.shape.filter((_, axis) => !axes.includes(axis))

/** The options as the user writes them. */
export const optionsOf = ({ axis, keepDims }: Over): T.ReduceOptions =>
  axis === undefined ? { keepDims } : { axis, keepDims }

/** A float64 tensor of fractions between -2 and 2, none of them 0. */
export const fractions = (shape: Shape): fc.Arbitrary<T.Tensor> => {
  const length = shape.reduce((product, n) => product * n, 1)
  return fc.array(fc.integer({ min: -2000, max: 1999 }), { minLength: length, maxLength: length }).map((values) =>
    T.fromTypedArray(
      Float64Array.from(values, (k) => (k + 0.5) / 1000),
      shape
    )
  )
}

/** Expects each number near its expectation, to so many decimals; infinities must be equal. */
export const expectClose = (actual: readonly number[], expected: readonly number[], digits: number): void => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, digits))
}
