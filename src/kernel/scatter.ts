/**
 * Adding along an axis at given positions, the transposes of the kernels in `gather.ts`: what meets at one position is
 * summed in float64 and rounded once. Indices are checked and counted from the front already.
 */
import type { Data } from '../DType.js'

/** A row-major block (outer, size, width) that is added to. */
export interface Block {
  readonly data: Data
  readonly outer: number
  readonly size: number
  readonly width: number
}

/** Positions sorted by their index: those of index `k` are `members[first[k]]` to `members[first[k + 1] - 1]`. */
const group = (indices: Int32Array, size: number): { readonly first: Int32Array; readonly members: Int32Array } => {
  const first = new Int32Array(size + 1)
  for (let j = 0; j < indices.length; j++) first[indices[j]! + 1]!++
  for (let k = 0; k < size; k++) first[k + 1]! += first[k]!
  const next = first.slice(0, size)
  const members = new Int32Array(indices.length)
  for (let j = 0; j < indices.length; j++) members[next[indices[j]!]!++] = j
  return { first, members }
}

/** `block[o, indices[j], i] += updates[o, j, i]`, with `updates` row-major from `offset` on. */
export const scatterAddInto = (block: Block, indices: Int32Array, updates: Data, offset: number): void => {
  const { data, outer, size, width } = block
  if (data instanceof Float32Array && indices.length > 1) return scatterAddGrouped(block, indices, updates, offset)
  let from = offset
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < indices.length; j++) {
      const to = (o * size + indices[j]!) * width
      for (let i = 0; i < width; i++) data[to + i]! += updates[from + i]!
      from += width
    }
  }
}

const scatterAddGrouped = (
  { data, outer, size, width }: Block,
  indices: Int32Array,
  updates: Data,
  offset: number
): void => {
  const { first, members } = group(indices, size)
  const total = new Float64Array(width)
  for (let o = 0; o < outer; o++) {
    const start = offset + o * indices.length * width
    for (let k = 0; k < size; k++) {
      const begin = first[k]!
      const end = first[k + 1]!
      if (begin === end) continue
      const to = (o * size + k) * width
      if (end - begin === 1) {
        const from = start + members[begin]! * width
        for (let i = 0; i < width; i++) data[to + i]! += updates[from + i]!
        continue
      }
      for (let i = 0; i < width; i++) total[i] = data[to + i]!
      for (let each = begin; each < end; each++) {
        const from = start + members[each]! * width
        for (let i = 0; i < width; i++) total[i]! += updates[from + i]!
      }
      for (let i = 0; i < width; i++) data[to + i] = total[i]!
    }
  }
}

/** `block[o, indices[o, j, i], i] += updates[o, j, i]` for `j < count`, with `indices` and `updates` row-major. */
export const addAlongInto = (
  { data, outer, size, width }: Block,
  count: number,
  indices: Int32Array,
  updates: Data,
  offset: number
): void => {
  const length = size * width
  const precise = data instanceof Float32Array && count > 1
  const total: Data = precise ? new Float64Array(length) : data
  let from = 0
  for (let o = 0; o < outer; o++) {
    const base = o * length
    const at = precise ? 0 : base
    if (precise) total.set(data.subarray(base, base + length))
    if (width === 1) {
      for (const end = from + count; from < end; from++) total[at + indices[from]!]! += updates[offset + from]!
    } else {
      for (let j = 0; j < count; j++) {
        for (let i = 0; i < width; i++) {
          total[at + indices[from]! * width + i]! += updates[offset + from]!
          from++
        }
      }
    }
    if (precise) data.set(total, base)
  }
}
