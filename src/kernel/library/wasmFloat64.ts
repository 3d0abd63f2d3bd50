/** The text of wasmFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */
import { type Library, reserve } from './instance.js'
import { blockRows, blockTerms, float64 } from './kinds.js'
import { plainFloat64 } from './plainFloat64.js'

type Data = Float64Array

const { bytes, lanes } = float64

/** Rows, columns and terms of a part; a whole number of blocks of the sum. */
const part = 1024

/** The least address used, and the distance between what lies in the memory: reads may run over an end by less than this. */
const margin = 256

const aligned = (elements: number): number => Math.ceil((elements * bytes) / margin) * margin + margin

// -----------------------------------------------------------------------------
// the memory
// -----------------------------------------------------------------------------

let owner: Library | undefined
let view: Data = new Float64Array(0)

/** The memory of the library as elements, at least so many bytes; undefined if there are not so many. A memory that grows detaches its views. */
const viewOf = (library: Library, size: number): Data | undefined => {
  if (library === owner && view.length * bytes >= size) return view
  if (!reserve(library, size)) return undefined
  owner = library
  view = new Float64Array(library.memory.buffer)
  return view
}

/** Runs shorter than this are copied by a loop. */
const shortRun = 64

const copy = (from: Data, offset: number, count: number, to: Data, at: number): void => {
  if (count < shortRun) for (let i = 0; i < count; i++) to[at + i] = from[offset + i]!
  else if (offset === 0 && count === from.length) to.set(from, at)
  else to.set(from.subarray(offset, offset + count), at)
}

/** Elements of the memory that an operand may take: it is copied as it lies unless that is more than twice its size. */
const room = (rows: number, columns: number): number => 2 * rows * columns

/** The strides of the operand last placed, in bytes. */
let placedRow = 0
let placedColumn = 0

/** Copies an operand to an address: as it lies if that is forwards and takes little more room, else row by row. */
const place = (
  to: Data,
  address: number,
  from: Data,
  offset: number,
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number
): void => {
  const at = address / bytes
  const span = (rows - 1) * rowStride + (columns - 1) * columnStride + 1
  if (rowStride >= 0 && columnStride >= 0 && span <= room(rows, columns)) {
    placedRow = rowStride * bytes
    placedColumn = columnStride * bytes
    copy(from, offset, span, to, at)
  } else if (rowStride === 1) {
    placedRow = bytes
    placedColumn = rows * bytes
    for (let j = 0; j < columns; j++) copy(from, offset + j * columnStride, rows, to, at + j * rows)
  } else {
    placedRow = columns * bytes
    placedColumn = bytes
    for (let i = 0; i < rows; i++) {
      const start = offset + i * rowStride
      const target = at + i * columns
      if (columnStride === 1) copy(from, start, columns, to, target)
      else for (let j = 0; j < columns; j++) to[target + j] = from[start + j * columnStride]!
    }
  }
}

// -----------------------------------------------------------------------------
// the product
// -----------------------------------------------------------------------------

/** Tiles of the blocked product. */
const tileRows = float64.rows
const tileColumns = float64.vectors * lanes

/** Below so many terms in all packing does not pay. */
const small = 16384

/** Vectors of columns in a tile of a contraction with `n` columns. */
const vectorsFor = (n: number): 1 | 2 | 3 => (n <= lanes ? 1 : n <= 2 * lanes || n > 3 * lanes ? 2 : 3)

