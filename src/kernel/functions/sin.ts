/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'
import { quarter, rest } from './reduction.js'

/** The sine of a float32 number. */
export const sin = (x: number): number => {
  if (x === 0) return x
  const t1 = Math.abs(x)
  const t2 = t1 < 8388608
  const t3 = t1 * 0.6366197723675814 + 6755399441055744 - 6755399441055744
  const t4 = t2 ? t1 - t3 * 1.570796325802803 - t3 * 9.920935791635221e-10 - t3 * 5.170182981794105e-19 : rest(t1)
  const t5 = t4 * t4
  const t6 = t2 ? t3 : quarter(t1)
  const t7 =
    (t6 & 1) !== 0
      ? t5 *
          (((((2.066546282098877e-9 * t5 - 2.7555854928223973e-7) * t5 + 0.000024801582620550964) * t5 -
            0.001388888888212255) *
            t5 +
            0.04166666666663089) *
            t5 -
            0.49999999999999967) +
        1
      : t4 *
          t5 *
          ((((-2.4805587179980646e-8 * t5 + 0.0000027555990399839905) * t5 - 0.0001984126691523504) * t5 +
            0.008333333331077422) *
            t5 -
            0.16666666666663882) +
        t4
  const t8 = (t6 & 2) !== 0 ? -t7 : t7
  return x < 0 ? -t8 : t8
}

export const sinLoop: UnaryLoop = (n, from, p, step, out, to) => {
  const end = to + n
  if (step === 1 && p === to) {
    for (; to < end; to++) {
      for (; to < end; to++) {
        const x = from[to]!
        if (x === 0) break
        const t1 = Math.abs(x)
        const t2 = t1 < 8388608
        const t3 = t1 * 0.6366197723675814 + 6755399441055744 - 6755399441055744
        const t4 = t2 ? t1 - t3 * 1.570796325802803 - t3 * 9.920935791635221e-10 - t3 * 5.170182981794105e-19 : rest(t1)
        const t5 = t4 * t4
        const t6 = t2 ? t3 : quarter(t1)
        const t7 =
          (t6 & 1) !== 0
            ? t5 *
                (((((2.066546282098877e-9 * t5 - 2.7555854928223973e-7) * t5 + 0.000024801582620550964) * t5 -
                  0.001388888888212255) *
                  t5 +
                  0.04166666666663089) *
                  t5 -
                  0.49999999999999967) +
              1
            : t4 *
                t5 *
                ((((-2.4805587179980646e-8 * t5 + 0.0000027555990399839905) * t5 - 0.0001984126691523504) * t5 +
                  0.008333333331077422) *
                  t5 -
                  0.16666666666663882) +
              t4
        const t8 = (t6 & 2) !== 0 ? -t7 : t7
        out[to] = x < 0 ? -t8 : t8
      }
      if (to < end) out[to] = sin(from[to]!)
    }
  } else {
    for (; to < end; to++, p += step) out[to] = sin(from[p]!)
  }
}
