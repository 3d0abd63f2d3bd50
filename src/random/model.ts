/** The type of keys, and their check. */
import { describe, isCopy, restore } from '../internal/describe.js'
import type { TensorType } from '../primitive/model.js'
import { DTypeError } from '../internal/require.js'
import { type Shape, empty, show, size } from '../shape/model.js'
import { type Concrete, type Tensor, contiguous, isTensor } from '../tensor/model.js'

declare const keyBrand: unique symbol

/**
 * The source of randomness: 64 bits, which determine everything that is drawn with them. A key is a value; drawing
 * twice with the same key gives the same numbers, so each use needs a key of its own, from `split` or `foldIn`.
 *
 * It is an int32 tensor of shape [2], and so may stand in trees, and be mapped over.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const key: Random.Key = Random.key(42)
 * key.shape // => [2]
 */
export type Key = Tensor<[2]> & { readonly [keyBrand]: 'Key' }

/** Casts a tensor that was made as a key. */
export const asKey = (x: Tensor): Key => x as Key

/** Refuses a value that cannot be a key. */
export const requireKey = (operation: string, key: unknown): void => {
  if (isTensor(key) && key.dtype === 'int32' && key.shape.length === 1 && key.shape[0] === 2) return
  const given = isTensor(key) ? `a tensor of shape ${show(key.shape)} and dtype ${key.dtype}` : describe(key)
  const remedy = isCopy(key) ? restore : ''
  throw new DTypeError(operation, `the key is ${given}; expected one from Random.key or Random.split${remedy}`)
}

/** The two words of a key. */
export type Words = readonly [number, number]

/** Calls a kernel with the words of each of many keys, `[..., 2]`: it draws with each key what that key gives alone. */
export const forEachKey = (keys: Concrete, use: (key: Words, i: number) => void): void => {
  const { data, offset } = contiguous(keys)
  const end = size(keys.shape) / 2
  for (let i = 0; i < end; i++) use([data[offset + 2 * i]!, data[offset + 2 * i + 1]!], i)
}

/** The shape of a stack of keys; [] for one key. */
export const stackOf = ({ shape }: TensorType): Shape => (shape.length === 1 ? empty : shape.slice(0, -1))

/** The shape of all draws with many keys, from the shape of those with one. */
export const drawnWith = (keys: TensorType, shape: Shape): Shape =>
  keys.shape.length === 1 ? shape : [...stackOf(keys), ...shape]

/**
 * The purpose of a block of bits. It fills the two highest bits of the counter, so that the bits that are drawn with a key,
 * the keys that are split from it and the keys that `foldIn` makes never coincide.
 */
export const purpose: Readonly<Record<'bits' | 'split' | 'foldIn' | 'again', number>> = {
  bits: 0,
  split: 1 << 30,
  foldIn: 2 << 30,
  again: 3 << 30
}

/** The 22 bits above the low 32 of a whole number up to 2^53 in size, in two's complement. */
export const highBits = (n: number): number => Math.floor(n / 2 ** 32) & 0x3fffff
