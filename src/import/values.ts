/**
 * Values that decide shapes: they are read while a model runs, so they must be known there. Shapes are known inside all
 * transformations, and what is computed from them is computed on values, so this holds for all but data-dependent models.
 */
import { isFloat } from '../DType.js'
import { type Shape, broadcast, show } from '../shape/model.js'
import * as T from '../Tensor.js'
import { type Tensor, isConcrete } from '../tensor/model.js'

/** An error of a node; the runner adds the name of the node. */
export const refuse = (rule: string): never => {
  throw new RangeError(rule)
}

const known = (x: Tensor, what: string): Tensor =>
  isConcrete(x)
    ? x
    : refuse(
        `${what} is computed from values that a transformation does not know; expected one that shapes and constants decide`
      )

/** The numbers in a tensor, in row-major order. */
export const numbersOf = (x: Tensor, what: string): readonly number[] => Array.from(T.toArray(known(x, what)))

/** The one number in a tensor. */
export const numberOf = (x: Tensor, what: string): number => {
  const all = numbersOf(x, what)
  return all.length === 1 ? all[0]! : refuse(`${what} has ${all.length} elements; expected one`)
}

/** An axis counted from the front. */
export const axisOf = (axis: number, rank: number, what = 'axis'): number => {
  const from = axis < 0 ? axis + rank : axis
  if (Number.isInteger(from) && from >= 0 && from < rank) return from
  return refuse(`${what} is ${axis} for rank ${rank}; expected an axis from ${-rank} to ${rank - 1}`)
}

/** Axes counted from the front, each at most once. */
export const axesOf = (axes: readonly number[], rank: number): readonly number[] => {
  const from = axes.map((axis) => axisOf(axis, rank))
  return new Set(from).size === from.length ? from : refuse(`axes are [${axes.join(', ')}]; expected each axis once`)
}

/** A list of integers as a vector. */
export const vector = (values: readonly number[]): Tensor => T.fromTypedArray(Int32Array.from(values), [values.length])

/** The shape that two broadcast to. */
export const common = (a: Shape, b: Shape): Shape =>
  broadcast(a, b) ?? refuse(`shapes ${show(a)} and ${show(b)} do not broadcast`)

/** A list of one number per axis, or the same number for all. */
export const perAxis = (
  values: readonly number[] | undefined,
  rank: number,
  missing: number,
  what: string
): readonly number[] => {
  if (values === undefined) return new Array<number>(rank).fill(missing)
  return values.length === rank ? values : refuse(`${what} has ${values.length} entries; expected ${rank}`)
}

/** A function of floats on a tensor of any type: integers are computed in double and cut back. */
export const inDouble =
  (f: (...xs: readonly Tensor[]) => Tensor) =>
  (...xs: readonly Tensor[]): Tensor => {
    const { dtype } = xs[0]!
    return isFloat(dtype) ? f(...xs) : T.cast(f(...xs.map((x) => T.cast(x, 'float64'))), dtype)
  }
