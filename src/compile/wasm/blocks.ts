/** Copies of blocks of elements: planes of lines, whose elements may lie apart. */
import type { Kind } from '../../kernel/library/kinds.js'
import { vectorBytes } from '../../kernel/library/kinds.js'
import {
  access,
  add,
  call,
  get,
  i32,
  increase,
  locals,
  loop,
  mul,
  op,
  set,
  sub,
  when
} from '../../kernel/wasm/build.js'
import type { Func, Instruction } from '../../kernel/wasm/model.js'
import type { Body } from './body.js'

/** Distances in elements. Those that are copied lie side by side in a line, and `step` apart where they come from. */
export interface Block {
  readonly planes: number
  readonly toPlane: number
  readonly fromPlane: number
  readonly lines: number
  readonly toLine: number
  readonly fromLine: number
  readonly count: number
  readonly step: number
}

/** `copy(to, from, planes, toPlane, fromPlane, lines, toLine, fromLine, length, step)`: distances, and the length of a line, in bytes. */
const copy = ({ name, bytes, load, store }: Kind): Func => {
  const single = [
    access(store, 0, get('t'), access(load, 0, get('s'))),
    increase('s', get('step')),
    increase('t', i32(bytes))
  ]
  const whole = [
    access('v128.store', 0, get('t'), access('v128.load', 0, get('s'))),
    increase('s', i32(vectorBytes)),
    increase('t', i32(vectorBytes))
  ]
  return {
    name: `copy_${name}`,
    exported: false,
    params: locals('i32', [
      'to',
      'from',
      'planes',
      'toPlane',
      'fromPlane',
      'lines',
      'toLine',
      'fromLine',
      'length',
      'step'
    ]),
    results: [],
    locals: locals('i32', ['plane', 'line', 'at', 's', 't']),
    body: loop('plane', i32(0), get('planes'), 1, [
      ...loop('line', i32(0), get('lines'), 1, [
        set('s', add(get('from'), mul(get('line'), get('fromLine')))),
        set('t', add(get('to'), mul(get('line'), get('toLine')))),
        set('at', i32(0)),
        when(
          op('i32.eq', get('step'), i32(bytes)),
          loop('at', i32(0), sub(get('length'), i32(vectorBytes - 1)), vectorBytes, whole)
        ),
        ...loop('at', get('at'), get('length'), bytes, single)
      ]),
      increase('to', get('toPlane')),
      increase('from', get('fromPlane'))
    ])
  }
}

/** Copies a block from an address to another. */
export const copied = (body: Body, kind: Kind, to: Instruction, from: Instruction, block: Block): Instruction => {
  const helper = copy(kind)
  body.helpers.set(helper.name, helper)
  const { planes, toPlane, fromPlane, lines, toLine, fromLine, count, step } = block
  const bytes = (elements: number): Instruction => i32(elements * kind.bytes)
  return call(
    helper.name,
    to,
    from,
    i32(planes),
    bytes(toPlane),
    bytes(fromPlane),
    i32(lines),
    bytes(toLine),
    bytes(fromLine),
    bytes(count),
    bytes(step)
  )
}

/** An array [outer, rows, columns] with its last two axes exchanged. */
export const exchange = (outer: number, rows: number, columns: number): Block => ({
  planes: outer,
  toPlane: rows * columns,
  fromPlane: rows * columns,
  lines: columns,
  toLine: rows,
  fromLine: 1,
  count: rows,
  step: columns
})
