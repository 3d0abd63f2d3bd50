/** Quantifiers along the middle extent of a contiguous block `(outer, n, inner)`; every number but 0 counts as true. */
import type { Data } from '../DType.js'

/** Writes `1 - decisive` where no element's truth value is `decisive` (0 or 1), and `decisive` elsewhere. */
const quantify = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  decisive: number
): void => {
  const whenTrue = decisive === 1
  out.fill(1 - decisive, 0, outer * inner)
  for (let o = 0; o < outer; o++) {
    const start = offset + o * n * inner
    if (inner === 1) {
      for (let p = start; p < start + n; p++) {
        if ((data[p]! !== 0) === whenTrue) {
          out[o] = decisive
          break
        }
      }
      continue
    }
    const to = o * inner
    for (let j = 0; j < n; j++) {
      const row = start + j * inner
      for (let k = 0; k < inner; k++) if ((data[row + k]! !== 0) === whenTrue) out[to + k] = decisive
    }
  }
}

/** Whether any element along the middle extent is true (NaN is); of none, false. */
export const anyInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void =>
  quantify(data, offset, outer, n, inner, out, 1)

/** Whether all elements along the middle extent are true (NaN is); of none, true. */
export const allInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void =>
  quantify(data, offset, outer, n, inner, out, 0)
