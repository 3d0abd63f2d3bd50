/** Pooling: the engine's own where windows slide evenly, gathered by tables of positions where not. */
import { upTo } from '../../../../kernel/library/kinds.js'
import { type Shape, size } from '../../../../shape/model.js'
import { fromData } from '../../../../tensor/model.js'
import { type AxisWindows, insidesOf, positionsOf } from '../../../../tensor/poolingWindows.js'
import { windowMaxPrimitive, windowSumsPrimitive } from '../../../../tensor/windowPrimitives.js'
import {
  type Attributes,
  type Value,
  type Writer,
  constant,
  full,
  int,
  integers,
  intsOf,
  node,
  nodes,
  whole
} from '../graph.js'
import { type Even, evenOf } from '../../decompose/windows.js'
import { castTo, counted, filled, pointwise, reshaped } from '../values.js'
import { margined } from './layout.js'
import { type Line, on } from './on.js'
import { extremum, position, reduced } from './reductions.js'

/** A pooling of the engine. */
interface Sliding {
  readonly window: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly pads: readonly number[]
}

/** How windows along an axis of `n` elements slide, if they do so evenly and the engine takes such margins. */
const slidingAlong = (n: number, windows: AxisWindows): (Even & { readonly after: number }) | undefined => {
  const even = evenOf(windows, n)
  if (even === undefined) return undefined
  const { stride, dilation, before } = even
  const elements = windows[0]?.length ?? 0
  const after = (windows.length - 1) * stride + (elements - 1) * dilation + 1 - before - n
  // An image may be longer than the windows reach, by less than a step; the engine wants margins of fewer elements than a window has.
  const fits = before >= 0 && before < elements && after < elements && -after < stride
  return fits ? { ...even, after: Math.max(0, after) } : undefined
}

const slidingOf = (image: Shape, windows: readonly AxisWindows[]): Sliding | undefined => {
  const axes = image.map((n, axis) => slidingAlong(n, windows[axis]!))
  const each = axes.flatMap((axis) => (axis === undefined ? [] : [axis]))
  if (each.length < axes.length || each.length === 0 || each.length > 3) return undefined
  return {
    window: windows.map((along) => along[0]!.length),
    stride: each.map(({ stride }) => stride),
    dilation: each.map(({ dilation }) => dilation),
    pads: [...each.map(({ before }) => before), ...each.map(({ after }) => after)]
  }
}

const attributesOf = ({ window, stride, dilation, pads }: Sliding): Attributes => ({
  kernel_shape: intsOf(window),
  strides: intsOf(stride),
  pads: intsOf(pads),
  ...(dilation.every((n) => n === 1) ? {} : { dilations: intsOf(dilation) })
})

/** The axes in front as channels of one example. */
const asImages = (writer: Writer, x: Value, image: Shape): string =>
  reshaped(writer, full(writer, x), [1, size(x.shape.slice(0, x.shape.length - image.length)), ...image])

/** The elements of all windows, behind each other: [lead, windows, elements]. */
const elementsOf = (
  writer: Writer,
  name: string,
  lead: number,
  { positions, elements, count }: ReturnType<typeof positionsOf>
): string => {
  const table = constant(writer, fromData([positions.length], 'int32', positions))
  const taken = node(writer, 'Gather', [name, full(writer, table)], { axis: int(1) })
  return reshaped(writer, taken, [lead, count, elements])
}

const imageOf = (x: Value, windows: readonly AxisWindows[]): Shape => x.shape.slice(x.shape.length - windows.length)

export const windows: readonly Line[] = /* @__PURE__ */ [
  on(windowMaxPrimitive, (w, [x], { windows: axes }, [ofValues, ofPlaces]) => {
    const image = imageOf(x!, axes)
    const lead = size(x!.shape) / size(image)
    const sliding = x!.dtype === 'float32' || x!.dtype === 'float64' ? slidingOf(image, axes) : undefined
    if (sliding !== undefined) {
      const [values, found] = nodes(w, 'MaxPool', [asImages(w, x!, image)], 2, attributesOf(sliding))
      const places = node(w, 'Mod', [found!, integers(w, size(image))])
      return [
        whole(reshaped(w, values!, ofValues!.shape), ofValues!),
        whole(castTo(w, reshaped(w, places, ofPlaces!.shape), 'int32'), ofPlaces!)
      ]
    }
    const table = insidesOf('windowMax', image, axes)
    const { count, elements, positions } = table
    const all = elementsOf(w, reshaped(w, full(w, x!), [lead, size(image)]), lead, table)
    const each = whole(all, { shape: [lead, count, elements], dtype: x!.dtype })
    const values = extremum(w, 'ReduceMax', each, [2], { shape: [lead, count], dtype: x!.dtype })
    const which = position(w, 'ArgMax', each, 2, { shape: [lead, count], dtype: 'int32' })
    const starts = constant(
      w,
      fromData(
        [count],
        'int32',
        Int32Array.from(upTo(count), (i) => i * elements)
      )
    )
    const at = pointwise(w, 'Add', which, [which, starts])
    const list = constant(w, fromData([positions.length], 'int32', positions))
    const places = node(w, 'Gather', [full(w, list), full(w, at)], { axis: int(0) })
    return [
      whole(reshaped(w, full(w, values), ofValues!.shape), ofValues!),
      whole(reshaped(w, places, ofPlaces!.shape), ofPlaces!)
    ]
  }),
  on(windowSumsPrimitive, (w, [x], { windows: axes }, [type]) => {
    const image = imageOf(x!, axes)
    const found = x!.dtype === 'float32' ? slidingOf(image, axes) : undefined
    const sliding = found?.dilation.every((n) => n === 1) === true ? found : undefined
    if (sliding !== undefined) {
      const averages = node(w, 'AveragePool', [asImages(w, x!, image)], {
        ...attributesOf(sliding),
        count_include_pad: int(1)
      })
      const means = whole(reshaped(w, averages, type!.shape), type!)
      return [pointwise(w, 'Mul', type!, [means, filled(w, type!, size(sliding.window))])]
    }
    const own = counted(w, x!)
    const lead = size(x!.shape) / Math.max(1, size(image))
    const table = positionsOf(image, axes)
    const outside = size(image)
    const positions = table.positions.map((at) => (at < 0 ? outside : at))
    const flat = reshaped(w, full(w, own), [lead, outside])
    const wide = margined(w, flat, [0, 0], [0, 1], filled(w, { shape: [], dtype: own.dtype }, 0))
    const each = whole(elementsOf(w, wide, lead, { ...table, positions }), {
      shape: [lead, table.count, table.elements],
      dtype: own.dtype
    })
    return [whole(reshaped(w, full(w, reduced(w, 'ReduceSum', each, [2], type!)), type!.shape), type!)]
  })
]
