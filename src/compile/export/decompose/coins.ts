/** Coins: the same draws as those of the kernels, which compare numbers of 64 bits. */
import { cond } from '../../../control/cond.js'
import { bernoulliPrimitive } from '../../../random/discrete.js'
import { purpose, stackOf } from '../../../random/model.js'
import { type Shape, size } from '../../../shape/model.js'
import { toArray } from '../../../tensor/destruct.js'
import { add, mul, sub } from '../../../tensor/arithmetic.js'
import { equal, greaterEqual, less } from '../../../tensor/comparison.js'
import { logicalAnd, logicalOr } from '../../../tensor/logical.js'
import { minimum } from '../../../tensor/minMaxOfTwo.js'
import { type Tensor, fill, isConcrete } from '../../../tensor/model.js'
import { any } from '../../../tensor/reduce.js'
import { ceil, floor } from '../../../tensor/rounding.js'
import { where } from '../../../tensor/select.js'
import { along, place, take } from '../../../tensor/stridedWindow.js'
import { cast, reshapeTo } from '../../../tensor/structural.js'
import { type Entry, iota, onTwo } from './model.js'
import { blocks, paired, stream, threefry, wordsOf } from './threefry.js'

// -----------------------------------------------------------------------------
// numbers of 64 bits
// -----------------------------------------------------------------------------

const half = 2 ** 31

/** Words as numbers that are ordered as they are without their sign. */
const ordered = (words: Tensor): Tensor => add(words, fill([], 'int32', -half))

/** A whole number below 2^32, in float64, in the same order; what is 2^32 or more is of no account. */
const asOrdered = (whole: Tensor): Tensor => cast(minimum(sub(whole, half), half - 1), 'int32')

/** Whether a word, as a number without sign, is below a number from 0 to 2^32. */
const isBelow = (words: Tensor, limit: Tensor): Tensor =>
  logicalOr(greaterEqual(limit, 2 * half), less(ordered(words), asOrdered(ceil(limit))))

/** Whether a word is the whole number: the second word then decides. */
const isMet = (words: Tensor, whole: Tensor): Tensor =>
  logicalAnd(equal(ordered(words), asOrdered(whole)), less(whole, 2 * half))

/** The second words of coins at some places of the stream. */
const again = (keys: Tensor, places: Tensor, shape: Shape): Tensor =>
  threefry(wordsOf(keys, 1), [fill([], 'int32', purpose.again), places], shape)[0]

/** What coins are drawn from: for each key `n` probabilities, in units of 2^-32 as a whole number and a rest. */
interface Limits {
  readonly n: number
  readonly whole: Tensor
  /** In units of 2^-64. */
  readonly rest: Tensor
}

// -----------------------------------------------------------------------------
// decisions
// -----------------------------------------------------------------------------

/** Coins by their first words alone, where no rest is left to decide on. */
const byFirst = (keys: Tensor, { n, whole }: Limits): Tensor => isBelow(stream(keys, n), whole)

/** Coins by their second words too, which are drawn for all of them if one coin needs it: about never. */
const byAny = (keys: Tensor, { n, whole, rest }: Limits): Tensor => {
  const words = stream(keys, n)
  const met = isMet(words, whole)
  const below = isBelow(words, whole)
  const places = iota(n, whole.shape.length, whole.shape.length - 1)
  return cond(
    any(met),
    (): Tensor => where(met, isBelow(again(keys, places, whole.shape), rest), below),
    (): Tensor => below
  )()
}

/**
 * Coins by both words, each by itself. The two coins of a block are decided before they stand side by side: XLA on a CPU takes less time
 * for them so than behind that.
 */
const byEach = (keys: Tensor, { n, whole, rest }: Limits): Tensor => {
  const axis = whole.shape.length - 1
  const count = Math.ceil(n / 2)
  const even = [...whole.shape.slice(0, axis), 2 * count]
  const inBlocks = [...whole.shape.slice(0, axis), count, 2]
  const each = (x: Tensor, i: number): Tensor => {
    const all = reshapeTo(place(x, { ...along(x.shape, axis, 0, n), shape: even, value: 0 }), inBlocks)
    return reshapeTo(take(all, along(inBlocks, axis + 1, i, 1)), inBlocks.slice(0, -1))
  }
  const decided = (words: Tensor, i: number): Tensor => {
    const places = add(mul(iota(count, axis + 1, axis), 2), i)
    const second = isBelow(again(keys, places, words.shape), each(rest, i))
    return where(isMet(words, each(whole, i)), second, isBelow(words, each(whole, i)))
  }
  const [x, y] = blocks(keys, count)
  const coins = reshapeTo(paired([decided(x, 0), decided(y, 1)]), even)
  return take(coins, along(even, axis, 0, n))
}

// -----------------------------------------------------------------------------
// coins
// -----------------------------------------------------------------------------

/* @__NO_SIDE_EFFECTS__ */
const deciding = (decide: (keys: Tensor, limits: Limits) => Tensor): Entry =>
  onTwo(bernoulliPrimitive, (keys, p) => {
    const stack = stackOf(keys)
    const n = size(p.shape.slice(stack.length))
    const flat = [...stack, n]
    if (size(flat) === 0) return fill(p.shape, 'bool', 0)
    const scaled = mul(cast(reshapeTo(p, flat), 'float64'), 2 * half)
    const whole = floor(scaled)
    const rest = mul(sub(scaled, whole), 2 * half)
    // A probability that the program knows and that 32 bits hold, as they do every float32 from 2^-8 on, needs no second word.
    const isHeld = isConcrete(rest) && !toArray(rest).some((each) => each !== 0)
    return reshapeTo((isHeld ? byFirst : decide)(keys, { n, whole, rest }), p.shape)
  })

/** The decomposition of coins, fast where operations run one by one. */
export const coins: Entry = /* @__PURE__ */ deciding(byAny)

/** The decomposition of coins without a choice for all of them, for which the devices that share them would exchange a bit. */
export const coinByCoin: Entry = /* @__PURE__ */ deciding(byEach)
