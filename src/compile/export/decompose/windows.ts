/** Pooling over windows whose elements are given one by one: maxima, sums, and the transpose of sums. */
import { size } from '../../../shape/model.js'
import { add, mul } from '../../../tensor/arithmetic.js'
import { gather, scatterAdd } from '../../../tensor/indexing.js'
import { argmaxPrimitive } from '../../../tensor/minMaxOverAxes.js'
import { resize } from '../../../tensor/join.js'
import { type Tensor, fill, fromData } from '../../../tensor/model.js'
import { type AxisWindows, insidesOf } from '../../../tensor/poolingWindows.js'
import { takeAlongAxis } from '../../../tensor/alongAxis.js'
import { along, place, take } from '../../../tensor/stridedWindow.js'
import { broadcastToShape, cast, reshapeTo, sumOver } from '../../../tensor/structural.js'
import { windowMaxPrimitive, windowSpreadPrimitive, windowSumsPrimitive } from '../../../tensor/windowPrimitives.js'
import { bindOne } from '../../../primitive/bind.js'
import { type Entry, iota, on, onOne } from './model.js'

// -----------------------------------------------------------------------------
// one axis
// -----------------------------------------------------------------------------

/** Windows whose elements lie at `i stride + j dilation - before`, those outside of the axis being left out. */
export interface Even {
  readonly stride: number
  readonly dilation: number
  readonly before: number
}

/** How many elements of a window are added up one after another; windows of more are gathered. */
const mostSlices = 32

/** The geometry of windows along an axis of length `n`, if they have one. */
export const evenOf = (windows: AxisWindows, n: number): Even | undefined => {
  const inside = windows.flatMap((each, i) => each.flatMap((at, j) => (at >= 0 ? [{ i, j, at }] : [])))
  const first = inside[0]
  if (first === undefined) return undefined
  const beside = inside.find(({ i, j }) => i === first.i && j !== first.j)
  const dilation = beside === undefined ? 1 : (beside.at - first.at) / (beside.j - first.j)
  const other = inside.find(({ i }) => i !== first.i)
  const stride = other === undefined ? 1 : (other.at - first.at - (other.j - first.j) * dilation) / (other.i - first.i)
  if (!Number.isInteger(stride) || !Number.isInteger(dilation) || stride < 1 || dilation < 1) return undefined
  const before = first.i * stride + first.j * dilation - first.at
  const isEven = windows.every((each, i) =>
    each.every((at, j) => {
      const wanted = i * stride + j * dilation - before
      return at < 0 ? wanted < 0 || wanted >= n : at === wanted
    })
  )
  return isEven ? { stride, dilation, before } : undefined
}

/** The places of elements in windows, `[windows, elements]`; one outside is behind the last element. */
const tableOf = (windows: AxisWindows, n: number): Tensor => {
  const places = windows.flatMap((each) => each.map((at) => (at < 0 ? n : at)))
  return fromData([windows.length, windows[0]?.length ?? 0], 'int32', Int32Array.from(places))
}

/** An axis with zeros around it, and where each element of the windows lies along it. */
interface Padded {
  readonly low: number
  readonly length: number
  readonly starts: readonly number[]
}

const paddedFor = ({ stride, dilation, before }: Even, windows: AxisWindows, n: number): Padded => {
  const elements = windows[0]?.length ?? 0
  const last = (windows.length - 1) * stride + (elements - 1) * dilation - before
  const low = Math.max(0, before)
  return {
    low,
    length: low + n + Math.max(0, last - (n - 1)),
    starts: Array.from({ length: elements }, (_, j) => j * dilation - before + low)
  }
}

const sumsAlong = (x: Tensor, axis: number, windows: AxisWindows): Tensor => {
  const n = x.shape[axis]!
  const even = evenOf(windows, n)
  if (even === undefined || (windows[0]?.length ?? 0) > mostSlices) {
    const wide = place(x, { ...along(x.shape, axis, 0, n), shape: resize(x.shape, axis, n + 1), value: 0 })
    return sumOver(gather(wide, tableOf(windows, n), { axis }), [axis + 1])
  }
  const { low, length, starts } = paddedFor(even, windows, n)
  const padded = place(x, { ...along(x.shape, axis, low, n), shape: resize(x.shape, axis, length), value: 0 })
  return starts
    .map((start) => take(padded, along(padded.shape, axis, start, windows.length, even.stride)))
    .reduce((sum, each) => add(sum, each))
}

const spreadAlong = (x: Tensor, axis: number, windows: AxisWindows, n: number): Tensor => {
  const even = evenOf(windows, n)
  if (even === undefined || (windows[0]?.length ?? 0) > mostSlices) {
    const elements = windows[0]?.length ?? 0
    const wide = reshapeTo(x, [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)])
    const updates = broadcastToShape(
      wide,
      wide.shape.map((each, i) => (i === axis + 1 ? elements : each))
    )
    const sums = scatterAdd(fill(resize(x.shape, axis, n + 1), x.dtype, 0), tableOf(windows, n), updates, { axis })
    return take(sums, along(sums.shape, axis, 0, n))
  }
  const { low, length, starts } = paddedFor(even, windows, n)
  const shape = resize(x.shape, axis, length)
  const sum = starts
    .map((start) => place(x, { ...along(x.shape, axis, start, windows.length, even.stride), shape, value: 0 }))
    .reduce((all, each) => add(all, each))
  return take(sum, along(shape, axis, low, n))
}

/** Each axis of windows, with the axis of the tensor that it is. */
const overAxes = (
  x: Tensor,
  windows: readonly AxisWindows[],
  f: (x: Tensor, axis: number, windows: AxisWindows, i: number) => Tensor
): Tensor => {
  const lead = x.shape.length - windows.length
  const start = x.dtype === 'bool' ? cast(x, 'int32') : x
  return windows.reduce((now, each, i) => f(now, lead + i, each, i), start)
}

// -----------------------------------------------------------------------------
// maxima
// -----------------------------------------------------------------------------

const windowMax = (x: Tensor, axes: readonly AxisWindows[]): readonly Tensor[] => {
  const lead = x.shape.slice(0, x.shape.length - axes.length)
  const image = x.shape.slice(lead.length)
  const { positions, elements, count } = insidesOf('windowMax', image, axes)
  const table = fromData([count, elements], 'int32', positions)
  const each = gather(reshapeTo(x, [...lead, size(image)]), table, { axis: lead.length })
  const chosen = bindOne(argmaxPrimitive, [each], { axis: lead.length + 1 })
  const values = takeAlongAxis(each, reshapeTo(chosen, [...chosen.shape, 1]))
  const first = mul(iota(count, chosen.shape.length, lead.length), elements)
  const shape = [...lead, ...axes.map(({ length }) => length)]
  return [reshapeTo(values, shape), reshapeTo(gather(reshapeTo(table, [count * elements]), add(chosen, first)), shape)]
}

/** The decompositions of pooling. */
export const ofWindows: readonly Entry[] = [
  on(windowMaxPrimitive, ([x], { windows }) => windowMax(x!, windows)),
  onOne(windowSumsPrimitive, (x, { windows }) => overAxes(x, windows, sumsAlong)),
  onOne(windowSpreadPrimitive, (x, { windows, image }) =>
    overAxes(x, windows, (now, axis, each, i) => spreadAlong(now, axis, each, image[i]!))
  )
]
