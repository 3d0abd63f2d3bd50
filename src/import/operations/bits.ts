/**
 * Operations on bits, on int32 whatever the width is in the file: the exclusive or and shifts by a fixed number are operations, and
 * the others are made of them.
 */
import { shiftLeft, shiftRightLogical, xor } from '../../compile/export/decompose/bits.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operation, type Operations, operation, plain } from '../operation.js'
import { common } from '../values.js'

type Two = (a: Tensor, b: Tensor) => Tensor

const aligned =
  (f: Two): Two =>
  (a, b) => {
    const shape = common(a.shape, b.shape)
    return f(T.broadcastTo(a, shape), T.broadcastTo(b, shape))
  }

/** The and of numbers below 2^16: a + b = (a xor b) + 2 (a and b). */
const andOfHalves: Two = (a, b) => shiftRightLogical(T.sub(T.add(a, b), xor(a, b)), 1)

const low = (x: Tensor): Tensor => T.mod(x, 65536)
const high = (x: Tensor): Tensor => shiftRightLogical(x, 16)

const and: Two = (a, b) => T.add(shiftLeft(andOfHalves(high(a), high(b)), 16), andOfHalves(low(a), low(b)))

const or: Two = (a, b) => T.add(xor(a, b), and(a, b))

/**
 * A shift by a number for each element: by 16, 8, 4, 2 and 1, where the number has that bit. One by a negative number or by 32 or
 * more leaves nothing.
 */
const shifted =
  (f: (x: Tensor, by: number) => Tensor): Two =>
  (x, by) => {
    const [y] = [16, 8, 4, 2, 1].reduce<readonly [Tensor, Tensor]>(
      ([word, left], bit) => {
        const has = T.greaterEqual(left, bit)
        return [T.where(has, f(word, bit), word), T.where(has, T.sub(left, bit), left)]
      },
      [x, by]
    )
    return T.where(T.logicalAnd(T.greaterEqual(by, 0), T.less(by, 32)), y, 0)
  }

const not = (x: Tensor): Tensor => T.sub(-1, x)

/** Signs come in from above: the bits of a negative number are shifted as those of its complement. */
const shiftedSigned: Two = (x, by) => {
  const isNegative = T.less(x, 0)
  const y = shifted(shiftRightLogical)(T.where(isNegative, not(x), x), by)
  return T.where(isNegative, not(y), y)
}

const bitwise = (f: Two): Operation => plain(2, aligned(f), { unsigned: true })

const shift: Operation = operation(
  2,
  2,
  (node) => {
    const direction = node.text('direction', '')
    if (direction !== 'LEFT' && direction !== 'RIGHT') {
      node.fault(`has direction '${direction.slice(0, 40)}'; expected LEFT or RIGHT`)
    }
    if (direction === 'LEFT') return aligned(shifted(shiftLeft))
    return aligned(node.type(0)?.startsWith('int') === true ? shiftedSigned : shifted(shiftRightLogical))
  },
  { unsigned: true, wraps: true }
)

export const bits: Operations = {
  BitShift: shift,
  BitwiseAnd: bitwise(and),
  BitwiseOr: bitwise(or),
  BitwiseXor: bitwise(xor),
  BitwiseNot: plain(1, not, { unsigned: true, wraps: true })
}
