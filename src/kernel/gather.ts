/** Picking elements along an axis; indices are checked and counted from the front already. */
import type { Data } from '../DType.js'
import type { Around } from './axisView.js'

/** Rows at least this long are copied by the engine. */
const longRow = 64

/** `out[o, j, i] = x[o, indices[j], i]`, with `out` row-major. */
export const gatherInto = (x: Data, { outer, stride, width, inner }: Around, indices: Int32Array, out: Data): void => {
  let to = 0
  for (let o = 0; o < outer.length; o++) {
    for (let j = 0; j < indices.length; j++) {
      const from = outer[o]! + indices[j]! * stride
      if (inner !== undefined) for (let i = 0; i < width; i++) out[to + i] = x[from + inner[i]!]!
      else if (width >= longRow) out.set(x.subarray(from, from + width), to)
      else for (let i = 0; i < width; i++) out[to + i] = x[from + i]!
      to += width
    }
  }
}

/** `out[o, j, i] = x[o, indices[o, j, i], i]` for `j < count`, with `out` and `indices` row-major. */
export const takeAlongInto = (
  x: Data,
  { outer, stride, width, inner }: Around,
  count: number,
  indices: Int32Array,
  out: Data
): void => {
  let to = 0
  for (let o = 0; o < outer.length; o++) {
    if (width === 1) {
      const from = outer[o]! + (inner?.[0] ?? 0)
      for (const end = to + count; to < end; to++) out[to] = x[from + indices[to]! * stride]!
      continue
    }
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < width; i++) {
        out[to] = x[outer[o]! + indices[to]! * stride + (inner === undefined ? i : inner[i]!)]!
        to++
      }
    }
  }
}
