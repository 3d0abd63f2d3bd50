/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { exponent, powersOfTwo } from './bits.js'

/** log(1 + x). */
export const log1p = (x: number): number => {
  if (x === 0) return x
  const t1 = x + 1
  if (!(0 < t1)) return t1 === 0 ? -Infinity : NaN
  if (t1 === Infinity) return t1
  const t2 = exponent(t1)
  const t3 = t2 === 0 ? x : t1 * powersOfTwo[1025 - t2]! - 1
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

export const log1pLoop: UnaryLoop = (n, x, p, pStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep) out[to] = log1p(x[p]!)
}
