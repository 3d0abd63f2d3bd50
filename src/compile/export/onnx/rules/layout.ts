/** Operations that move elements: shapes, orders, joins, windows and margins. */
import type { Shape } from '../../../../shape/model.js'
import { size } from '../../../../shape/model.js'
import { concatPrimitive, splitPrimitive } from '../../../../tensor/join.js'
import { type Placement, type Window, along, padPrimitive, slicePrimitive } from '../../../../tensor/stridedWindow.js'
import { broadcastToPrimitive, permutePrimitive, reshapePrimitive } from '../../../../tensor/structural.js'
import { type Value, type Writer, constant, full, int, integers, node, nodes, whole } from '../graph.js'
import { broadcastValue, permute, reshape, reshaped } from '../values.js'
import { fromNumber } from '../../../../tensor/model.js'
import { type Line, on } from './on.js'

/** The end that `Slice` needs: one that is before the first element is as far from the end. */
const endOf = (start: number, step: number, count: number, n: number): number => {
  const end = start + step * count
  return end < 0 ? -n - 1 : end
}

/** The positions of a window of a tensor of the graph. */
export const sliced = (writer: Writer, name: string, shape: Shape, { starts, steps, sizes }: Window): string => {
  const axes = shape.flatMap((n, axis) => (sizes[axis] === n && (steps[axis] === 1 || n <= 1) ? [] : [axis]))
  if (axes.length === 0) return name
  const at = (list: readonly number[]): string =>
    integers(
      writer,
      axes.map((axis) => list[axis]!)
    )
  // One element is the same whatever the step, which may lead out of the tensor.
  const forward = steps.map((step, axis) => (sizes[axis]! <= 1 ? 1 : step))
  const ends = starts.map((start, axis) => endOf(start, forward[axis]!, sizes[axis]!, shape[axis]!))
  return node(writer, 'Slice', [name, at(starts), at(ends), integers(writer, axes), at(forward)])
}

/** A tensor of the graph with margins of one value. */
export const margined = (
  writer: Writer,
  name: string,
  before: readonly number[],
  after: readonly number[],
  fill: Value
): string =>
  [...before, ...after].every((n) => n === 0)
    ? name
    : node(writer, 'Pad', [name, integers(writer, [...before, ...after]), fill.name])

/** Elements apart from each other by a step along one axis, with one value between them and behind the last. */
const spreadAlong = (writer: Writer, name: string, shape: Shape, axis: number, step: number, fill: Value): string => {
  const apart = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]
  const after = apart.map((_, each) => (each === axis + 1 ? step - 1 : 0))
  const wide = margined(
    writer,
    reshaped(writer, name, apart),
    apart.map(() => 0),
    after,
    fill
  )
  const n = shape[axis]!
  const spread = shape.map((each, i) => (i === axis ? n * step : each))
  return sliced(writer, reshaped(writer, wide, spread), spread, along(spread, axis, 0, (n - 1) * step + 1))
}

/** The elements of an operand at the positions of a window, in a tensor of one value. */
export const placed = (
  writer: Writer,
  value: Value,
  { shape, value: other, starts, steps, sizes }: Placement
): string => {
  const fill = constant(writer, fromNumber(value.dtype, other))
  const turned = sliced(writer, full(writer, value), sizes, {
    starts: sizes.map((n, axis) => (steps[axis]! < 0 ? Math.max(0, n - 1) : 0)),
    steps: steps.map((step) => (step < 0 ? -1 : 1)),
    sizes
  })
  const strides = steps.map((step, axis) => (sizes[axis]! <= 1 ? 1 : Math.abs(step)))
  const apart = strides.reduce(
    (now, step, axis) =>
      step === 1
        ? now
        : {
            name: spreadAlong(writer, now.name, now.shape, axis, step, fill),
            shape: now.shape.map((n, each) => (each === axis ? (n - 1) * step + 1 : n))
          },
    { name: turned, shape: sizes }
  )
  const first = starts.map((start, axis) => (steps[axis]! < 0 ? start + (sizes[axis]! - 1) * steps[axis]! : start))
  const behind = shape.map((n, axis) => n - first[axis]! - apart.shape[axis]!)
  return margined(writer, apart.name, first, behind, fill)
}

export const layout: readonly Line[] = /* @__PURE__ */ [
  on(reshapePrimitive, (w, [x], { shape }) => [reshape(w, x!, shape)]),
  on(permutePrimitive, (w, [x], { order }) => [permute(w, x!, order)]),
  on(broadcastToPrimitive, (_w, [x], { shape }) => [broadcastValue(x!, shape)]),
  on(concatPrimitive, (w, operands, { axis }, [type]) => {
    const parts = operands.filter(({ shape }) => size(shape) > 0).map((each) => full(w, each))
    return [whole(parts.length === 1 ? parts[0]! : node(w, 'Concat', parts, { axis: int(axis) }), type!)]
  }),
  on(splitPrimitive, (w, [x], { axis, sizes }, results) => {
    if (sizes.length === 1) return [x!]
    const parts = nodes(w, 'Split', [full(w, x!), integers(w, sizes)], sizes.length, { axis: int(axis) })
    return results.map((type, i) => whole(parts[i]!, type))
  }),
  on(slicePrimitive, (w, [x], window, [type]) => [whole(sliced(w, full(w, x!), x!.shape, window), type!)]),
  on(padPrimitive, (w, [x], placement, [type]) => {
    if (size(x!.shape) === 0) return [{ ...constant(w, fromNumber(type!.dtype, placement.value)), shape: type!.shape }]
    return [whole(placed(w, x!, placement), type!)]
  })
]
