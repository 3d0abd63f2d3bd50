/** A vector times a matrix whose columns lie in order, as those of a transpose do: the matrix is read where it lies, and turned in registers. */
import { type Kind, blockTerms, upTo, vectorBytes } from '../../kernel/library/kinds.js'
import { access, add, get, i32, min, op, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Body, keep, newLocal } from './body.js'
import { type Matrix, type Sizes, addressOf, joined } from './matrix.js'
import { move, pointerAt, pointerFrom, repeat } from './nest.js'
import { within } from './walks.js'

/** Columns whose sums run side by side. */
const columnsAtATime = 8

/** Whether the product is one of these. */
export const isVectorProduct = ({ bytes, lanes }: Kind, { m, n, k }: Sizes, a: Matrix, b: Matrix): boolean =>
  m === 1 && n >= columnsAtATime && k >= lanes && b.row === bytes && b.column > 0 && a.column >= 0

const parts = (body: Body, size: number, numbers: readonly number[], a: Instruction, b: Instruction): Instruction =>
  keep(body, 'v128', {
    _tag: 'Shuffle',
    bytes: numbers.flatMap((part) => upTo(size).map((i) => part * size + i)),
    operands: [a, b]
  })

/** As many vectors as one has elements, with rows and columns exchanged. */
const turned = (body: Body, vectors: readonly Instruction[]): readonly Instruction[] => {
  const [a, b, c, d] = vectors
  if (c === undefined || d === undefined) return [parts(body, 8, [0, 2], a!, b!), parts(body, 8, [1, 3], a!, b!)]
  const halves = [
    [parts(body, 4, [0, 4, 1, 5], a!, b!), parts(body, 4, [0, 4, 1, 5], c, d)],
    [parts(body, 4, [2, 6, 3, 7], a!, b!), parts(body, 4, [2, 6, 3, 7], c, d)]
  ] as const
  return halves.flatMap(([x, y]) => [parts(body, 8, [0, 2], x, y), parts(body, 8, [1, 3], x, y)])
}

/** Terms of the same columns and the next rows: each sum takes one product at a time. */
const addTerms = (
  body: Body,
  kind: Kind,
  sums: readonly string[],
  [left, right]: readonly [string, string],
  [a, b]: readonly [Matrix, Matrix],
  count: number
): void => {
  const { lanes } = kind
  const factors = upTo(count).map((i) => keep(body, 'v128', access(kind.splat, i * a.column, get(left))))
  sums.forEach((sum, group) => {
    const at = (lane: number): number => (group * lanes + lane) * b.column
    const rows =
      count === lanes
        ? turned(
            body,
            upTo(lanes).map((lane) => keep(body, 'v128', access('v128.load', at(lane), get(right))))
          )
        : upTo(count).map((i) =>
            joined(
              kind,
              access(kind.splat, at(0) + i * b.row, get(right)),
              upTo(lanes - 1).map((lane) => access(kind.load, at(lane + 1) + i * b.row, get(right)))
            )
          )
    factors.forEach((factor, i) =>
      body.instructions.push(set(sum, op(kind.add, get(sum), op(kind.mul, rows[i]!, factor))))
    )
  })
  move(body, left, count * a.column)
  move(body, right, count * b.row)
}

/** C = A B with one row of A. The last columns may be computed twice. */
export const vectorProduct = (
  body: Body,
  kind: Kind,
  { n, k }: Sizes,
  a: Matrix,
  b: Matrix,
  c: Matrix
): readonly Instruction[] => {
  const { lanes } = kind
  const zero = i32(0)
  const vectors = upTo(columnsAtATime / lanes)
  const addBlock = (inner: Body, totals: readonly string[], from: readonly [string, string], terms: number): void => {
    const sums = vectors.map(() => newLocal(inner, 'v128'))
    for (const sum of sums) inner.instructions.push(set(sum, kind.zero))
    repeat(inner, Math.floor(terms / lanes), (each) => addTerms(each, kind, sums, from, [a, b], lanes))
    if (terms % lanes > 0) addTerms(inner, kind, sums, from, [a, b], terms % lanes)
    totals.forEach((total, i) => inner.instructions.push(set(total, op(kind.add, get(total), get(sums[i]!)))))
  }
  return within(body, (outer) => {
    const first = pointerAt(outer, addressOf(b, zero, zero))
    const to = pointerAt(outer, addressOf(c, zero, zero))
    const ends = [
      keep(outer, 'i32', add(get(first), i32((n - columnsAtATime) * b.column))),
      keep(outer, 'i32', add(get(to), i32((n - columnsAtATime) * kind.bytes)))
    ] as const
    repeat(outer, Math.ceil(n / columnsAtATime), (inner) => {
      const totals = vectors.map(() => newLocal(inner, 'v128'))
      for (const total of totals) inner.instructions.push(set(total, kind.zero))
      const from = [pointerAt(inner, addressOf(a, zero, zero)), pointerFrom(inner, first)] as const
      repeat(inner, Math.floor(k / blockTerms), (each) => addBlock(each, totals, from, blockTerms))
      if (k % blockTerms > 0) addBlock(inner, totals, from, k % blockTerms)
      totals.forEach((total, i) => inner.instructions.push(access('v128.store', i * vectorBytes, get(to), get(total))))
      const next = (pointer: string, bytes: number, end: Instruction): Instruction =>
        set(pointer, min(keep(inner, 'i32', add(get(pointer), i32(bytes))), end))
      inner.instructions.push(
        next(first, columnsAtATime * b.column, ends[0]),
        next(to, columnsAtATime * kind.bytes, ends[1])
      )
    })
  })
}
