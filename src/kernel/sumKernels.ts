/** What a sum asks of each floating-point dtype. All sums are in double. */
export interface SumKernels<D> {
  /** The sum of `count` elements, `stride` apart. */
  readonly run: (data: D, start: number, count: number, stride: number) => number
  /** Adds `count` rows of `width` elements, `rowStride` apart, into `sums` from `at` on, which is overwritten. */
  readonly rows: (
    data: D,
    start: number,
    count: number,
    rowStride: number,
    width: number,
    sums: Float64Array,
    at: number
  ) => void
}
