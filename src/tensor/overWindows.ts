/** Maxima and means over windows of images, wherever the windows lie. */
import { toFloat } from '../DType.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import { takeAlongAxis } from './alongAxis.js'
import { add, div, mul } from './arithmetic.js'
import { stopGradient } from './cast.js'
import { arange } from './construct.js'
import { gather } from './indexing.js'
import { argmax } from './minMaxOverAxes.js'
import { type Tensor, fromData } from './model.js'
import { type AxisWindows, countsOf, tableOfAll, tableOfInsides } from './poolingWindows.js'
import { along, place } from './stridedWindow.js'
import { cast, reshapeTo, sumOver } from './structural.js'

/** The spatial axes of an operand: the last ones, behind one or two others. */
export const imageOf = (operation: string, { shape }: Tensor, rank: number): Shape => {
  if (shape.length === rank + 1 || shape.length === rank + 2) return shape.slice(shape.length - rank)
  const axes = rank === 1 ? 'one spatial axis' : `${rank} spatial axes`
  const rule = `the operand has shape ${show(shape)}; expected [examples, channels] or [channels] in front of ${axes}`
  throw new ShapeError(operation, [shape], rule)
}

/** A tensor whose spatial axes are one, and the shape that a result has. */
const laid = (x: Tensor, windows: readonly AxisWindows[]): { readonly rows: Tensor; readonly shape: Shape } => {
  const lead = x.shape.slice(0, x.shape.length - windows.length)
  const image = x.shape.slice(lead.length)
  return { rows: reshapeTo(x, [size(lead), size(image)]), shape: [...lead, ...windows.map(({ length }) => length)] }
}

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
  const { rows, shape } = laid(x, windows)
  const table = tableOfInsides(operation, image, windows)
  const count = table.shape[1]!
  const which = argmax(gather(stopGradient(rows), table, { axis: 1 }), { axis: 1 })
  const indices = gather(reshapeTo(table, [size(table.shape)]), add(mul(which, count), arange(count, 'int32')))
  return [reshapeTo(takeAlongAxis(rows, indices), shape), reshapeTo(indices, shape)]
}

/** The means over windows, with elements outside of the image as zeros. */
export const means = (
  operation: string,
  operand: Tensor,
  image: Shape,
  windows: readonly AxisWindows[],
  countPadding: boolean
): Tensor => {
  const x = cast(operand, toFloat(operand.dtype))
  const counts = Float64Array.from(countsOf(operation, image, windows, countPadding))
  const { rows, shape } = laid(x, windows)
  const sums = sumOver(gather(withZero(rows), tableOfAll(image, windows), { axis: 1 }), [1])
  return reshapeTo(div(sums, cast(fromData([counts.length], 'float64', counts), x.dtype)), shape)
}
