/** The vector product of three dimensions. */
import type { Data } from '../DType.js'
import { guarded } from './scalars.js'

/** The products a x b of vectors of three elements, one after another. */
export const crossInto = (vectors: number, a: Data, aAt: number, b: Data, bAt: number, out: Data): void => {
  for (let at = 0; at < 3 * vectors; at += 3) {
    const a0 = a[aAt + at]!
    const a1 = a[aAt + at + 1]!
    const a2 = a[aAt + at + 2]!
    const b0 = b[bAt + at]!
    const b1 = b[bAt + at + 1]!
    const b2 = b[bAt + at + 2]!
    out[at] = a1 * b2 - a2 * b1
    out[at + 1] = a2 * b0 - a0 * b2
    out[at + 2] = a0 * b1 - a1 * b0
  }
}

/** Takes the elements of the products that are NaN again, with strong zeros; the arguments are those of `crossInto`. */
export const restoreCrossZeros = (vectors: number, a: Data, aAt: number, b: Data, bAt: number, out: Data): void => {
  for (let at = 0; at < 3 * vectors; at++) {
    if (out[at] === out[at]) continue
    const first = at - (at % 3)
    const next = first + ((at + 1) % 3)
    const last = first + ((at + 2) % 3)
    out[at] = guarded(a[aAt + next]!, b[bAt + last]!) - guarded(a[aAt + last]!, b[bAt + next]!)
  }
}
