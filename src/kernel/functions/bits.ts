/** The steps of the functions that look at the bits of numbers. */
import { twoOverPi as digits } from './coefficients.js'

/** From 2^-1022 by doubling, which is exact, to Infinity. */
const powers = (): Float64Array => {
  const table = new Float64Array(2050)
  for (let i = 3, power = 2 ** -1022; i < 2050; i++, power += power) table[i] = power
  return table
}

/** 2^k at k + 1025 for k from -1022 to 1023; 0 below, down to the k that bits of a NaN give, and Infinity above. */
export const powersOfTwo: Float64Array = /* @__PURE__ */ powers()

/** A number, and its bits: the second word has the exponent. */
export const number: Float64Array = /* @__PURE__ */ new Float64Array(1)
export const words: Int32Array = /* @__PURE__ */ new Int32Array(number.buffer)

/** The exponents of the numbers from 2^23, of which no other is reduced so, to 2^128. */
const FIRST = 23
const LAST = 128

const partsOfTurns = (): Float64Array => {
  const bits = BigInt(`0x${digits}`)
  const table = new Float64Array(4 * (LAST - FIRST + 1))
  for (let e = FIRST; e <= LAST; e++) {
    for (let part = 0; part < 4; part++) {
      const after = 3 + 29 * part
      const cut = bits >> BigInt(4 * digits.length - e - after)
      table[4 * (e - FIRST) + part] = Number(BigInt.asUintN(29, cut)) * powersOfTwo[1025 - after]!
    }
  }
  return table
}

let turns: Float64Array | undefined

/** Part `part` of 2 / pi for numbers of exponent `e`; the table is made when it is first asked for. */
export const twoOverPi = (part: number, e: number): number => (turns ??= partsOfTurns())[4 * (e - FIRST) + part]!
