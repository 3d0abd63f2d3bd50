/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */
import type { UnaryLoop } from '../elementwise.js'

/** The error function, up to 3.96; beyond, its value there. */
export const erf = (x: number): number => {
  if (x === 0) return x
  const t1 = Math.abs(x)
  const t2 = 3.96 < t1 ? 3.96 : t1
  const t3 = t2 * t2
  const t4 =
    (t2 *
      ((((((((((-1.7335999055234743e-15 * t3 + 1.4325487143314385e-11) * t3 + 2.122386038038151e-9) * t3 +
        7.259380010459082e-8) *
        t3 +
        0.0000023503696841086715) *
        t3 +
        0.00003787001771321093) *
        t3 +
        0.0006870581800170665) *
        t3 +
        0.005646278159181791) *
        t3 +
        0.06155263564167757) *
        t3 +
        0.2023811722306204) *
        t3 +
        1.1283791670955161)) /
    ((((((((((3.567833031195117e-13 * t3 + 2.3225066442232585e-10) * t3 + 1.3161577770149432e-8) * t3 +
      4.3334554539826895e-7) *
      t3 +
      0.000009902754258337719) *
      t3 +
      0.0001666765100905746) *
      t3 +
      0.002094820484900065) *
      t3 +
      0.019359819421605563) *
      t3 +
      0.1254459288261559) *
      t3 +
      0.5126889773689794) *
      t3 +
      1)
  return x < 0 ? -t4 : t4
}

export const erfLoop: UnaryLoop = (n, x, p, pStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep) out[to] = erf(x[p]!)
}
