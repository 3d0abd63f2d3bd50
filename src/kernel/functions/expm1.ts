/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { powersOfTwo } from './bits.js'

/** e^x - 1; Infinity above 709. */
export const expm1 = (x: number): number => {
  if (x === 0) return x
  if (x < -708) return -1
  if (709 < x) return Infinity
  const t1 = x * 1.4426950408889634 + 6755399441055744 - 6755399441055744
  const t2 = powersOfTwo[(t1 + 1025) | 0]!
  const t3 = x - t1 * 0.6931471805599453
  return (
    t2 *
      (t3 *
        ((((((((0.000002762511557828763 * t3 + 0.000024876178959085513) * t3 + 0.00019841208732536384) * t3 +
          0.001388882165071769) *
          t3 +
          0.008333333353729397) *
          t3 +
          0.0416666668910917) *
          t3 +
          0.1666666666664829) *
          t3 +
          0.49999999999797773) *
          t3 +
          1)) +
    (t2 - 1)
  )
}

export const expm1Loop: UnaryLoop = (n, x, p, pStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep) out[to] = expm1(x[p]!)
}
