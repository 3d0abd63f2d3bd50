/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { exponent, powersOfTwo } from './bits.js'

/** The natural logarithm of a number that is not subnormal. */
export const log = (x: number): number => {
  if (!(0 < x)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return x
  const t1 = exponent(x)
  const t2 = x * powersOfTwo[1025 - t1]! - 1
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

export const logLoop: UnaryLoop = (n, x, p, pStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep) out[to] = log(x[p]!)
}
