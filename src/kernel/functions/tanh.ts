/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { powersOfTwo } from './bits.js'

const powers = powersOfTwo

/** The hyperbolic tangent. */
export const tanh = (x: number): number => {
  if (x === 0) return x
  const t1 = Math.abs(x)
  const t2 = 22 < t1 ? 22 : t1
  const t3 = t2 + t2
  const t4 = t3 * 1.4426950408889634 + 6755399441055744 - 6755399441055744
  const t5 = t3 - t4 * 0.6931471805599453
  const t6 = powers[(t4 + 1025) | 0]!
  const t7 =
    t6 *
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
    (t6 - 1)
  const t8 = t7 / (t7 + 2)
  return x < 0 ? -t8 : t8
}

export const tanhLoop: UnaryLoop = (n, from, p, step, out, to) => {
  const end = to + n
  if (step === 1 && p === to) {
    for (; to < end; to++) {
      for (; to < end; to++) {
        const x = from[to]!
        if (x === 0) break
        const t1 = Math.abs(x)
        const t2 = 22 < t1 ? 22 : t1
        const t3 = t2 + t2
        const t4 = t3 * 1.4426950408889634 + 6755399441055744 - 6755399441055744
        const t5 = t3 - t4 * 0.6931471805599453
        const t6 = powers[(t4 + 1025) | 0]!
        const t7 =
          t6 *
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
          (t6 - 1)
        const t8 = t7 / (t7 + 2)
        out[to] = x < 0 ? -t8 : t8
      }
      if (to < end) out[to] = tanh(from[to]!)
    }
  } else {
    for (; to < end; to++, p += step) out[to] = tanh(from[p]!)
  }
}
