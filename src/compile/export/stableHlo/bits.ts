/** Rules for operations on the bits of integers, which random draws are made of. */
import { shiftLeftPrimitive, shiftRightLogicalPrimitive, xorPrimitive } from '../decompose/bits.js'
import type { Rules } from '../model.js'
import { type Value, type Writer, on, plain, splat } from './writer.js'

/** The rules. */
export const bits: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  on(xorPrimitive, (writer, [a, b]) => [plain(writer, 'xor', [a!, b!])]),
  on(shiftLeftPrimitive, (writer, [x], { by }) => [
    plain(writer, 'shift_left', [x!, splat(writer, by, 'int32', x!.shape)])
  ]),
  on(shiftRightLogicalPrimitive, (writer, [x], { by }) => [
    plain(writer, 'shift_right_logical', [x!, splat(writer, by, 'int32', x!.shape)])
  ])
])
