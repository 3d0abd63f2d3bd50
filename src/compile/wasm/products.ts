/**
 * Products of matrices that lie in the memory of a program, through the library: operands are read where they lie, and so is the result
 * written where whole tiles fit. The choices are those of kernel/library/wasmFloat32.ts.
 */
import { type Kind, blockRows, blockTerms } from '../../kernel/library/kinds.js'
import { get, i32, loop, min, sub } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Body, type LibraryName, newLocal } from './body.js'
import { callLibrary } from './library.js'
import { type Matrix, type Sizes, addressOf, times, transposed } from './matrix.js'
import { isTiny, tinyProduct } from './tinyProducts.js'
import { isVectorProduct, vectorProduct } from './vectorProducts.js'

// -----------------------------------------------------------------------------
// choices
// -----------------------------------------------------------------------------

/** Columns and terms of a part; a whole number of blocks of the sum. */
const part = 1024

/** Below so many terms in all packing does not pay. */
const small = 16384

/** The distance between what lies in the working memory. */
const margin = 256

/** How a product is computed. */
interface Choice {
  /** Whether A is read where it lies. */
  readonly inPlace: boolean
  /** Whether B is read where it lies. */
  readonly lies: boolean
  readonly vectors: 1 | 2 | 3
  /** Columns of a tile. */
  readonly width: number
  /** The columns of C, filled up to whole tiles, and its rows. */
  readonly padded: number
  readonly rows: number
  /** Whether C is written to the working memory first, since tiles run over the ends of its rows. */
  readonly isApart: boolean
  /** The place of each part of the working memory; the last one is the end. */
  readonly panelA: number
  readonly result: number
  readonly bytes: number
}

const filled = (n: number, unit: number): number => Math.ceil(n / unit) * unit

/** Vectors of columns in a tile of a contraction with `n` columns. */
const vectorsFor = (n: number, lanes: number): 1 | 2 | 3 => (n <= lanes ? 1 : n <= 2 * lanes || n > 3 * lanes ? 2 : 3)

const choose = ({ bytes, lanes, ...tile }: Kind, { m, n, k }: Sizes, b: Matrix): Choice => {
  const inPlace = m <= tile.rows || n <= 3 * lanes || m * n * k <= small
  const lies = inPlace && b.column === bytes && (m <= tile.rows || m * n * k <= small)
  const vectors = vectorsFor(n, lanes)
  const width = (inPlace ? vectors : tile.vectors) * lanes
  const padded = filled(n, width)
  const rows = inPlace ? m : filled(m, tile.rows)
  // Where one tile has all columns and one block all terms, the next row is written behind the end of the one before.
  const isOver = padded > n && !(inPlace && padded === width && k <= blockTerms)
  const isApart = isOver || rows > m
  const aligned = (elements: number): number => filled(elements * bytes, margin)
  const panelA = lies ? 0 : aligned((inPlace ? Math.min(k, part) : blockTerms) * filled(Math.min(n, part), width))
  const result = panelA + (inPlace ? 0 : aligned(blockRows * blockTerms))
  const end = result + (isApart ? aligned(rows * padded) : 0)
  return { inPlace, lies, vectors, width, padded, rows, isApart, panelA, result, bytes: end }
}

/** A column is computed as a row. */
const isColumn = ({ m, n }: Sizes): boolean => n === 1 && m > 1

const exchanged = ({ m, n, k }: Sizes): Sizes => ({ m: n, n: m, k })

/** The bytes of working memory that a product takes. */
export const productScratch = (kind: Kind, sizes: Sizes, a: Matrix, b: Matrix): number => {
  if (isColumn(sizes)) return productScratch(kind, exchanged(sizes), transposed(b), transposed(a))
  return isTiny(kind, sizes) || isVectorProduct(kind, sizes, a, b) ? 0 : choose(kind, sizes, b).bytes
}

// -----------------------------------------------------------------------------
// code
// -----------------------------------------------------------------------------

/** The parts of a size, one after the other, in a loop if there are several. */
interface Parts {
  readonly start: Instruction
  readonly count: Instruction
  readonly each: (inside: readonly Instruction[]) => readonly Instruction[]
}

