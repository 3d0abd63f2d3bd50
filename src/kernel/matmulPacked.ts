import type { MatmulKernels } from './matmulKernels.js'

/**
 * The blocked matrix product: both operands are copied, block by block, into panels of doubles, and one micro-kernel
 * multiplies two packed rows by four packed columns with its eight sums in registers.
 *
 * Packing does three things: it makes every stride equal (so `A^T B` costs what `A B` costs), it keeps the working set in
 * the cache, and it hides the dtype: the inner loop only ever sees `Float64Array`, so it stays monomorphic, and float32
 * products are summed in double within a block of `blockDepth`.
 *
 * The blocking is that of Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008).
 */

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Rows of the left operand packed at a time: with `blockDepth`, 256 KiB of doubles. */
const blockRows = 64

/** Columns of the right operand packed at a time: with `blockDepth`, 1 MiB of doubles. */
const blockColumns = 256

/** Terms of the sum taken at a time. */
const blockDepth = 512

/** Added to the distance between packed rows: off the power of two, neighbours do not fall into the same cache sets. */
const panelPadding = 8

const rowLanes = 2
const columnLanes = 4

interface Panels {
  readonly left: ReadonlyArray<Float64Array>
  readonly right: ReadonlyArray<Float64Array>
  readonly tile: Float64Array
  readonly multiply: (left: number, right: number, depth: number, result: number) => void
}

// -----------------------------------------------------------------------------
// the micro-kernel
// -----------------------------------------------------------------------------

/**
 * The scratch panels and the kernel over them: 1.3 MiB, allocated at the first product that needs them and then kept. A
 * kernel never calls back, so no two products can be in the panels at once.
 *
 * The shape of the loop was found by measuring, and by reading what V8 makes of it:
 *
 * - The panels are constants of the closure, one array to a lane, so V8 folds their lengths, and lanes that share an
 *   index share one bounds check. Arrays passed as arguments are checked anew at each load.
 * - Within a basic block V8 places all products before all sums. Eight products and eight sums do not fit into fifteen
 *   registers, and one sum that lives on the stack costs twice the whole step. The way out of the loop is therefore in its
 *   middle: it ends a basic block, so four sums are finished before the next four products begin.
 */
const makePanels = (): Panels => {
  const leftLength = (blockRows / rowLanes) * (blockDepth + panelPadding)
  const rightLength = (blockColumns / columnLanes) * (blockDepth + panelPadding)
  const a0 = new Float64Array(leftLength)
  const a1 = new Float64Array(leftLength)
  const b0 = new Float64Array(rightLength)
  const b1 = new Float64Array(rightLength)
  const b2 = new Float64Array(rightLength)
  const b3 = new Float64Array(rightLength)
  const tile = new Float64Array(blockRows * columnLanes)
  const multiply = (left: number, right: number, depth: number, result: number): void => {
    let c00 = 0
    let c01 = 0
    let c02 = 0
    let c03 = 0
    let c10 = 0
    let c11 = 0
    let c12 = 0
    let c13 = 0
    const last = (left + depth - 1) | 0
    let p = left
    let q = right
    for (;;) {
      const x0 = a0[p]!
      const x1 = a1[p]!
      const y0 = b0[q]!
      const y1 = b1[q]!
      c00 += x0 * y0
      c10 += x1 * y0
      c01 += x0 * y1
      c11 += x1 * y1
      if (p === last) break
      const y2 = b2[q]!
      const y3 = b3[q]!
      c02 += x0 * y2
      c12 += x1 * y2
      c03 += x0 * y3
      c13 += x1 * y3
      p = (p + 1) | 0
      q = (q + 1) | 0
    }
    const x0 = a0[p]!
    const x1 = a1[p]!
    const y2 = b2[q]!
    const y3 = b3[q]!
    tile[result] = c00
    tile[result + 1] = c01
    tile[result + 2] = c02 + x0 * y2
    tile[result + 3] = c03 + x0 * y3
    tile[result + 4] = c10
    tile[result + 5] = c11
    tile[result + 6] = c12 + x1 * y2
    tile[result + 7] = c13 + x1 * y3
  }
  return { left: [a0, a1], right: [b0, b1, b2, b3], tile, multiply }
}

let panels: Panels | undefined

// -----------------------------------------------------------------------------
// the product
// -----------------------------------------------------------------------------

/** The product of matrices large enough to pay for packing; all of `m`, `n` and `k` at least 1. Strides as in `matmulInto`. */
export const multiplyPacked = <D>(
  { pack, store }: MatmulKernels<D>,
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
): void => {
  panels ??= makePanels()
  const { left, right, tile, multiply } = panels
  for (let jBlock = 0; jBlock < n; jBlock += blockColumns) {
    const columns = Math.min(blockColumns, n - jBlock)
    for (let pBlock = 0; pBlock < k; pBlock += blockDepth) {
      const depth = Math.min(blockDepth, k - pBlock)
      const panelStride = depth + panelPadding
      pack(b, bOffset + pBlock * bRow + jBlock * bCol, columns, depth, bCol, bRow, right, panelStride)
      for (let iBlock = 0; iBlock < m; iBlock += blockRows) {
        const rows = Math.min(blockRows, m - iBlock)
        pack(a, aOffset + iBlock * aRow + pBlock * aCol, rows, depth, aRow, aCol, left, panelStride)
        for (let j = 0; j < columns; j += columnLanes) {
          const y = (j / columnLanes) * panelStride
          for (let i = 0; i < rows; i += rowLanes) multiply((i / rowLanes) * panelStride, y, depth, i * columnLanes)
          const cell = cOffset + iBlock * n + jBlock + j
          store(tile, rows, Math.min(columnLanes, columns - j), c, cell, n, pBlock === 0)
        }
      }
    }
  }
}