/** The product, all of `m`, `n` and `k` at least 1. Strides as in `matmulInto`. */
export const wasmFloat64 = (
  library: Library,
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
  if (n === 1 && m > 1) {
    wasmFloat64(library, 1, m, k, b, bOffset, bCol, bRow, a, aOffset, aCol, aRow, c, cOffset)
    return
  }
  const { functions } = library
  const inPlace = m <= tileRows || n <= 3 * lanes || m * n * k <= small
  const vectors = vectorsFor(n)
  const width = inPlace ? vectors * lanes : tileColumns
  const height = inPlace ? 1 : tileRows
  const rows = Math.min(m, part)
  const columns = Math.min(n, part)
  const terms = Math.min(k, part)
  const padded = Math.ceil(columns / width) * width
  const panelA = margin
  const panelB = panelA + (inPlace ? 0 : aligned(blockRows * blockTerms))
  const cAt = panelB + aligned((inPlace ? terms : blockTerms) * padded)
  const aAt = cAt + aligned(Math.ceil(rows / height) * height * padded)
  const bAt = aAt + aligned(room(rows, terms))
  const memory = viewOf(library, bAt + aligned(room(terms, columns)))
  if (memory === undefined) {
    plainFloat64(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
    return
  }

  for (let i = 0; i < m; i += part) {
    const mi = Math.min(part, m - i)
    for (let j = 0; j < n; j += part) {
      const nj = Math.min(part, n - j)
      const ld = Math.ceil(nj / width) * width
      for (let p = 0; p < k; p += part) {
        const kp = Math.min(part, k - p)
        place(memory, aAt, a, aOffset + i * aRow + p * aCol, mi, kp, aRow, aCol)
        const sai = placedRow
        const sak = placedColumn
        place(memory, bAt, b, bOffset + p * bRow + j * bCol, kp, nj, bRow, bCol)
        const sbk = placedRow
        const sbj = placedColumn
        if (inPlace) {
          const lies = sbj === bytes && (mi <= tileRows || mi * nj * kp <= small)
          if (!lies) packPanels(library, vectors, panelB, bAt, sbk, sbj, kp, nj)
          const contract = contractionOf(library, vectors)
          const from = lies ? bAt : panelB
          const row = lies ? sbk : width * bytes
          const panel = lies ? width * bytes : width * kp * bytes
          contract(aAt, 0, sai, sak, from, 0, row, panel, cAt, ld * bytes, mi, nj, 1, kp, p)
        } else {
          functions.product_f64(aAt, sai, sak, bAt, sbk, sbj, cAt, ld * bytes, mi, nj, kp, p, panelA, panelB)
        }
      }
      take(library, memory, cAt, mi, nj, ld, c, cOffset + i * n + j, n)
    }
  }
}

const contractionOf = ({ functions }: Library, vectors: 1 | 2 | 3): ((...args: readonly number[]) => void) =>
  vectors === 1 ? functions.contraction1_f64 : vectors === 2 ? functions.contraction2_f64 : functions.contraction3_f64

/** Packs the right operand into panels of as many columns as a contraction takes. */
const packPanels = (
  { functions }: Library,
  vectors: 1 | 2 | 3,
  to: number,
  from: number,
  rowStride: number,
  columnStride: number,
  rows: number,
  columns: number
): void => {
  const pack =
    lanes === 4
      ? [functions.pack4_f64, functions.pack8_f64, functions.pack12_f64][vectors - 1]
      : [functions.pack2_f64, functions.pack4_f64, functions.pack6_f64][vectors - 1]
  pack?.(to, from, rowStride, columnStride, rows, columns)
}

/** Copies a part of the result, whose rows are `ld` elements apart, out of the memory. */
const take = (
  { functions }: Library,
  memory: Data,
  address: number,
  rows: number,
  columns: number,
  ld: number,
  to: Data,
  offset: number,
  stride: number
): void => {
  const at = address / bytes
  if (rows * columns < shortRun) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) to[offset + i * stride + j] = memory[at + i * ld + j]!
    }
    return
  }
  if (columns === stride) {
    if (ld !== columns) functions.compact(address, address, ld * bytes, rows, columns * bytes)
    copy(memory, at, rows * columns, to, offset)
    return
  }
  for (let i = 0; i < rows; i++) copy(memory, at + i * ld, columns, to, offset + i * stride)
}
