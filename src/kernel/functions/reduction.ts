/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import { number, powersOfTwo, twoOverPi, words } from './bits.js'

const powers = powersOfTwo

const float = number

const word = words

/** The whole k of x = k pi / 2 + r, modulo 4, for x from 2^23. */
export const quarter = (x: number): number => {
  if (!(x < 3.402823669209385e38)) return NaN
  float[0] = x
  const t1 = ((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20
  const t2 = x * powers[(1025 - t1) | 0]!
  const t3 = t2 * twoOverPi(0, t1)
  return t3 - Math.floor(t3 * 0.25) * 4 + t2 * twoOverPi(1, t1) + 6755399441055744 - 6755399441055744
}

/** The r of x = k pi / 2 + r, for x from 2^23. */
export const rest = (x: number): number => {
  if (!(x < 3.402823669209385e38)) return NaN
  float[0] = x
  const t1 = ((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20
  const t2 = x * powers[(1025 - t1) | 0]!
  const t3 = t2 * (t2 < 1 ? 16777216 : 8388608)
  const t4 = t2 * twoOverPi(0, t1)
  const t5 = t4 - Math.floor(t4 * 0.25) * 4
  const t6 = t2 * twoOverPi(1, t1)
  return (
    (Math.floor(t3) === t3
      ? t5 - (t5 + t6 + 6755399441055744 - 6755399441055744) + t6 + (t2 * twoOverPi(2, t1) + t2 * twoOverPi(3, t1))
      : NaN) * 1.5707963267948966
  )
}
