/**
 * The operations on bits that random numbers need, on int32. They are private: the library has no operations on bits, and these
 * only stand between a decomposition and the rules of a format.
 */
import { bindOne } from '../../../primitive/bind.js'
import { type None, type Primitive, none } from '../../../primitive/model.js'
import { size } from '../../../shape/model.js'
import { type Concrete, type Tensor, contiguous, fromData } from '../../../tensor/model.js'

/** By how many bits to shift, from 0 to 31. */
export interface Shift {
  readonly by: number
}

const each = (x: Concrete, f: (word: number, i: number) => number): Concrete => {
  const { data, offset } = contiguous(x)
  return fromData(
    x.shape,
    'int32',
    Int32Array.from({ length: size(x.shape) }, (_, i) => f(data[offset + i]!, i))
  )
}

/* @__NO_SIDE_EFFECTS__ */
const shift = (name: string, f: (word: number, by: number) => number): Primitive<Shift> => ({
  name,
  kind: 'elementwise',
  arity: 1,
  infer: ([x]) => [{ shape: x!.shape, dtype: 'int32' }],
  evaluate: ([x], { by }) => [each(x!, (word) => f(word, by))],
  derivative: undefined
})

/** The exclusive or of the bits of two tensors of one shape. */
export const xorPrimitive: Primitive<None> = {
  name: 'xor',
  kind: 'elementwise',
  arity: 2,
  infer: ([x]) => [{ shape: x!.shape, dtype: 'int32' }],
  evaluate: ([x, y]) => {
    const { data, offset } = contiguous(y!)
    return [each(x!, (word, i) => word ^ data[offset + i]!)]
  },
  derivative: undefined
}

/** The bits moved up; zeros come in from below. */
export const shiftLeftPrimitive: Primitive<Shift> = /* @__PURE__ */ shift('shiftLeft', (word, by) => word << by)

/** The bits moved down; zeros come in from above, also for negative numbers. */
export const shiftRightLogicalPrimitive: Primitive<Shift> = /* @__PURE__ */ shift(
  'shiftRightLogical',
  (word, by) => word >>> by
)

/** `x ^ y`, of one shape. */
export const xor = (x: Tensor, y: Tensor): Tensor => bindOne(xorPrimitive, [x, y], none)

/** `x << by`. */
export const shiftLeft = (x: Tensor, by: number): Tensor => bindOne(shiftLeftPrimitive, [x], { by })

/** `x >>> by`, as an int32. */
export const shiftRightLogical = (x: Tensor, by: number): Tensor => bindOne(shiftRightLogicalPrimitive, [x], { by })
