/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { number, powersOfTwo, words } from './bits.js'

const float = number

const word = words

const powers = powersOfTwo

/** log(1 + x). */
export const log1p = (x: number): number => {
  if (x === 0) return x
  const t1 = x + 1
  if (!(0 < t1)) return t1 === 0 ? -Infinity : NaN
  if (t1 === Infinity) return t1
  float[0] = t1
  const t2 = ((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20
  const t3 = t2 === 0 ? x : t1 * powers[(1025 - t2) | 0]! - 1
  const t4 = t3 / (t3 + 2)
  const t5 = t4 * t4
  return (
    t2 * 0.6931471805599453 +
    t4 *
      (t5 *
        (((((0.16622077041783972 * t5 + 0.181401766003153) * t5 + 0.22222862673651322) * t5 + 0.28571424134707796) *
          t5 +
          0.40000000011217896) *
          t5 +
          0.6666666666666208) +
        2)
  )
}

export const log1pLoop: UnaryLoop = (n, from, p, step, out, to) => {
  const end = to + n
  if (step === 1 && p === to) {
    for (; to < end; to++) {
      for (; to < end; to++) {
        const x = from[to]!
        if (x === 0) break
        const t1 = x + 1
        if (!(0 < t1)) break
        if (t1 === Infinity) break
        float[0] = t1
        const t2 = ((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20
        const t3 = t2 === 0 ? x : t1 * powers[(1025 - t2) | 0]! - 1
        const t4 = t3 / (t3 + 2)
        const t5 = t4 * t4
        out[to] =
          t2 * 0.6931471805599453 +
          t4 *
            (t5 *
              (((((0.16622077041783972 * t5 + 0.181401766003153) * t5 + 0.22222862673651322) * t5 +
                0.28571424134707796) *
                t5 +
                0.40000000011217896) *
                t5 +
                0.6666666666666208) +
              2)
      }
      if (to < end) out[to] = log1p(from[to]!)
    }
  } else {
    for (; to < end; to++, p += step) out[to] = log1p(from[p]!)
  }
}
