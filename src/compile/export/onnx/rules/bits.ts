/** Operations on the bits of int32, which random draws are made of. The engine shifts unsigned numbers only. */
import type { Shift } from '../../decompose/bits.js'
import { shiftLeftPrimitive, shiftRightLogicalPrimitive, xorPrimitive } from '../../decompose/bits.js'
import type { Primitive } from '../../../../primitive/model.js'
import { node, unsigned, word } from '../graph.js'
import { bitsOf, ofBits, onBits } from '../values.js'
import { type Line, on } from './on.js'

const shift = (primitive: Primitive<Shift>, direction: 'LEFT' | 'RIGHT'): Line =>
  on(primitive, (w, [x], { by }) => {
    if (by === 0) return [x!]
    const moved = node(w, 'BitShift', [bitsOf(w, x!), unsigned(w, by)], { direction: word(direction) })
    return [ofBits(w, moved, x!)]
  })

export const bits: readonly Line[] = /* @__PURE__ */ [
  on(xorPrimitive, (w, [x, y], _params, [type]) => [onBits(w, 'BitwiseXor', type!, [x!, y!])]),
  shift(shiftLeftPrimitive, 'LEFT'),
  shift(shiftRightLogicalPrimitive, 'RIGHT')
]
