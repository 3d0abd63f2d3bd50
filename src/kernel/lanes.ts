/** Lanes that lie side by side in a contiguous block `(outer, n, inner)`, and sums of terms that are made of them. */
import type { Data } from '../DType.js'
import { depthOf, sumRows } from './sumOrder.js'
import { sumKernelsFloat64 } from './sumFloat64.js'

/** A kernel along the middle extent of a block: with a result for each lane, or for each element. */
export type LaneKernel<D> = (data: D, offset: number, outer: number, n: number, inner: number, out: D) => void

/** The kernel of the two for the type of the elements. */
export const ofFloats =
  (float32: LaneKernel<Float32Array>, float64: LaneKernel<Float64Array>): LaneKernel<Data> =>
  (data, offset, outer, n, inner, out) => {
    if (data instanceof Float32Array && out instanceof Float32Array) float32(data, offset, outer, n, inner, out)
    if (data instanceof Float64Array && out instanceof Float64Array) float64(data, offset, outer, n, inner, out)
  }

/** How many lanes to take at a time, of which `n` rows are kept in the cache. */
export const widthFor = (n: number, inner: number): number =>
  Math.min(inner, Math.max(16, Math.min(1024, Math.floor(32768 / n))))

/** Rows of terms that are made at a time, and added up while they are in the cache. */
export const piece: number = 128

/** Sums of terms, by lane, and the terms that have been made last, row by row. */
export interface Terms {
  readonly sums: Float64Array
  readonly kept: Float64Array
  /** Room for a piece of one lane. */
  readonly scratch: Float64Array
  /** Whether all terms of a lane are kept, and not only those of a piece. */
  readonly whole: boolean
}

/** For `width` lanes of `n` terms. */
export const termsFor = (width: number, n: number, block: number, whole: boolean): Terms => ({
  sums: new Float64Array(width * depthOf(n, block)),
  kept: new Float64Array(width * (whole ? n : Math.min(n, piece))),
  scratch: new Float64Array(n > piece ? piece : 0),
  whole
})

/** Sums of `n` rows of terms: `make(first, rows, to)` makes rows from `first` on, row by row from `to` on. */
export const sumTerms = (
  n: number,
  block: number,
  width: number,
  { sums, kept, whole }: Terms,
  make: (first: number, rows: number, to: number) => void
): void =>
  sumRows(n, block, width, sums, (first, count, at) => {
    for (let j = first; j < first + count; j += piece) {
      const rows = Math.min(piece, first + count - j)
      const to = whole ? j * width : 0
      make(j, rows, to)
      sumKernelsFloat64.rows(kept, to, rows, width, width, sums, at)
    }
  })
