/** What the matrix product asks of each dtype: the loops that read and write its own arrays. All sums are in double. */
export interface MatmulKernels<D> {
  /**
   * Copies `count` lines of `depth` elements into panels of doubles: line `x` goes to panel `x mod panels.length`, from the
   * index `floor(x / panels.length) * panelStride` on.
   */
  readonly pack: (
    source: D,
    offset: number,
    count: number,
    depth: number,
    lineStride: number,
    depthStride: number,
    panels: ReadonlyArray<Float64Array>,
    panelStride: number
  ) => void
  /** Writes (or, unless `overwrite`, adds) `rows` rows of `columns` (at most 4) results, held four to a row in `tile`. */
  readonly store: (
    tile: Float64Array,
    rows: number,
    columns: number,
    c: D,
    cOffset: number,
    cRow: number,
    overwrite: boolean
  ) => void
  /** The whole product, straight from the operands. */
  readonly direct: (
    m: number,
    n: number,
    k: number,
    a: D,
    aOffset: number,
    aRow: number,
    aCol: number,
    b: D,
    bOffset: number,
    bRow: number,
    bCol: number,
    c: D,
    cOffset: number
  ) => void
  /** A matrix times a vector as one dot product a row: for matrices whose rows are runs of memory. */
  readonly dots: (
    rows: number,
    depth: number,
    matrix: D,
    offset: number,
    rowStride: number,
    depthStride: number,
    x: D,
    xOffset: number,
    xStride: number,
    c: D,
    cOffset: number
  ) => void
  /** A matrix times a vector as a combination of columns: for matrices whose columns are. `sums` holds `rows` doubles. */
  readonly combine: (
    rows: number,
    depth: number,
    matrix: D,
    offset: number,
    rowStride: number,
    depthStride: number,
    x: D,
    xOffset: number,
    xStride: number,
    sums: Float64Array,
    c: D,
    cOffset: number
  ) => void
  /** A column times a row. */
  readonly outer: (
    m: number,
    n: number,
    a: D,
    aOffset: number,
    aStride: number,
    b: D,
    bOffset: number,
    bStride: number,
    c: D,
    cOffset: number
  ) => void
}
