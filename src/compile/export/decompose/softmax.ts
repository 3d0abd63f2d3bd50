/** Softmax and its kin: shifted by the largest element, with the limits that the kernels have at infinities. */
import { guardedMul } from '../../../primitive/elementwise.js'
import { size } from '../../../shape/model.js'
import { countOver, dropAxes, keepAxes } from '../../../tensor/alongBlock.js'
import { add, div, sub } from '../../../tensor/arithmetic.js'
import { equal } from '../../../tensor/comparison.js'
import { exp, log } from '../../../tensor/exponential.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { where } from '../../../tensor/select.js'
import {
  logSoftmaxPrimitive,
  logSumExpPrimitive,
  softmaxDerivativePrimitive,
  softmaxPrimitive
} from '../../../tensor/softmax.js'
import { reshapeTo, sumOver } from '../../../tensor/structural.js'
import { type Entry, onOne, onTwo, peakOver, spreadSum } from './model.js'

interface Shifted {
  /** The largest element of each lane, with the axes of size 1. */
  readonly peak: Tensor
  /** The differences to it; 0 at the peak, even where that is infinite. */
  readonly below: Tensor
  /** The sum of their exponentials, with the axes of size 1. */
  readonly sum: Tensor
  readonly exponentials: Tensor
}

const shift = (x: Tensor, axes: readonly number[]): Shifted => {
  const peak = peakOver(x, axes)
  const below = where(equal(x, peak), 0, sub(x, peak))
  const exponentials = exp(below)
  const sum = reshapeTo(sumOver(exponentials, axes), keepAxes(x.shape, axes))
  return { peak, below, exponentials, sum }
}

/** Whether there is nothing in any lane. */
const isEmpty = (x: Tensor, axes: readonly number[]): boolean => countOver(x.shape, axes) === 0 || size(x.shape) === 0

const softmax = (x: Tensor, axes: readonly number[]): Tensor => {
  const { peak, exponentials, sum } = shift(x, axes)
  return where(equal(peak, -Infinity), 0, div(exponentials, sum))
}

const logSoftmax = (x: Tensor, axes: readonly number[]): Tensor => {
  const { peak, below, sum } = shift(x, axes)
  return where(equal(peak, -Infinity), -Infinity, sub(below, log(sum)))
}

const logSumExp = (x: Tensor, axes: readonly number[]): Tensor => {
  const { peak, sum } = shift(x, axes)
  return reshapeTo(add(peak, log(sum)), dropAxes(x.shape, axes))
}

/** The decompositions of softmax, of its logarithm, of its derivative, and of the logarithm of a sum of exponentials. */
export const ofSoftmax: readonly Entry[] = [
  onOne(softmaxPrimitive, (x, { axes }) => (isEmpty(x, axes) ? x : softmax(x, axes))),
  onOne(logSoftmaxPrimitive, (x, { axes }) => (isEmpty(x, axes) ? x : logSoftmax(x, axes))),
  onOne(logSumExpPrimitive, (x, { axes }) =>
    isEmpty(x, axes) ? fill(dropAxes(x.shape, axes), x.dtype, -Infinity) : logSumExp(x, axes)
  ),
  onTwo(softmaxDerivativePrimitive, (t, y, { axes }) => guardedMul(y, sub(t, spreadSum(guardedMul(t, y), axes))))
]
