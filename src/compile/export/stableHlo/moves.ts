/** Rules for what moves elements, changes their type, or chooses between them. */
import {
  truncatePrimitive,
  castPrimitive,
  broadcastToPrimitive,
  permutePrimitive,
  reshapePrimitive
} from '../../../tensor/structural.js'
import { stopGradientPrimitive } from '../../../tensor/cast.js'
import { concatPrimitive, splitPrimitive } from '../../../tensor/join.js'
import { wherePrimitive } from '../../../tensor/select.js'
import { type Placement, type Window, padPrimitive, slicePrimitive } from '../../../tensor/stridedWindow.js'
import type { Rules } from '../model.js'
import { convert } from './algebra.js'
import { broadcastTo, concatenate, pad, reshape, reverse, select, slice, transpose } from './operations.js'
import { type Value, type Writer, on, splat } from './writer.js'

/** The axes along which a window runs backward. */
const backward = ({ steps, sizes }: Window): readonly number[] =>
  steps.flatMap((step, axis) => (step < 0 && sizes[axis]! > 1 ? [axis] : []))

/** The first positions of a window, with steps forward. */
const lowest = ({ starts, steps, sizes }: Window): readonly number[] =>
  starts.map((start, axis) => start + Math.min(0, steps[axis]! * Math.max(0, sizes[axis]! - 1)))

const forward = ({ steps, sizes }: Window): readonly number[] =>
  steps.map((step, axis) => (sizes[axis]! > 1 ? Math.abs(step) : 1))

const placed = (writer: Writer, x: Value, placement: Placement): Value => {
  const { shape, value, sizes } = placement
  if (sizes.includes(0)) return splat(writer, value, x.dtype, shape)
  const [starts, steps] = [lowest(placement), forward(placement)]
  const ends = shape.map((n, axis) => n - starts[axis]! - (sizes[axis]! - 1) * steps[axis]! - 1)
  const between = steps.map((step) => step - 1)
  return pad(writer, reverse(writer, x, backward(placement)), value, starts, ends, between)
}

/** The rules. */
export const moves: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  on(castPrimitive, (writer, [x], { dtype }) => [convert(writer, x!, dtype)]),
  on(truncatePrimitive, (writer, [x], { dtype }) => [convert(writer, x!, dtype)]),
  on(stopGradientPrimitive, (_writer, [x]) => [x!]),
  on(reshapePrimitive, (writer, [x], { shape }) => [reshape(writer, x!, shape)]),
  on(permutePrimitive, (writer, [x], { order }) => [transpose(writer, x!, order)]),
  on(broadcastToPrimitive, (writer, [x], { shape }) => [broadcastTo(writer, x!, shape)]),
  on(concatPrimitive, (writer, operands, { axis }) => [concatenate(writer, operands, axis)]),
  on(splitPrimitive, (writer, [x], { axis }, results) => {
    const steps = x!.shape.map(() => 1)
    let start = 0
    return results.map(({ shape }) => {
      const at = start
      start += shape[axis]!
      return slice(
        writer,
        x!,
        steps.map((_, each) => (each === axis ? at : 0)),
        steps,
        shape
      )
    })
  }),
  on(slicePrimitive, (writer, [x], window) => [
    reverse(writer, slice(writer, x!, lowest(window), forward(window), window.sizes), backward(window))
  ]),
  on(padPrimitive, (writer, [x], placement) => [placed(writer, x!, placement)]),
  on(wherePrimitive, (writer, [mask, a, b]) => [select(writer, mask!, a!, b!)])
])
