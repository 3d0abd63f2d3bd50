/**
 * Directions that a number determines: signs and lattice values by a counter and a mixing function, so that a check needs
 * no test runner and a failure replays.
 */
import type { Tensor } from '../tensor/model.js'
import { count, flat, unflat } from './values.js'

/** The bits of a counter, mixed: the finaliser of MurmurHash3 (A. Appleby). */
const mix = (value: number): number => {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The `i`-th of the numbers from 0 to `below` (excluded) that a salt determines. */
export const pick = (salt: number, i: number, below: number): number =>
  mix(mix(salt | 0) + Math.imul(i + 1, 0x9e3779b9)) % below

/** +1 or -1 for each element. */
export const rademacher = (salt: number, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => (pick(salt, i, 2) === 0 ? -1 : 1))

/** Half-odd thousandths between -1 and 1, at least a quarter in size: directions without accidental zeros. */
export const lattice = (salt: number, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => {
    const k = pick(salt, i, 1500)
    return k < 750 ? (k - 999.5) / 1000 : (k - 499.5) / 1000
  })

/** A tensor of lattice values for each of the given ones. */
export const latticeLike = (salt: number, like: readonly Tensor[]): readonly Tensor[] =>
  unflat(like, lattice(salt, count(like)))

const specials = [-0, 0, NaN, Infinity, -Infinity] as const

/** The tensor with some of its elements zeros of either sign, NaN or infinities. */
export const spoiled = (x: Tensor, salt: number): Tensor =>
  unflat(
    [x],
    flat([x]).map((value, i) => (pick(salt + 1, i, 4) === 0 ? specials[pick(salt + 2, i, specials.length)]! : value))
  )[0]!
