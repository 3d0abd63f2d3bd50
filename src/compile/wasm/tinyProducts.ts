/** Products of few terms, without a loop: a call would take longer than the product. */
import { type Kind, upTo } from '../../kernel/library/kinds.js'
import { get, op, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Body, newLocal } from './body.js'
import { type Matrix, type Sizes, element, joined } from './matrix.js'

/** The most vectors of products. */
const few = 64

/** Rows whose sums run side by side. */
const rowsAtATime = 4

export const isTiny = ({ lanes }: Kind, { m, n, k }: Sizes): boolean => m * Math.ceil(n / lanes) * k <= few

/** Elements of a row of B from a column on. One that ends it may be read with what lies behind it. */
const strip = (kind: Kind, b: Matrix, p: number, j: number, n: number): Instruction => {
  const { bytes, lanes, splat } = kind
  if (b.column === bytes) return element('v128.load', b, p, j)
  const first = element(splat, b, p, j)
  if (b.column === 0) return first
  const others = upTo(Math.min(lanes, n - j)).slice(1)
  return joined(
    kind,
    first,
    others.map((lane) => element(kind.load, b, p, j + lane))
  )
}

/** Stores the elements of a row of C from a column on, and nothing behind them. */
const stored = (
  { name, lanes, store }: Kind,
  c: Matrix,
  i: number,
  j: number,
  n: number,
  v: Instruction
): readonly Instruction[] =>
  n - j >= lanes
    ? [element('v128.store', c, i, j, v)]
    : upTo(n - j).map((lane) =>
        element(store, c, i, j + lane, {
          _tag: 'Lane',
          op: name === 'f32' ? 'f32x4.extract_lane' : 'f64x2.extract_lane',
          lane,
          operands: [v]
        })
      )

/** C = A B, of at most one block of terms. Each sum starts at +0 and takes one product at a time, in order. */
export const tinyProduct = (
  body: Body,
  kind: Kind,
  { m, n, k }: Sizes,
  a: Matrix,
  b: Matrix,
  c: Matrix
): readonly Instruction[] => {
  const factor = newLocal(body, 'v128')
  const sums = upTo(Math.min(m, rowsAtATime)).map(() => newLocal(body, 'v128'))
  const tile = (i: number, j: number): readonly Instruction[] => {
    const own = sums.slice(0, m - i)
    return [
      ...own.map((sum) => set(sum, kind.zero)),
      ...upTo(k).flatMap((p) => [
        set(factor, strip(kind, b, p, j, n)),
        ...own.map((sum, row) =>
          set(sum, op(kind.add, get(sum), op(kind.mul, element(kind.splat, a, i + row, p), get(factor))))
        )
      ]),
      ...own.flatMap((sum, row) => stored(kind, c, i + row, j, n, get(sum)))
    ]
  }
  return upTo(Math.ceil(n / kind.lanes)).flatMap((column) =>
    upTo(Math.ceil(m / rowsAtATime)).flatMap((group) => tile(group * rowsAtATime, column * kind.lanes))
  )
}
