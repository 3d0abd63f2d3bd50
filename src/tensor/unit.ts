/** Units in which the squares of float64 neither overflow nor underflow. */
import { greater, less } from './comparison.js'
import { type Tensor, fill } from './model.js'
import { where } from './select.js'

/**
 * A power of two, which changes no other bit, to divide by: 1 unless the largest element is very large or very small. The largest
 * is float64.
 */
export const unitFor = (largest: Tensor): Tensor =>
  where(greater(largest, 2 ** 500), 2 ** 600, where(less(largest, 2 ** -400), 2 ** -600, fill([], 'float64', 1)))
