/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { powersOfTwo } from './bits.js'

const powers = powersOfTwo

/** e^x - 1, up to 709; beyond, its value there. */
export const expm1 = (x: number): number => {
  if (x === 0) return x
  const t1 = x < -709 ? -709 : x
  const t2 = 709 < t1 ? 709 : t1
  const t3 = t2 * 1.4426950408889634 + 6755399441055744 - 6755399441055744
  const t4 = powers[(t3 + 1025) | 0]!
  const t5 = t2 - t3 * 0.6931471805599453
  return (
    t4 *
      (t5 *
        ((((((((0.000002762511557828763 * t5 + 0.000024876178959085513) * t5 + 0.00019841208732536384) * t5 +
          0.001388882165071769) *
          t5 +
          0.008333333353729397) *
          t5 +
          0.0416666668910917) *
          t5 +
          0.1666666666664829) *
          t5 +
          0.49999999999797773) *
          t5 +
          1)) +
    (t4 - 1)
  )
}

export const expm1Loop: UnaryLoop = (n, from, p, step, out, to) => {
  const end = to + n
  if (step === 1 && p === to) {
    for (; to < end; to++) {
      for (; to < end; to++) {
        const x = from[to]!
        if (x === 0) break
        const t1 = x < -709 ? -709 : x
        const t2 = 709 < t1 ? 709 : t1
        const t3 = t2 * 1.4426950408889634 + 6755399441055744 - 6755399441055744
        const t4 = powers[(t3 + 1025) | 0]!
        const t5 = t2 - t3 * 0.6931471805599453
        out[to] =
          t4 *
            (t5 *
              ((((((((0.000002762511557828763 * t5 + 0.000024876178959085513) * t5 + 0.00019841208732536384) * t5 +
                0.001388882165071769) *
                t5 +
                0.008333333353729397) *
                t5 +
                0.0416666668910917) *
                t5 +
                0.1666666666664829) *
                t5 +
                0.49999999999797773) *
                t5 +
                1)) +
          (t4 - 1)
      }
      if (to < end) out[to] = expm1(from[to]!)
    }
  } else {
    for (; to < end; to++, p += step) out[to] = expm1(from[p]!)
  }
}
