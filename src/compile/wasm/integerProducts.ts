/** Products of matrices of int32 and booleans, modulo 2^32: sums may go in any order. */
import type { DType } from '../../DType.js'
import { add, get, i32, loop } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, newLocal } from './body.js'
import { across, combined, storeFirst, storeSome, variable } from './folds.js'
import { type Matrix, type Sizes, addressOf, transposed } from './matrix.js'
import { move, pointerAt, repeat } from './nest.js'
import { type Strip, constantStrip, converted, kept, load } from './strip.js'
import { within } from './walks.js'

/** A factor: where it lies, and the type of its elements. */
export interface Factor {
  readonly matrix: Matrix
  readonly dtype: DType
}

/** Rows whose sums run side by side. */
const rowsAtATime = 4

const zeros = constantStrip('int32', 0)

const loaded = (body: Body, dtype: DType, pointer: string, apart: number): Strip =>
  kept(body, converted(body, load(body, dtype, get(pointer), 0, apart), 'int32'))

const product = (a: Strip, b: Strip): Strip => combined('i32x4.mul', a, b)

/** Rows of C from one on, as many as are told, by strips of columns. */
const tile = (body: Body, rows: number, { n, k }: Sizes, a: Factor, b: Factor, c: Matrix, i: Instruction): void => {
  const zero = i32(0)
  const place = (matrix: Matrix, row: number, column: Instruction): Instruction =>
    addressOf(matrix, i._tag === 'Const' ? i32(i.value + row) : add(i, i32(row)), column)
  const columns = (inner: Body, from: Instruction, count: number): void => {
    const right = pointerAt(inner, addressOf(b.matrix, zero, from))
    const left = Array.from({ length: rows }, (_, row) => pointerAt(inner, place(a.matrix, row, zero)))
    const sums = left.map(() => variable(inner, zeros))
    repeat(inner, k, (each) => {
      const factors = loaded(each, b.dtype, right, b.matrix.column)
      sums.forEach(({ value, assign }, row) => {
        const factor = loaded(each, a.dtype, left[row]!, 0)
        assign(each, combined('i32x4.add', value, product(factor, factors)))
      })
      for (const pointer of left) move(each, pointer, a.matrix.column)
      move(each, right, b.matrix.row)
    })
    sums.forEach(({ value }, row) => storeSome(inner, get(pointerAt(inner, place(c, row, from))), value, count))
  }
  const rest = n % strip
  const column = newLocal(body, 'i32')
  const strips = within(body, (inner) => columns(inner, get(column), strip))
  if (n >= strip) body.instructions.push(...loop(column, zero, i32(n - rest), strip, strips))
  if (rest > 0) columns(body, i32(n - rest), rest)
}

/** One row of C, each element by strips of terms, which lie side by side in both factors. */
const dots = (body: Body, { n, k }: Sizes, a: Factor, b: Factor, c: Matrix): void => {
  const column = newLocal(body, 'i32')
  const zero = i32(0)
  const whole = Math.floor(k / strip)
  const inside = within(body, (inner) => {
    const left = pointerAt(inner, addressOf(a.matrix, zero, zero))
    const right = pointerAt(inner, addressOf(b.matrix, zero, get(column)))
    const sum = variable(inner, zeros)
    const terms = (each: Body, apart: readonly [a: number, b: number]): Strip =>
      product(loaded(each, a.dtype, left, apart[0]), loaded(each, b.dtype, right, apart[1]))
    repeat(inner, whole, (each) => {
      sum.assign(each, combined('i32x4.add', sum.value, terms(each, [a.matrix.column, b.matrix.row])))
      move(each, left, strip * a.matrix.column)
      move(each, right, strip * b.matrix.row)
    })
    const total = variable(inner, across(inner, 'i32x4.add', sum.value))
    repeat(inner, k % strip, (each) => {
      total.assign(each, combined('i32x4.add', total.value, terms(each, [0, 0])))
      move(each, left, a.matrix.column)
      move(each, right, b.matrix.row)
    })
    storeFirst(inner, get(pointerAt(inner, addressOf(c, zero, get(column)))), total.value)
  })
  body.instructions.push(...loop(column, zero, i32(n), 1, inside))
}

/** C = A B, all sizes at least 1. */
export const integerProduct = (body: Body, sizes: Sizes, a: Factor, b: Factor, c: Matrix): readonly Instruction[] => {
  const { m, n, k } = sizes
  if (n === 1 && m > 1) {
    const row = { ...c, row: c.row * m, column: bytesOf.int32 }
    const [left, right] = [b, a].map(({ matrix, dtype }) => ({ matrix: transposed(matrix), dtype }))
    return integerProduct(body, { m: 1, n: m, k }, left!, right!, row)
  }
  return within(body, (inner) => {
    const liesAcross = b.matrix.column !== bytesOf[b.dtype] && b.matrix.row === bytesOf[b.dtype]
    if (m === 1 && liesAcross && a.matrix.column === bytesOf[a.dtype]) return dots(inner, sizes, a, b, c)
    const row = newLocal(inner, 'i32')
    const whole = m - (m % rowsAtATime)
    const tiles = within(inner, (each) => tile(each, rowsAtATime, sizes, a, b, c, get(row)))
    if (whole > 0) inner.instructions.push(...loop(row, i32(0), i32(whole), rowsAtATime, tiles))
    if (m > whole) tile(inner, m - whole, sizes, a, b, c, i32(whole))
  })
}
