/**
 * Reciprocals of differences and sums of eigenvalues and singular values, from which the derivatives of the vectors are made.
 * Where a difference or sum is 0 to rounding the reciprocal counts as 0, to every order: what would be infinite there is
 * the derivative of vectors that may be chosen freely, and a smooth function does not depend on that choice.
 */
import { type DType, epsilon, toFloat } from '../DType.js'
import { abs, add, mul, reciprocal, sub } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { lessEqual } from '../tensor/comparison.js'
import { max } from '../tensor/minMaxOverAxes.js'
import type { Tensor } from '../tensor/model.js'
import { where } from '../tensor/select.js'
import { reshapeTo } from '../tensor/structural.js'
import { columnsOf } from './matrix.js'

/** Differences up to this many units in the last place of the largest value, for each row, count as 0. */
const roundings = 8

/** The bound below which a value counts as 0, per vector, as [..., 1]. */
const tolerance = (values: Tensor, size: number, dtype: DType): Tensor => {
  const largest = max(abs(stopGradient(values)), { axis: -1, keepDims: true })
  return mul(largest, roundings * size * epsilon(toFloat(dtype)))
}

/** 1 / x, and 0 where x is small, at every order. */
const reciprocalBeyond = (x: Tensor, least: Tensor): Tensor => {
  const small = lessEqual(abs(x), least)
  return where(small, 0, reciprocal(where(small, 1, x)))
}

const asRow = (x: Tensor): Tensor => reshapeTo(x, [...x.shape.slice(0, -1), 1, columnsOf(x.shape)])

const asColumn = (x: Tensor): Tensor => reshapeTo(x, [...x.shape, 1])

/** 1 / (w_j - w_i) as a matrix, and 0 where the two are equal. */
export const reciprocalGaps = (w: Tensor, size: number): Tensor => {
  const gaps = sub(asRow(w), asColumn(w))
  return columnsOf(w.shape) === 0 ? gaps : reciprocalBeyond(gaps, asColumn(tolerance(w, size, w.dtype)))
}

/** 1 / (s_i + s_j) as a matrix, and 0 where both are 0. */
export const reciprocalSums = (s: Tensor, size: number): Tensor => {
  const sums = add(asRow(s), asColumn(s))
  return columnsOf(s.shape) === 0 ? sums : reciprocalBeyond(sums, asColumn(tolerance(s, size, s.dtype)))
}

/** 1 / s, and 0 where s is. */
export const reciprocals = (s: Tensor, size: number): Tensor =>
  columnsOf(s.shape) === 0 ? s : reciprocalBeyond(s, tolerance(s, size, s.dtype))
