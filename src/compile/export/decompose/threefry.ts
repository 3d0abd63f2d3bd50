/** Threefry-2x32 with 20 rounds in operations on int32 tensors: the bits of `kernel/threefry.ts`. */
import { PARITY } from '../../../kernel/threefry.js'
import { type Shape, size } from '../../../shape/model.js'
import { add } from '../../../tensor/arithmetic.js'
import { concatPrimitive } from '../../../tensor/join.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { along, take } from '../../../tensor/stridedWindow.js'
import { bindOne } from '../../../primitive/bind.js'
import { broadcastToShape, reshapeTo } from '../../../tensor/structural.js'
import { shiftLeft, shiftRightLogical, xor } from './bits.js'
import { iota } from './model.js'

/** By how many bits a word is turned in each round, four rounds between any two injections of the key. */
const rotations: readonly (readonly [number, number, number, number])[] = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
  [13, 15, 26, 6],
  [17, 29, 16, 24],
  [13, 15, 26, 6]
]

/** Two tensors of words of one shape. */
export type Block = readonly [x: Tensor, y: Tensor]

/** The two words turned are apart, so that their sum is their union. */
const rotate = (x: Tensor, by: number): Tensor => add(shiftLeft(x, by), shiftRightLogical(x, 32 - by))

const round = ([x, y]: Block, by: number): Block => {
  const sum = add(x, y)
  return [sum, xor(rotate(y, by), sum)]
}

/** Blocks of counters under keys; all four words are tensors that broadcast. */
export const threefry = ([key0, key1]: Block, [high, low]: Block, shape: Shape): Block => {
  const wide = (x: Tensor): Tensor => broadcastToShape(x, shape)
  const key2 = xor(xor(key0, key1), fill(key0.shape, 'int32', PARITY))
  const keys = [key0, key1, key2]
  const start: Block = [wide(add(high, key0)), wide(add(low, key1))]
  return rotations.reduce<Block>((before, group, i) => {
    const [x, y] = group.reduce(round, before)
    return [add(x, keys[(i + 1) % 3]!), add(y, add(keys[(i + 2) % 3]!, i + 1))]
  }, start)
}

/** The words of keys `[..., 2]`, with some axes of size 1 behind. */
export const wordsOf = (keys: Tensor, axes: number): Block => {
  const stack = keys.shape.slice(0, -1)
  const shape = [...stack, ...Array.from({ length: axes }, () => 1)]
  const word = (i: number): Tensor => reshapeTo(take(keys, along(keys.shape, stack.length, i, 1)), shape)
  return [word(0), word(1)]
}

/** Two tensors of words side by side along a new last axis. */
export const paired = ([x, y]: Block): Tensor => {
  const wide = [...x.shape, 1]
  return bindOne(concatPrimitive, [reshapeTo(x, wide), reshapeTo(y, wide)], { axis: x.shape.length })
}

/** The first blocks of the stream of each of some keys `[..., 2]`, each word of them as `[..., count]`. */
export const blocks = (keys: Tensor, count: number): Block => {
  const stack = keys.shape.slice(0, -1)
  const low = iota(count, stack.length + 1, stack.length)
  return threefry(wordsOf(keys, 1), [fill([], 'int32', 0), low], [...stack, count])
}

/** The first `n` words of the stream of each of some keys `[..., 2]`: `[..., n]`. */
export const stream = (keys: Tensor, n: number): Tensor => {
  const stack = keys.shape.slice(0, -1)
  const count = Math.ceil(n / 2)
  if (n === 0 || size(stack) === 0) return fill([...stack, n], 'int32', 0)
  const flat = reshapeTo(paired(blocks(keys, count)), [...stack, 2 * count])
  return take(flat, along(flat.shape, stack.length, 0, n))
}
