/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { powersOfTwo } from './bits.js'

const powers = powersOfTwo

/** The exponential; 0 below -708.7 and Infinity above 709.4. */
export const exp = (x: number): number => {
  const t1 = x < -709 ? -709 : x
  const t2 = 710 < t1 ? 710 : t1
  const t3 = t2 * 1.4426950408889634 + 6755399441055744 - 6755399441055744
  const t4 = t2 - t3 * 0.6931471805599453
  return (
    powers[(t3 + 1025) | 0]! *
    (t4 *
      ((((((((0.000002762511557828763 * t4 + 0.000024876178959085513) * t4 + 0.00019841208732536384) * t4 +
        0.001388882165071769) *
        t4 +
        0.008333333353729397) *
        t4 +
        0.0416666668910917) *
        t4 +
        0.1666666666664829) *
        t4 +
        0.49999999999797773) *
        t4 +
        1) +
      1)
  )
}

export const expLoop: UnaryLoop = (n, from, p, step, out, to) => {
  const end = to + n
  if (step === 1 && p === to) {
    for (; to < end; to++) {
      const x = from[to]!
      const t1 = x < -709 ? -709 : x
      const t2 = 710 < t1 ? 710 : t1
      const t3 = t2 * 1.4426950408889634 + 6755399441055744 - 6755399441055744
      const t4 = t2 - t3 * 0.6931471805599453
      out[to] =
        powers[(t3 + 1025) | 0]! *
        (t4 *
          ((((((((0.000002762511557828763 * t4 + 0.000024876178959085513) * t4 + 0.00019841208732536384) * t4 +
            0.001388882165071769) *
            t4 +
            0.008333333353729397) *
            t4 +
            0.0416666668910917) *
            t4 +
            0.1666666666664829) *
            t4 +
            0.49999999999797773) *
            t4 +
            1) +
          1)
    }
  } else {
    for (; to < end; to++, p += step) out[to] = exp(from[p]!)
  }
}
