/** Variances, norms, and the shares in an extreme element. */
import { bindOne } from '../../../primitive/bind.js'
import type { Primitive } from '../../../primitive/model.js'
import { type OverAxes, countOver, dropAxes, keepAxes } from '../../../tensor/alongBlock.js'
import { abs, div, mul, square, sub } from '../../../tensor/arithmetic.js'
import { equal, greater, isFinite } from '../../../tensor/comparison.js'
import { logicalAnd } from '../../../tensor/logical.js'
import { maxPrimitive, maxSharesPrimitive, minPrimitive, minSharesPrimitive } from '../../../tensor/minMaxOverAxes.js'
import type { Tensor } from '../../../tensor/model.js'
import { sqrt } from '../../../tensor/root.js'
import { where } from '../../../tensor/select.js'
import { type Spread, freedom, normPrimitive, stdPrimitive, variancePrimitive } from '../../../tensor/statistics.js'
import { cast, expandOver, reshapeTo, sumOver } from '../../../tensor/structural.js'
import { isFloat } from '../../../DType.js'
import { size } from '../../../shape/model.js'
import { type Entry, onOne, peakOver } from './model.js'

/** The sum over axes divided by a number. */
const share = (x: Tensor, axes: readonly number[], among: number): Tensor => div(sumOver(x, axes), among)

const mean = (x: Tensor, axes: readonly number[]): Tensor => share(x, axes, countOver(x.shape, axes))

const lessMean = (x: Tensor, axes: readonly number[]): Tensor => sub(x, expandOver(mean(x, axes), x.shape, axes))

/** In two steps: the error of the rounded mean is the mean of the deviations. */
const deviations = (x: Tensor, axes: readonly number[]): Tensor => lessMean(lessMean(x, axes), axes)

const variance = (x: Tensor, spread: Spread): Tensor =>
  share(square(deviations(x, spread.axes)), spread.axes, freedom(x.shape, spread))

/** Divided by the largest element first, so that squares neither overflow nor underflow. */
const norm = (x: Tensor, axes: readonly number[]): Tensor => {
  if (size(x.shape) === 0) return sqrt(sumOver(square(x), axes))
  const peak = peakOver(abs(x), axes)
  const scale = where(logicalAnd(isFinite(peak), greater(peak, 0)), peak, 1)
  return mul(reshapeTo(scale, dropAxes(x.shape, axes)), sqrt(sumOver(square(div(x, scale)), axes)))
}

/** A length, since the variance overflows and underflows where its root does not. */
const std = (x: Tensor, spread: Spread): Tensor =>
  div(norm(deviations(x, spread.axes), spread.axes), Math.sqrt(freedom(x.shape, spread)))

/** Each element's share in the extreme over axes: NaN for all where that is NaN. Choices, not products: XLA takes 0 times NaN for 0 in some. */
/* @__NO_SIDE_EFFECTS__ */
const sharesIn =
  (extreme: Primitive<OverAxes>) =>
  (x: Tensor, { axes }: OverAxes): Tensor => {
    if (size(x.shape) === 0) return x
    const float = isFloat(x.dtype) ? x.dtype : 'float32'
    const kept = reshapeTo(bindOne(extreme, [x], { axes }), keepAxes(x.shape, axes))
    const isHit = equal(x, kept)
    const part = div(1, reshapeTo(sumOver(cast(isHit, float), axes), kept.shape))
    return cast(where(isHit, part, cast(where(equal(kept, kept), 0, NaN), float)), x.dtype)
  }

/** The decompositions of moments and shares. */
export const ofMoments: readonly Entry[] = [
  onOne(variancePrimitive, variance),
  onOne(stdPrimitive, std),
  onOne(normPrimitive, (x, { axes }) => norm(x, axes)),
  onOne(maxSharesPrimitive, sharesIn(maxPrimitive)),
  onOne(minSharesPrimitive, sharesIn(minPrimitive))
]