const partsOf = (body: Body, n: number): Parts => {
  if (n <= part) return { start: i32(0), count: i32(n), each: (inside) => inside }
  const start = newLocal(body, 'i32')
  return {
    start: get(start),
    count: min(i32(part), sub(i32(n), get(start))),
    each: (inside) => loop(start, i32(0), i32(n), part, inside)
  }
}

/** By the width of panels. */
const packName = ({ name }: Kind, width: number): LibraryName => {
  switch (width) {
    case 2:
      return `pack2_${name}`
    case 4:
      return `pack4_${name}`
    case 6:
      return `pack6_${name}`
    case 8:
      return `pack8_${name}`
    default:
      return `pack12_${name}`
  }
}

const zero = i32(0)

const contraction = (
  body: Body,
  kind: Kind,
  { m, n, k }: Sizes,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  { lies, vectors, width }: Choice,
  scratch: number
): readonly Instruction[] => {
  const columns = partsOf(body, n)
  const terms = partsOf(body, k)
  const panel = width * kind.bytes
  const right = addressOf(b, terms.start, columns.start)
  const packed = lies
    ? []
    : [
        callLibrary(
          body,
          packName(kind, width),
          i32(scratch),
          right,
          i32(b.row),
          i32(b.column),
          terms.count,
          columns.count
        )
      ]
  const contracted = callLibrary(
    body,
    `contraction${vectors}_${kind.name}`,
    addressOf(a, zero, terms.start),
    zero,
    i32(a.row),
    i32(a.column),
    lies ? right : i32(scratch),
    zero,
    i32(lies ? b.row : panel),
    lies ? i32(panel) : times(terms.count, panel),
    addressOf(c, zero, columns.start),
    i32(c.row),
    i32(m),
    columns.count,
    i32(1),
    terms.count,
    terms.start
  )
  return columns.each(terms.each([...packed, contracted]))
}

const blocked = (
  body: Body,
  kind: Kind,
  { m, n, k }: Sizes,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  { panelA }: Choice,
  scratch: number
): readonly Instruction[] => {
  const columns = partsOf(body, n)
  return columns.each([
    callLibrary(
      body,
      `product_${kind.name}`,
      addressOf(a, zero, zero),
      i32(a.row),
      i32(a.column),
      addressOf(b, zero, columns.start),
      i32(b.row),
      i32(b.column),
      addressOf(c, zero, columns.start),
      i32(c.row),
      i32(m),
      columns.count,
      i32(k),
      zero,
      i32(scratch + panelA),
      i32(scratch)
    )
  ])
}

/** C = A B, all sizes at least 1. The rows of C lie one behind the other; up to a vector behind the last one is written, too. */
export const product = (
  body: Body,
  kind: Kind,
  sizes: Sizes,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  scratch: number
): readonly Instruction[] => {
  if (isColumn(sizes)) {
    const row = { ...c, row: c.row * sizes.m, column: kind.bytes }
    return product(body, kind, exchanged(sizes), transposed(b), transposed(a), row, scratch)
  }
  if (isTiny(kind, sizes)) return tinyProduct(body, kind, sizes, a, b, c)
  if (isVectorProduct(kind, sizes, a, b)) return vectorProduct(body, kind, sizes, a, b, c)
  const choice = choose(kind, sizes, b)
  const { padded, isApart } = choice
  const apart = { pointer: undefined, address: scratch + choice.result, row: padded * kind.bytes, column: kind.bytes }
  const code = choice.inPlace ? contraction : blocked
  const written = code(body, kind, sizes, a, b, isApart ? apart : c, choice, scratch)
  if (!isApart) return written
  const to = addressOf(c, zero, zero)
  return [
    ...written,
    callLibrary(body, 'compact', to, i32(apart.address), i32(apart.row), i32(sizes.m), i32(sizes.n * kind.bytes))
  ]
}

/** A fill of a product without terms. */
export const nothing = (address: number, bytes: number): Instruction => ({
  _tag: 'Bulk',
  op: 'memory.fill',
  operands: [i32(address), zero, i32(bytes)]
})
