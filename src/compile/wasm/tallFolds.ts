/** Folds of tall columns: some rows at a time, with what has been found in each strip of columns in memory. */
import { access, get, i32 } from '../../kernel/wasm/build.js'
import { bytesOf, strip } from '../elements.js'
import type { Whole } from '../graph.js'
import { isLarge, line, touch } from './ahead.js'
import type { Arranged, Axis } from './arrange.js'
import type { Body } from './body.js'
import { type Fold, combined, ofVectors, opsOf, resultOf, vectorsOf } from './folds.js'
import { elementsOf } from './inlined.js'
import { move, pointerAt, pointerFrom, repeat } from './nest.js'
import { type Strip, constantStrip, converted, kept, load, store } from './strip.js'

/** Rows that go at a time through a strip of tall columns. */
const rowsAtOnce = 16

/** Lines of the bytes that a strip of some rows takes. */
const aheadOf = (rows: number): readonly number[] => Array.from({ length: (16 * rows) / line }, (_, i) => i * line)

/** The bytes of what has been found in a strip of columns. */
export const foundBytes = (fold: Fold): number =>
  16 * opsOf(fold).length * vectorsOf(constantStrip(fold.dtype, fold.identity)).length

/** A fold of tall columns. */
interface Tall {
  readonly operation: Whole
  readonly plan: Arranged
  readonly fold: Fold
  readonly scratch: number
}

/** Columns from where pointers are, the last one into the result; they are moved behind the last column. */
export const foldTall = (
  body: Body,
  { operation, plan, fold, scratch }: Tall,
  pointers: readonly string[],
  columns: number
): void => {
  const { dtype, identity } = fold
  const first = constantStrip(dtype, identity)
  const ops = opsOf(fold)
  const strips = Math.ceil(columns / strip)
  const [{ size, steps }] = plan.run as readonly [Axis]
  const { apart } = plan
  const to = pointers.at(-1)!
  const width = vectorsOf(first).length
  const places = ops.map((_, i) => 16 * i * width)
  const vectorsAt = (from: string, at: number): Strip =>
    ofVectors(
      first.type,
      vectorsOf(first).map((_, i) => access('v128.load', at + 16 * i, get(from)))
    )
  const storeAt = (inside: Body, at: string, values: readonly Strip[]): void =>
    values.forEach((value, i) =>
      vectorsOf(value).forEach((v, half) =>
        inside.instructions.push(access('v128.store', places[i]! + 16 * half, get(at), v))
      )
    )
  const addRows = (inside: Body, rows: number, ahead: boolean): void => {
    const own = operation.operands.map((_, i) => pointerFrom(inside, pointers[i]!))
    const next = ahead ? own.map((pointer, i) => pointerFrom(inside, pointer, rows * steps[i]!)) : []
    const found = pointerAt(inside, i32(scratch))
    repeat(inside, strips, (each) => {
      let values = places.map((at) => vectorsAt(found, at))
      for (let row = 0; row < rows; row++) {
        const loaded = operation.operands.map((view, i) =>
          load(each, view.dtype, get(own[i]!), row * steps[i]!, apart[i]!)
        )
        const given = converted(each, elementsOf(each, operation, loaded), dtype)
        values = values.map((value, i) => kept(each, combined(ops[i]!, value, given)))
      }
      storeAt(each, found, values)
      for (const pointer of next) {
        touch(each, pointer, aheadOf(rows))
        move(each, pointer, 16 * rows)
      }
      own.forEach((pointer, i) => move(each, pointer, strip * apart[i]!))
      move(each, found, foundBytes(fold))
    })
    operation.operands.forEach((_, i) => move(inside, pointers[i]!, rows * steps[i]!))
  }
  const start = pointerAt(body, i32(scratch))
  const nothing = ops.map(() => first)
  repeat(body, strips, (inside) => {
    storeAt(inside, start, nothing)
    move(inside, start, foundBytes(fold))
  })
  // a strip of some rows takes so many lines, if rows of four bytes an element lie one behind the other
  const isDense = operation.operands.every(
    (view, i) => bytesOf[view.dtype] === 4 && apart[i] === 4 && steps[i] === 4 * columns
  )
  const isAhead = isDense && columns >= 4 * strip && isLarge(size * columns, 4)
  const blocks = Math.floor(size / rowsAtOnce)
  repeat(body, blocks - 1, (inside) => addRows(inside, rowsAtOnce, isAhead))
  addRows(body, rowsAtOnce, false)
  const rest = size % rowsAtOnce
  if (rest > 0) addRows(body, rest, false)
  const end = pointerAt(body, i32(scratch))
  repeat(body, strips, (inside) => {
    const values = places.map((at) => kept(inside, vectorsAt(end, at)))
    store(inside, get(to), 0, resultOf(inside, fold, values))
    move(inside, end, foundBytes(fold))
    move(inside, to, strip * bytesOf[dtype])
  })
  move(body, to, (columns - strip * strips) * bytesOf[dtype])
  operation.operands.forEach((_, i) => move(body, pointers[i]!, columns * apart[i]! - size * steps[i]!))
}
