import fc from 'fast-check'

export type Floats = Float32Array | Float64Array

/** A matrix somewhere in an array: element `(i, j)` is at `offset + i row + j column`. */
export interface View<D extends Floats> {
  readonly data: D
  readonly offset: number
  readonly row: number
  readonly column: number
}

export interface Layout {
  readonly kind: 'rows' | 'columns' | 'spread' | 'backwards' | 'upwards' | 'oneRow' | 'oneColumn' | 'oneElement'
  readonly offset: number
  readonly gap: number
}

export const layout: fc.Arbitrary<Layout> = fc.record({
  kind: fc.constantFrom(
    'rows',
    'columns',
    'rows',
    'columns',
    'spread',
    'backwards',
    'upwards',
    'oneRow',
    'oneColumn',
    'oneElement'
  ),
  offset: fc.constantFrom(0, 0, 3),
  gap: fc.constantFrom(0, 0, 1, 100)
})

export const contiguous: Layout = { kind: 'rows', offset: 0, gap: 0 }

/** Numbers of any size; among them, if `special`, infinities, NaN, zeros of both signs and subnormals. */
const draws = (seed: number, special: boolean): (() => number) => {
  let state = seed | 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 24
  }
  const odd = [0, -0, 1e-42, -3e-45, 1e-30, -1e-30, 5e-324, 1, -1]
  const rare = [Infinity, -Infinity, NaN, 3e38, -3e38]
  return () => {
    const kind = next()
    const value = (next() - 0.5) * 2 ** Math.floor(next() * 8)
    if (!special || kind > 0.1) return value
    return kind > 0.0005 ? odd[Math.floor(next() * odd.length)]! : rare[Math.floor(next() * rare.length)]!
  }
}

export const placed = <D extends Floats>(
  make: (length: number) => D,
  seed: number,
  special: boolean,
  rows: number,
  columns: number,
  { kind, offset, gap }: Layout
): View<D> => {
  const [row, column] = {
    rows: [columns + gap, 1],
    columns: [1, rows + gap],
    spread: [2 * columns + gap, 2],
    backwards: [columns + gap, -1],
    upwards: [-columns - gap, 1],
    oneRow: [0, 1 + gap],
    oneColumn: [1 + gap, 0],
    oneElement: [0, 0]
  }[kind]
  const ends = [(rows - 1) * row!, (columns - 1) * column!]
  const data = make(offset + ends.reduce((sum, end) => sum + Math.abs(end), 1))
  const first = ends.reduce((at, end) => at - Math.min(0, end), offset)
  const draw = draws(seed, special)
  for (let i = 0; i < data.length; i++) data[i] = draw()
  return { data, offset: first, row: row!, column: column! }
}

/** What is added up in one block: `count` rows of the terms `from` to `to`. */
interface Block {
  readonly row: number
  readonly rows: number
  readonly from: number
  readonly to: number
}

/** The blocks of a sum over rows of terms: whole rows of at most 256 terms together, a longer row cut at 256. */
export const blocks = (rows: number, terms: number): readonly Block[] => {
  const step = terms <= 256 ? Math.floor(256 / terms) : 1
  const result: Block[] = []
  for (let row = 0; row < rows; row += step) {
    for (let from = 0; from < terms; from += 256) {
      result.push({ row, rows: Math.min(step, rows - row), from, to: Math.min(terms, from + 256) })
    }
  }
  return result
}

/** The definition of a sum of products, rounded by `round`, added to what was `before`: every path must give these bits. */
export const defined = (
  round: (x: number) => number,
  rows: number,
  terms: number,
  left: (row: number, term: number) => number,
  right: (row: number, term: number) => number,
  before?: number
): number => {
  let total = before ?? 0
  blocks(rows, terms).forEach((block, index) => {
    let sum = 0
    for (let row = block.row; row < block.row + block.rows; row++) {
      for (let p = block.from; p < block.to; p++) sum = round(sum + round(left(row, p) * right(row, p)))
    }
    total = index === 0 && before === undefined ? sum : round(total + sum)
  })
  return total
}

/** The product by its definition. */
export const product = (
  round: (x: number) => number,
  m: number,
  n: number,
  k: number,
  a: View<Floats>,
  b: View<Floats>
): readonly number[] =>
  Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n]
    return defined(
      round,
      1,
      k,
      (_row, p) => a.data[a.offset + i * a.row + p * a.column]!,
      (_row, p) => b.data[b.offset + p * b.row + j * b.column]!
    )
  })

/** Some of the places where two results differ; all NaN are one. */
export const differences = (found: ArrayLike<number>, wanted: ArrayLike<number>): readonly string[] => {
  const places: string[] =
    found.length === wanted.length ? [] : [`${found.length} elements instead of ${wanted.length}`]
  for (let i = 0; i < wanted.length && places.length < 3; i++) {
    if (!Object.is(wanted[i], found[i])) places.push(`${i}: ${found[i]} instead of ${wanted[i]}`)
  }
  return places
}
