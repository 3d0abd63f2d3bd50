/** The kernels of sums for one float dtype. All sums are in double. */
export interface SumKernels<D> {
  /** Adds `count` elements, `stride` apart, to `sum`. */
  readonly run: (data: D, start: number, count: number, stride: number, sum: number) => number
  /** Adds `count` rows of `width` elements, `rowStride` apart, to the sums from `at` on. */
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
