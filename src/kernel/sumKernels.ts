/** The kernels of sums for each type of float. All sums are in double. */
export interface SumKernels<D> {
  /** `sum` and `count` elements more, `stride` apart. */
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
