/** Keys, and keys from keys. */
import { coded } from '../primitive/code.js'
import { describe } from '../internal/describe.js'
import { dual } from '../internal/dual.js'
import { threefry2x32 } from '../kernel/threefry.js'
import { align } from '../primitive/batch.js'
import { bindOne } from '../primitive/bind.js'
import { type Primitive, none, type None } from '../primitive/model.js'
import { DTypeError } from '../internal/require.js'
import { op } from '../primitive/op.js'
import { ShapeError, show, size } from '../shape/model.js'
import { type Tensor, contiguous, fromData, isTensor } from '../tensor/model.js'
import { type Key, asKey, forEachKey, highBits, purpose, requireKey, stackOf } from './model.js'
import { sampleKey } from './unit.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type IsCount<N extends number> = number extends N
  ? false
  : `${N}` extends `-${string}` | `${string}.${string}` | `${string}e${string}` | 'Infinity' | 'NaN'
    ? false
    : true

type Repeated<N extends number, Done extends readonly Key[] = readonly []> = Done['length'] extends N
  ? Done
  : Done['length'] extends 32
    ? readonly Key[]
    : Repeated<N, readonly [...Done, Key]>

/**
 * As many keys: a tuple where the number is a literal up to 32, so that taking it apart gives keys.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const [first, second]: Random.Keys<2> = Random.split(Random.key(0))
 * first.dtype // => 'int32'
 * second.shape // => [2]
 */
export type Keys<N extends number> = IsCount<N> extends true ? Repeated<N> : readonly Key[]

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const safeInteger = 'an integer from -(2^53 - 1) to 2^53 - 1'

/**
 * A key from a seed, an integer of at most 2^53 - 1 in size. Different seeds give different keys: the two words of the
 * key are the high and the low half of the seed as a 64-bit integer in two's complement.
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(Random.key(42)) // => [0, 42]
 * T.toNested(Random.key(-1)) // => [-1, -1]
 * Random.key(0.5) // throws key: the seed is 0.5; expected an integer from -(2^53 - 1) to 2^53 - 1
 */
export const key = (seed: number): Key => {
  if (!Number.isSafeInteger(seed)) {
    throw new DTypeError('key', `the seed is ${describe(seed)}; expected ${safeInteger}`)
  }
  return asKey(fromData([2], 'int32', new Int32Array([Math.floor(seed / 2 ** 32), seed])))
}

export interface Counter {
  readonly high: number
  readonly low: number
}

/** The key that is the block of a constant counter; one for each of several keys. */
export const deriveKeyPrimitive: Primitive<Counter> = coded(
  op<1, Counter>({
    name: 'deriveKey',
    kind: 'random',
    arity: 1,
    infer: (x) => ({ shape: x.shape, dtype: x.dtype }),
    evaluate: (keys, { high, low }, out) => {
      const data = new Int32Array(size(out.shape))
      forEachKey(keys, ([key0, key1], i) => threefry2x32(key0, key1, high, low, data, 2 * i))
      return fromData(out.shape, 'int32', data)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, counter) => bindOne(deriveKeyPrimitive, operands, counter),
    sample: (draw) => ({ operands: [sampleKey(draw)], params: { high: purpose.split, low: draw.integer(0, 10) } })
  })
)

/** The key that is the block of a counter, an int32 tensor; each of several keys has a counter of its own. */
export const foldInPrimitive: Primitive = coded(
  op<2, None>({
    name: 'foldIn',
    kind: 'random',
    arity: 2,
    infer: (x) => ({ shape: x.shape, dtype: x.dtype }),
    evaluate: (keys, counters, _params, out) => {
      const { data: lows, offset } = contiguous(counters)
      const data = new Int32Array(size(out.shape))
      forEachKey(keys, ([key0, key1], i) => {
        const low = lows[offset + i]!
        threefry2x32(key0, key1, purpose.foldIn | highBits(low), low, data, 2 * i)
      })
      return fromData(out.shape, 'int32', data)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, mapped, _params, size) => bindOne(foldInPrimitive, align(operands, mapped, size), none),
    sample: (draw) => {
      const keys = sampleKey(draw)
      return { operands: [keys, draw.indices(draw.pick([stackOf(keys), [...stackOf(keys), 1]]), 100)], params: none }
    }
  })
)

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

const splitInto = (from: Tensor, n: number): readonly Key[] => {
  requireKey('split', from)
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new ShapeError('split', [], `the number of keys is ${describe(n)}; expected an integer of 0 or more`)
  }
  const keys = new Array<Key>(n)
  for (let low = 0; low < n; low++) keys[low] = asKey(bindOne(deriveKeyPrimitive, [from], { high: purpose.split, low }))
  return keys
}

/**
 * New keys from one, 2 by default; all differ from each other, and from it. The first `n` are the same for
 * any larger number. Do not use the old key again. Data-last: `split(3)(key)`.
 *
 * Key i is the Threefry-2x32 block of the counter (2^30, i).
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const [forWeights, forBias] = Random.split(Random.key(0))
 * const x = Random.normal(forWeights, [2, 3])
 * const b = Random.normal(forBias, [3])
 * Random.split(Random.key(0), 10).length // => 10
 */
export function split<const N extends number = 2>(from: Key, n?: N): Keys<N>
export function split<const N extends number>(n: N): (from: Key) => Keys<N>
export function split(first: Key | number, n = 2): readonly Key[] | ((from: Key) => readonly Key[]) {
  return typeof first === 'number' ? (from) => splitInto(from, first) : splitInto(first, n)
}

/**
 * A new key from one and a number, such as the number of a step or of an example: an integer of at most 2^53 - 1 in
 * size, or an int32 tensor of one element. Different numbers give different keys. Dual.
 *
 * The new key is the Threefry-2x32 block of a counter that holds the number in its low 54 bits, in two's complement,
 * below the bits 10.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 *
 * const keyOfStep = (step: number) => pipe(Random.key(0), Random.foldIn(step))
 * Random.normal(keyOfStep(7), [3]).shape // => [3]
 */
export const foldIn: {
  (from: Key, data: number | Tensor): Key
  (data: number | Tensor): (from: Key) => Key
} = dual((from: Key, data: number | Tensor): Key => {
  requireKey('foldIn', from)
  if (isTensor(data)) {
    if (data.dtype !== 'int32') throw new DTypeError('foldIn', `data is ${data.dtype}; expected int32`)
    if (data.shape.some((n) => n !== 1)) {
      throw new ShapeError('foldIn', [data.shape], `data has shape ${show(data.shape)}; expected one element`)
    }
    return asKey(bindOne(foldInPrimitive, [from, data], none))
  }
  if (!Number.isSafeInteger(data)) {
    throw new DTypeError('foldIn', `data is ${describe(data)}; expected ${safeInteger}`)
  }
  return asKey(bindOne(deriveKeyPrimitive, [from], { high: purpose.foldIn | highBits(data), low: data | 0 }))
})
