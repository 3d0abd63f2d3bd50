/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { quarter, rest } from './reduction.js'

/** The cosine of a float32 number. */
export const cos = (x: number): number => {
  const t1 = Math.abs(x)
  const t2 = t1 < 8388608
  const t3 = t1 * 0.6366197723675814 + 6755399441055744 - 6755399441055744
  const t4 = t2 ? t3 : quarter(t1)
  const t5 = t2 ? t1 - t3 * 1.570796325802803 - t3 * 9.920935791635221e-10 - t3 * 5.170182981794105e-19 : rest(t1)
  const t6 = t5 * t5
  const t7 = !((t4 & 1) !== 0)
    ? t6 *
        (((((2.066546282098877e-9 * t6 - 2.7555854928223973e-7) * t6 + 0.000024801582620550964) * t6 -
          0.001388888888212255) *
          t6 +
          0.04166666666663089) *
          t6 -
          0.49999999999999967) +
      1
    : t5 *
        t6 *
        ((((-2.4805587179980646e-8 * t6 + 0.0000027555990399839905) * t6 - 0.0001984126691523504) * t6 +
          0.008333333331077422) *
          t6 -
          0.16666666666663882) +
      t5
  return ((t4 + 1) & 2) !== 0 ? -t7 : t7
}

export const cosLoop: UnaryLoop = (n, from, p, step, out, to) => {
  const end = to + n
  if (step === 1 && p === to) {
    for (; to < end; to++) {
      const x = from[to]!
      const t1 = Math.abs(x)
      const t2 = t1 < 8388608
      const t3 = t1 * 0.6366197723675814 + 6755399441055744 - 6755399441055744
      const t4 = t2 ? t3 : quarter(t1)
      const t5 = t2 ? t1 - t3 * 1.570796325802803 - t3 * 9.920935791635221e-10 - t3 * 5.170182981794105e-19 : rest(t1)
      const t6 = t5 * t5
      const t7 = !((t4 & 1) !== 0)
        ? t6 *
            (((((2.066546282098877e-9 * t6 - 2.7555854928223973e-7) * t6 + 0.000024801582620550964) * t6 -
              0.001388888888212255) *
              t6 +
              0.04166666666663089) *
              t6 -
              0.49999999999999967) +
          1
        : t5 *
            t6 *
            ((((-2.4805587179980646e-8 * t6 + 0.0000027555990399839905) * t6 - 0.0001984126691523504) * t6 +
              0.008333333331077422) *
              t6 -
              0.16666666666663882) +
          t5
      out[to] = ((t4 + 1) & 2) !== 0 ? -t7 : t7
    }
  } else {
    for (; to < end; to++, p += step) out[to] = cos(from[p]!)
  }
}
