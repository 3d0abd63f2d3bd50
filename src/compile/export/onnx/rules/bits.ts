/** Operations on the bits of int32, which random draws are made of. The engine shifts unsigned numbers only. */
import type { Shift } from '../../decompose/bits.js'
import { shiftLeftPrimitive, shiftRightLogicalPrimitive, xorPrimitive } from '../../decompose/bits.js'
import type { Primitive } from '../../../../primitive/model.js'
import { type Writer, node, unsigned, word } from '../graph.js'
import { castTo, pointwise } from '../values.js'
import { type Line, on } from './on.js'

const shifted = (writer: Writer, name: string, by: number, direction: 'LEFT' | 'RIGHT'): string => {
  const moved = node(writer, 'BitShift', [castTo(writer, name, 'uint32'), unsigned(writer, by)], {
    direction: word(direction)
  })
  return castTo(writer, moved, 'int32')
}

const shift = (primitive: Primitive<Shift>, direction: 'LEFT' | 'RIGHT'): Line =>
  on(primitive, (w, [x], { by }, [type]) => [
    { ...type!, held: x!.held, name: by === 0 ? x!.name : shifted(w, x!.name, by, direction) }
  ])

export const bits: readonly Line[] = /* @__PURE__ */ [
  on(xorPrimitive, (w, [x, y], _params, [type]) => [pointwise(w, 'BitwiseXor', type!, [x!, y!])]),
  shift(shiftLeftPrimitive, 'LEFT'),
  shift(shiftRightLogicalPrimitive, 'RIGHT')
]
