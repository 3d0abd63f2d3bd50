/** Curves with parameters, which are operations of their own and the activations of recurrent cells, with the same defaults. */
import * as T from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'

/** x cut at 0 and smooth below. */
export const elu = (x: Tensor, alpha = 1): Tensor => T.where(T.less(x, 0), T.mul(T.expm1(x), alpha), x)

/** x with another slope below 0. */
export const leakyRelu = (x: Tensor, alpha = 0.01): Tensor => T.where(T.less(x, 0), T.mul(x, alpha), x)

/** x above a threshold, and 0 up to it. */
export const thresholdedRelu = (x: Tensor, alpha = 1): Tensor => T.where(T.greater(x, alpha), x, 0)

/** A line between 0 and 1. */
export const hardSigmoid = (x: Tensor, alpha = 0.2, beta = 0.5): Tensor =>
  T.clamp(T.add(T.mul(x, alpha), beta), { min: 0, max: 1 })
