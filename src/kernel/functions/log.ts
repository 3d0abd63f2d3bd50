/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { number, powersOfTwo, words } from './bits.js'

const float = number

const word = words

const powers = powersOfTwo

/** The natural logarithm of a number that is not subnormal. */
export const log = (x: number): number => {
  if (!(0 < x)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return x
  float[0] = x
  const t1 = ((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20
  const t2 = x * powers[(1025 - t1) | 0]! - 1
  const t3 = t2 / (t2 + 2)
  const t4 = t3 * t3
  return (
    t1 * 0.6931471805599453 +
    t3 *
      (t4 *
        (((((0.16622077041783972 * t4 + 0.181401766003153) * t4 + 0.22222862673651322) * t4 + 0.28571424134707796) *
          t4 +
          0.40000000011217896) *
          t4 +
          0.6666666666666208) +
        2)
  )
}

export const logLoop: UnaryLoop = (n, from, p, step, out, to) => {
  const end = to + n
  if (step === 1 && p === to) {
    for (; to < end; to++) {
      for (; to < end; to++) {
        const x = from[to]!
        if (!(0 < x)) break
        if (x === Infinity) break
        float[0] = x
        const t1 = ((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20
        const t2 = x * powers[(1025 - t1) | 0]! - 1
        const t3 = t2 / (t2 + 2)
        const t4 = t3 * t3
        out[to] =
          t1 * 0.6931471805599453 +
          t3 *
            (t4 *
              (((((0.16622077041783972 * t4 + 0.181401766003153) * t4 + 0.22222862673651322) * t4 +
                0.28571424134707796) *
                t4 +
                0.40000000011217896) *
                t4 +
                0.6666666666666208) +
              2)
      }
      if (to < end) out[to] = log(from[to]!)
    }
  } else {
    for (; to < end; to++, p += step) out[to] = log(from[p]!)
  }
}
