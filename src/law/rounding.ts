/** How far the sides of an equation may differ by rounding. */
import type { Tensor } from '../tensor/model.js'
import { count, leafwise } from './values.js'

/** Machine epsilon of the terms, this many times. */
export const factor: number = 512 * Number.EPSILON

/** Relative to the largest value in the leaf, of all lists that are given. */
export const roundingOf = (like: readonly Tensor[], ...values: readonly Float64Array[]): Float64Array => {
  const sizes = values.map((each) => leafwise(like, each))
  return Float64Array.from({ length: count(like) }, (_, i) => factor * Math.max(...sizes.map((each) => each[i]!)))
}
