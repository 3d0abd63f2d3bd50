/** Matrices with their axes exchanged, of float32 in tiles of four by four. */
import { type Kind, float32, upTo, vectorBytes } from '../../kernel/library/kinds.js'
import { access, add, call, get, i32, increase, locals, loop, mul, set } from '../../kernel/wasm/build.js'
import type { Func, Instruction } from '../../kernel/wasm/model.js'
import { copied } from './blocks.js'
import type { Body } from './body.js'

/** Rows of elements side by side, and how far apart the rows are; those of the result are columns. */
export interface Turn {
  readonly rows: number
  readonly columns: number
  readonly fromRow: number
  readonly toColumn: number
}

const tile = 4

/** Words of two vectors, counted from the first one's. */
export const words = (numbers: readonly number[], a: string, b: string): Instruction => ({
  _tag: 'Shuffle',
  bytes: numbers.flatMap((n) => upTo(4).map((i) => 4 * n + i)),
  operands: [get(a), get(b)]
})

const names = (prefix: string): readonly string[] => upTo(tile).map((i) => `${prefix}${i}`)

/** `turn(to, toColumn, from, fromRow, rows, columns)`: whole tiles, distances in bytes. */
const turn: Func = {
  name: 'turn',
  exported: false,
  params: locals('i32', ['to', 'toColumn', 'from', 'fromRow', 'rows', 'columns']),
  results: [],
  locals: [...locals('i32', ['row', 'column', 's', 't']), ...locals('v128', [...names('a'), ...names('b')])],
  body: loop('row', i32(0), get('rows'), tile, [
    set('s', add(get('from'), mul(get('row'), get('fromRow')))),
    set('t', add(get('to'), mul(get('row'), i32(float32.bytes)))),
    ...loop('column', i32(0), get('columns'), tile, [
      ...upTo(tile).map((i) => set(`a${i}`, access('v128.load', 0, add(get('s'), mul(get('fromRow'), i32(i)))))),
      set('b0', words([0, 4, 1, 5], 'a0', 'a1')),
      set('b1', words([2, 6, 3, 7], 'a0', 'a1')),
      set('b2', words([0, 4, 1, 5], 'a2', 'a3')),
      set('b3', words([2, 6, 3, 7], 'a2', 'a3')),
      access('v128.store', 0, get('t'), words([0, 1, 4, 5], 'b0', 'b2')),
      increase('t', get('toColumn')),
      access('v128.store', 0, get('t'), words([2, 3, 6, 7], 'b0', 'b2')),
      increase('t', get('toColumn')),
      access('v128.store', 0, get('t'), words([0, 1, 4, 5], 'b1', 'b3')),
      increase('t', get('toColumn')),
      access('v128.store', 0, get('t'), words([2, 3, 6, 7], 'b1', 'b3')),
      increase('t', get('toColumn')),
      increase('s', i32(vectorBytes))
    ])
  ])
}

/** Copies the rows of a matrix at an address into the columns of another one. */
export const turned = (
  body: Body,
  kind: Kind,
  to: Instruction,
  from: Instruction,
  { rows, columns, fromRow, toColumn }: Turn
): readonly Instruction[] => {
  const bytes = (elements: number): Instruction => i32(elements * kind.bytes)
  const isTiled = kind.bytes === float32.bytes
  const [m, n] = isTiled ? [rows - (rows % tile), columns - (columns % tile)] : [0, 0]
  /** The elements from a row and a column on, one by one. */
  const single = (row: number, column: number, lines: number, count: number): readonly Instruction[] => {
    const block = {
      planes: 1,
      toPlane: 0,
      fromPlane: 0,
      lines,
      toLine: 1,
      fromLine: fromRow,
      count,
      step: 1,
      toStep: toColumn
    }
    if (lines * count === 0) return []
    const [target, source] = [add(to, bytes(column * toColumn + row)), add(from, bytes(row * fromRow + column))]
    return [copied(body, kind, target, source, block)]
  }
  if (m * n === 0) return single(0, 0, rows, columns)
  body.helpers.set(turn.name, turn)
  return [
    call(turn.name, to, bytes(toColumn), from, bytes(fromRow), i32(m), i32(n)),
    ...single(0, n, m, columns - n),
    ...single(m, 0, rows - m, columns)
  ]
}
