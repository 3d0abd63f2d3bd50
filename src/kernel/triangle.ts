/** Copying one side of a diagonal. */
import type { Data } from '../DType.js'

/** Copies the elements with `column - row >= from` and `column - row <= to` of each matrix; the others stay zero. */
export const triangleInto = (
  data: Data,
  offset: number,
  matrices: number,
  rows: number,
  columns: number,
  from: number,
  to: number,
  out: Data
): void => {
  for (let row = 0; row < matrices * rows; row++) {
    const i = row % rows
    const begin = row * columns
    const low = Math.max(0, i + from)
    const high = Math.min(columns - 1, i + to)
    for (let j = low; j <= high; j++) out[begin + j] = data[offset + begin + j]!
  }
}
