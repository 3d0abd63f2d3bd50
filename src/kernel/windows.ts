/**
 * Maxima and sums over windows of images. An image is a row of elements, and each window a list of as many positions in it; a negative
 * position is outside of the image. Rows are worked on in double, so that there is one text for all types.
 */
import type { Data } from '../DType.js'
import { sumOf } from './reduceSum.js'

/** The positions of windows: those of window `w` are `positions[w elements]` to `positions[(w + 1) elements - 1]`. */
export interface Windows {
  readonly positions: Int32Array
  readonly elements: number
  readonly count: number
}

/** Fewer terms than a group of sums has are added one by one. */
const group = 8

/**
 * The largest element of each window, and where it is: the first NaN, or else the first of the largest. No position is negative. A
 * branch that depends on the values would cost more than all the rest; so the choice is made by a mask.
 */
export const windowMaxInto = (
  data: Data,
  offset: number,
  rows: number,
  length: number,
  { positions, elements, count }: Windows,
  out: Data,
  places: Int32Array
): void => {
  const row = new Float64Array(length)
  for (let r = 0, to = 0; r < rows; r++) {
    const start = offset + r * length
    row.set(data.subarray(start, start + length))
    for (let w = 0; w < count; w++) {
      const from = w * elements
      let place = positions[from]!
      let best = row[place]!
      for (let i = from + 1; i < from + elements; i++) {
        const at = positions[i]!
        const value = row[at]!
        const wins = Number(value > best) | Number(value !== value)
        place ^= (place ^ at) & -wins
        best = row[place]!
      }
      if (best !== best) place = firstNaN(row, positions, from)
      out[to] = best
      places[to++] = place
    }
  }
}

/** The position of the first NaN, of which there is one. */
const firstNaN = (row: Float64Array, positions: Int32Array, from: number): number => {
  let i = from
  while (row[positions[i]!] === row[positions[i]!]) i++
  return positions[i]!
}

/** The sum of each window, in the order of its elements, with 0 for those outside of the image. */
export const windowSumsInto = (
  data: Data,
  offset: number,
  rows: number,
  length: number,
  { positions, elements, count }: Windows,
  block: number,
  out: Data
): void => {
  const row = new Float64Array(length)
  const terms = new Float64Array(elements)
  for (let r = 0, to = 0; r < rows; r++) {
    const start = offset + r * length
    row.set(data.subarray(start, start + length))
    for (let w = 0; w < count; w++) {
      const from = w * elements
      let sum = 0
      for (let e = 0; e < elements; e++) {
        const at = positions[from + e]!
        const term = at < 0 ? 0 : row[at]!
        if (elements < group) sum += term
        else terms[e] = term
      }
      out[to++] = elements < group ? sum : sumOf(terms, block)
    }
  }
}

/**
 * Each element added to all elements of its window: the transpose of `windowSumsInto`. What meets is added in the order of the elements
 * of the windows, and of the windows.
 */
export const windowSpreadInto = (
  data: Data,
  offset: number,
  rows: number,
  length: number,
  { positions, elements, count }: Windows,
  out: Data
): void => {
  const row = new Float64Array(length)
  for (let r = 0; r < rows; r++) {
    const start = offset + r * count
    row.fill(0)
    for (let e = 0; e < elements; e++) {
      for (let w = 0, p = e; w < count; w++, p += elements) {
        const at = positions[p]!
        if (at >= 0) row[at] = row[at]! + data[start + w]!
      }
    }
    out.set(row, r * length)
  }
}
