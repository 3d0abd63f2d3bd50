/** Random draws from the bits of Threefry: the same bits as the kernels', and the same numbers up to the rounding of floats. */
import type { FloatDType } from '../../../DType.js'
import type { Primitive } from '../../../primitive/model.js'
import { type Shape, size } from '../../../shape/model.js'
import { categoryPrimitive } from '../../../random/discrete.js'
import { deriveKeyPrimitive, foldInPrimitive } from '../../../random/key.js'
import { drawnWith, purpose, stackOf } from '../../../random/model.js'
import { gumbelPrimitive, normalPrimitive, unitOpenPrimitive } from '../../../random/normal.js'
import { bitsPrimitive, uniformPrimitive } from '../../../random/uniform.js'
import { type DrawParams, bitsOf } from '../../../random/unit.js'
import { add, mul, neg, sub } from '../../../tensor/arithmetic.js'
import { equal, less } from '../../../tensor/comparison.js'
import { log } from '../../../tensor/exponential.js'
import { argmaxPrimitive } from '../../../tensor/minMaxOverAxes.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { where } from '../../../tensor/select.js'
import { erfInv } from '../../../tensor/special.js'
import { along, take } from '../../../tensor/stridedWindow.js'
import { cast, reshapeTo } from '../../../tensor/structural.js'
import { bindOne } from '../../../primitive/bind.js'
import { shiftRightLogical } from './bits.js'
import { type Entry, onOne, onTwo } from './model.js'
import { paired, stream, threefry, wordsOf } from './threefry.js'

const number = (value: number): Tensor => fill([], 'int32', value | 0)

/** Keys as a stack, also a single one. */
const ofKeys = (keys: Tensor): Tensor => (keys.shape.length === 1 ? reshapeTo(keys, [1, 2]) : keys)

/** The first `n` uniform numbers of each of some keys `[..., 2]`, on the multiples of 2^-24 or 2^-53 in [0, 1). */
export const unit = (keys: Tensor, n: number, dtype: FloatDType): Tensor => {
  if (dtype === 'float32') return mul(cast(shiftRightLogical(stream(keys, n), 8), 'float32'), 2 ** -24)
  const words = stream(keys, 2 * n)
  const stack = words.shape.slice(0, -1)
  const pairs = reshapeTo(words, [...stack, n, 2])
  const word = (i: number): Tensor => reshapeTo(take(pairs, along(pairs.shape, stack.length + 1, i, 1)), [...stack, n])
  const high = cast(shiftRightLogical(word(0), 5), 'float64')
  return mul(add(mul(high, 2 ** 26), cast(shiftRightLogical(word(1), 6), 'float64')), 2 ** -53)
}

/** Draws of the shape that a primitive infers: some words for each key, one after another. */
const inShape = (keys: Tensor, shape: Shape, draw: (keys: Tensor, n: number) => Tensor): Tensor =>
  reshapeTo(draw(ofKeys(keys), size(shape)), drawnWith(keys, shape))

/** A function of uniform numbers of some bits. */
/* @__NO_SIDE_EFFECTS__ */
const drawing = (primitive: Primitive<DrawParams>, f: (u: Tensor, bits: number) => Tensor): Entry =>
  onOne(primitive, (keys, { shape, dtype }) => inShape(keys, shape, (all, n) => f(unit(all, n, dtype), bitsOf(dtype))))

/** Uniform numbers in (0, 1): 0 is moved half a step up. */
const opened = (u: Tensor, bits: number): Tensor => where(equal(u, 0), 2 ** (-bits - 1), u)

/** The block of a counter for each key, as a key. */
const keysFrom = (keys: Tensor, high: Tensor, low: Tensor): Tensor =>
  paired(threefry(wordsOf(keys, 0), [high, low], keys.shape.slice(0, -1)))

/** The high word of a counter in `foldIn`: the bits above those of the number, which are all 1 where it is negative. */
const above = (low: Tensor): Tensor => where(less(low, 0), number(purpose.foldIn | 0x3fffff), number(purpose.foldIn))

/** The decompositions of random draws that need no choice between draws. */
export const ofRandom: readonly Entry[] = [
  onOne(bitsPrimitive, (keys, { shape }) => inShape(keys, shape, stream)),
  onOne(deriveKeyPrimitive, (keys, { high, low }) => keysFrom(keys, number(high), number(low))),
  onTwo(foldInPrimitive, (keys, counters) => {
    const low = reshapeTo(counters, stackOf(keys))
    return keysFrom(keys, above(low), low)
  }),
  drawing(uniformPrimitive, (u) => u),
  drawing(unitOpenPrimitive, opened),
  drawing(normalPrimitive, (u, bits) => mul(erfInv(add(sub(mul(u, 2), 1), 2 ** -bits)), Math.SQRT2)),
  drawing(gumbelPrimitive, (u, bits) => neg(log(neg(log(opened(u, bits)))))),
  onOne(categoryPrimitive, (scores, params) => bindOne(argmaxPrimitive, [scores], params))
]
