/** Maxima and means over windows of images, wherever the windows lie. */
import { toFloat } from '../DType.js'
import { bind, bindOne } from '../primitive/bind.js'
import type { Shape } from '../shape/model.js'
import { div } from './arithmetic.js'
import { type Tensor, fromData } from './model.js'
import { type AxisWindows, countsOf } from './poolingWindows.js'
import { along, place } from './stridedWindow.js'
import { cast } from './structural.js'
import { windowMaxPrimitive, windowSumsPrimitive } from './windowPrimitives.js'

/** Rows with a zero behind their last element, where `tableOfAll` has the elements outside of the image. */
export const withZero = (rows: Tensor): Tensor => {
  const last = rows.shape.length - 1
  const shape = rows.shape.map((n, axis) => (axis === last ? n + 1 : n))
  return place(rows, { ...along(rows.shape, last, 0, rows.shape[last]!), shape, value: 0 })
}

/** The maxima over windows, and their positions; of equal ones, the first. */
export const maxima = (
  operation: string,
  x: Tensor,
  image: Shape,
  windows: readonly AxisWindows[]
): readonly [Tensor, Tensor] => {
  countsOf(operation, image, windows, false)
  const [values, positions] = bind(windowMaxPrimitive, [x], { windows })
  return [values!, positions!]
}

/** The sums over windows, with elements outside of the image as zeros. */
export const sums = (x: Tensor, windows: readonly AxisWindows[]): Tensor =>
  bindOne(windowSumsPrimitive, [x], { windows })

/** The means over windows, with elements outside of the image as zeros. */
export const means = (
  operation: string,
  operand: Tensor,
  image: Shape,
  windows: readonly AxisWindows[],
  countPadding: boolean
): Tensor => {
  const x = cast(operand, toFloat(operand.dtype))
  const counts = countsOf(operation, image, windows, countPadding)
  const [first = 1] = counts
  if (counts.every((count) => count === first)) return div(sums(x, windows), first)
  const shape = windows.map(({ length }) => length)
  return div(sums(x, windows), cast(fromData(shape, 'float64', Float64Array.from(counts)), x.dtype))
}
