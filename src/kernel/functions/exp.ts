/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { powersOfTwo } from './bits.js'

/** The exponential; 0 below -708 and Infinity above 709. */
export const exp = (x: number): number => {
  if (x < -708) return 0
  if (709 < x) return Infinity
  const t1 = x * 1.4426950408889634 + 6755399441055744 - 6755399441055744
  const t2 = x - t1 * 0.6931471805599453
  return (
    powersOfTwo[(t1 + 1025) | 0]! *
    (t2 *
      ((((((((0.000002762511557828763 * t2 + 0.000024876178959085513) * t2 + 0.00019841208732536384) * t2 +
        0.001388882165071769) *
        t2 +
        0.008333333353729397) *
        t2 +
        0.0416666668910917) *
        t2 +
        0.1666666666664829) *
        t2 +
        0.49999999999797773) *
        t2 +
        1) +
      1)
  )
}

export const expLoop: UnaryLoop = (n, x, p, pStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep) out[to] = exp(x[p]!)
}
