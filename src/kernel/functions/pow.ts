/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { BinaryLoop } from '../elementwise.js'
import { number, powersOfTwo, words } from './bits.js'

const powers = powersOfTwo

const float = number

const word = words

/** x to the power y, with the special values of IEEE 754-2019. */
export const pow = (x: number, y: number): number => {
  if (y === 2) return x * x
  if (y === 0 || x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1
  const t1 = Math.abs(x)
  float[0] = t1
  const t2 = ((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20
  const t3 = t1 * powers[(1025 - t2) | 0]! - 1
  const t4 = t3 / (t3 + 2)
  const t5 = t4 * t4
  const t6 =
    y *
    (0 < t1
      ? t1 === Infinity
        ? t1
        : t2 * 0.6931471805599453 +
          t4 *
            (t5 *
              (((((0.16622077041783972 * t5 + 0.181401766003153) * t5 + 0.22222862673651322) * t5 +
                0.28571424134707796) *
                t5 +
                0.40000000011217896) *
                t5 +
                0.6666666666666208) +
              2)
      : t1 === 0
        ? -Infinity
        : NaN)
  const t7 = t6 < -709 ? -709 : t6
  const t8 = 710 < t7 ? 710 : t7
  const t9 = t8 * 1.4426950408889634 + 6755399441055744 - 6755399441055744
  const t10 = t8 - t9 * 0.6931471805599453
  const t11 =
    powers[(t9 + 1025) | 0]! *
    (t10 *
      ((((((((0.000002762511557828763 * t10 + 0.000024876178959085513) * t10 + 0.00019841208732536384) * t10 +
        0.001388882165071769) *
        t10 +
        0.008333333353729397) *
        t10 +
        0.0416666668910917) *
        t10 +
        0.1666666666664829) *
        t10 +
        0.49999999999797773) *
        t10 +
        1) +
      1)
  if (0 < x) return t11
  const t12 = Math.floor(y) === y
  if (x < 0 && !t12 && t1 < Infinity) return NaN
  const t13 = y * 0.5
  return t12 && !(Math.floor(t13) === t13) && (x < 0 || 1 / x < 0) ? -t11 : t11
}

export const powLoop: BinaryLoop = (n, x, p, pStep, y, q, qStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep, q += qStep) {
    out[to] = pow(x[p]!, y[q]!)
  }
}
