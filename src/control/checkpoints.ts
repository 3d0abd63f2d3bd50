/**
 * Carries of a loop that is run backward, kept at distances that double, for where no list of them all can be. Of step t, the row of level k
 * has the carry before the step whose number is t without its k lowest bits, which is the first one of 2^k steps that t is among. The step
 * before t changes only the rows up to the number of zeros at the end of t, so that n steps backward are about n log2(n) / 2 steps forward.
 *
 * A. Griewank and A. Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, chapter 12.
 */
import type { TensorType } from '../primitive/model.js'
import { add, sub } from '../tensor/arithmetic.js'
import { equal } from '../tensor/comparison.js'
import { gather } from '../tensor/indexing.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { mod } from '../tensor/rounding.js'
import { broadcastToShape, cast, sumOver } from '../tensor/structural.js'
import { selectLeaves } from './condPrimitive.js'

type Leaves = readonly Tensor[]

/** How many bits the number of a step has; a number of steps is an int32. */
export const levelsOf = (maxSteps: number): number => Math.max(1, Math.min(31, Math.ceil(Math.log2(maxSteps))))

/** The numbers of a function at `from`, ..., `to - 1`. */
const numbers = (from: number, to: number, f: (i: number) => number): Tensor =>
  fromData(
    [to - from],
    'int32',
    Int32Array.from({ length: to - from }, (_, i) => f(from + i))
  )

/** 2^k; the remainder by the greatest number of an int32 is that by 2^31. */
const power = (k: number): number => Math.min(2 ** k, 2 ** 31 - 1)

/** The type of a carry at all levels, from 1 on. */
export const rowsType = ({ shape, dtype }: TensorType, levels: number): TensorType => ({
  shape: [levels, ...shape],
  dtype
})

/** The same carry at all levels: all rows, before the first step backward. */
export const rowsOf = (carry: Leaves, levels: number): Leaves =>
  carry.map((x) => broadcastToShape(x, rowsType(x, levels).shape))

/** The carry at a level. */
export const rowAt = (rows: Leaves, level: Tensor): Leaves => {
  const place = sub(level, 1)
  return rows.map((x) => gather(x, place))
}

/** The rows with a carry at a level; at level 0, which has none, they are as before. */
export const withRow = (rows: Leaves, level: Tensor, carry: Leaves, levels: number): Leaves =>
  selectLeaves(
    equal(
      numbers(1, levels + 1, (k) => k),
      level
    ),
    rowsOf(carry, levels),
    rows
  )

/** How many steps there are from the row of the level above to that of a level, of a step with some number. */
export const stepsBetween = (at: Tensor, level: Tensor, levels: number): Tensor => {
  const powers = numbers(0, levels + 1, power)
  return sub(mod(at, gather(powers, add(level, 1))), mod(at, gather(powers, level)))
}

/** The lowest level whose row stays for the step before one: those below it change. */
export const stayingLevel = (at: Tensor, levels: number): Tensor =>
  add(sumOver(cast(equal(mod(at, numbers(1, levels, power)), 0), 'int32'), [0]), 1)
