/** The text of packedFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */

type Data = Float64Array

/** Terms of a block. */
const block = 256

/** Rows of the left and columns of the right operand that are packed at a time. */
const blockRows = 64
const blockColumns = 256

/** The distance between packed lines: off the power of two, neighbours do not fall into the same cache sets. */
const line = block + 8

interface Panels {
  readonly left: readonly Float64Array[]
  readonly right: readonly Float64Array[]
  readonly tile: Float64Array
  readonly multiply: (left: number, right: number, depth: number) => void
}

/**
 * The scratch panels, allocated at the first product that needs them, and the kernel over them, which multiplies two packed
 * rows by four packed columns. The panels are constants of the closure, one array to a lane, so V8 folds their lengths, and
 * lanes that share an index share one bounds check. Within a basic block V8 places all products before all sums, and eight of
 * each do not fit into the registers; hence the way out in the middle of the loop, never taken: it ends a basic block.
 */
const makePanels = (): Panels => {
  const panel = (lines: number): Float64Array => new Float64Array(lines * line)
  const [a0, a1] = [panel(blockRows / 2), panel(blockRows / 2)]
  const [b0, b1] = [panel(blockColumns / 4), panel(blockColumns / 4)]
  const [b2, b3] = [panel(blockColumns / 4), panel(blockColumns / 4)]
  const tile = new Float64Array(8)
  const multiply = (left: number, right: number, depth: number): void => {
    let c00 = 0
    let c01 = 0
    let c02 = 0
    let c03 = 0
    let c10 = 0
    let c11 = 0
    let c12 = 0
    let c13 = 0
    const end = (left + depth) | 0
    let p = left
    let q = right
    for (;;) {
      const x0 = a0[p]!
      const x1 = a1[p]!
      const y0 = b0[q]!
      const y1 = b1[q]!
      c00 = c00 + x0 * y0
      c10 = c10 + x1 * y0
      c01 = c01 + x0 * y1
      c11 = c11 + x1 * y1
      if (p === end) break
      const y2 = b2[q]!
      const y3 = b3[q]!
      c02 = c02 + x0 * y2
      c12 = c12 + x1 * y2
      c03 = c03 + x0 * y3
      c13 = c13 + x1 * y3
      p = (p + 1) | 0
      q = (q + 1) | 0
      if (p === end) break
    }
    tile[0] = c00
    tile[1] = c01
    tile[2] = c02
    tile[3] = c03
    tile[4] = c10
    tile[5] = c11
    tile[6] = c12
    tile[7] = c13
  }
  return { left: [a0, a1], right: [b0, b1, b2, b3], tile, multiply }
}

let panels: Panels | undefined

/** Copies lines of an operand into the panels, line `x` to panel `x mod panels.length`. */
const pack = (
  source: Data,
  offset: number,
  lines: number,
  depth: number,
  lineStride: number,
  depthStride: number,
  into: readonly Float64Array[]
): void => {
  const lanes = into.length
  for (let x = 0; x < lines; x++) {
    const target = into[x % lanes]!
    let s = offset + x * lineStride
    let t = Math.floor(x / lanes) * line
    for (let p = 0; p < depth; p++) {
      target[t] = source[s]!
      s = (s + depthStride) | 0
      t = (t + 1) | 0
    }
  }
}

/** The blocking is that of Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008). */
export const packedFloat64 = (
  m: number,
  n: number,
  k: number,
  a: Data,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Data,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Data,
  cOffset: number
): void => {
  panels ??= makePanels()
  const { left, right, tile, multiply } = panels
  for (let j0 = 0; j0 < n; j0 += blockColumns) {
    const columns = Math.min(blockColumns, n - j0)
    for (let start = 0; start < k; start += block) {
      const depth = Math.min(block, k - start)
      pack(b, bOffset + start * bRow + j0 * bCol, columns, depth, bCol, bRow, right)
      for (let i0 = 0; i0 < m; i0 += blockRows) {
        const rows = Math.min(blockRows, m - i0)
        pack(a, aOffset + i0 * aRow + start * aCol, rows, depth, aRow, aCol, left)
        for (let j = 0; j < columns; j += 4) {
          const width = Math.min(4, columns - j)
          for (let i = 0; i < rows; i += 2) {
            multiply((i >> 1) * line, (j >> 2) * line, depth)
            const height = Math.min(2, rows - i)
            for (let y = 0; y < height; y++) {
              const at = cOffset + (i0 + i + y) * n + j0 + j
              for (let x = 0; x < width; x++) c[at + x] = (start > 0 ? c[at + x]! : 0) + tile[y * 4 + x]!
            }
          }
        }
      }
    }
  }
}
