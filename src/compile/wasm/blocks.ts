/** Blocks of elements, copied or added to others: planes of lines, whose elements may lie apart. */
import { type Kind, upTo, vectorBytes } from '../../kernel/library/kinds.js'
import { access, add, call, get, i32, increase, locals, loop, mul, op, set } from '../../kernel/wasm/build.js'
import type { Func, Instruction, MemoryOp } from '../../kernel/wasm/model.js'
import type { Access } from '../graph.js'
import { type Body, newLocal } from './body.js'

/** Distances in elements. Those of a line lie `step` apart where they come from, and `toStep` where they go to. */
interface Block {
  readonly planes: number
  readonly toPlane: number
  readonly fromPlane: number
  readonly lines: number
  readonly toLine: number
  readonly fromLine: number
  readonly count: number
  readonly step: number
  readonly toStep: number
}

/** What is done to elements. Those added to are never -0: the sum with +0 leaves them as they are. */
type Action = 'copy' | 'add'

/** Lines up to this number of vectors have code for each. */
const unrolled = 16

/** Lanes below `count`. */
const mask = ({ lanes }: Kind, count: number): Instruction => ({
  _tag: 'Vector',
  type: 'i32x4',
  values: [0, 1, 2, 3].map((i) => ((i * lanes) / 4 < count ? -1 : 0))
})

/** Every second element of two vectors of float32. */
const evens = (low: Instruction, high: Instruction): Instruction => ({
  _tag: 'Shuffle',
  bytes: [0, 8, 16, 24].flatMap((at) => [at, at + 1, at + 2, at + 3]),
  operands: [low, high]
})

/** An access at a distance from a pointer, which may be negative. */
const beyond = (name: MemoryOp, distance: number, pointer: string, ...value: readonly Instruction[]): Instruction =>
  distance < 0
    ? access(name, 0, add(get(pointer), i32(distance)), ...value)
    : access(name, distance, get(pointer), ...value)

/** Code for one line from the local `s` to the local `t`, which it may change. */
const lineOf = (kind: Kind, action: Action, count: number, step: number, toStep: number): readonly Instruction[] => {
  const { bytes, lanes, load, store, name } = kind
  const isDense = step === 1 && toStep === 1
  const isEven = action === 'copy' && name === 'f32' && step === 2 && toStep === 1
  const vector = (at: number, lanesOf?: Instruction): Instruction => {
    const place = at * step * bytes
    const from = beyond('v128.load', place, 's')
    const to = beyond('v128.load', at * bytes, 't')
    const value = isEven
      ? evens(from, beyond('v128.load', place + vectorBytes, 's'))
      : action === 'copy'
        ? from
        : op(kind.add, to, lanesOf === undefined ? from : op('v128.and', from, lanesOf))
    return beyond('v128.store', at * bytes, 't', value)
  }
  const single = (at: number): Instruction => {
    const from = beyond(load, at * step * bytes, 's')
    const to = beyond(load, at * toStep * bytes, 't')
    const value = action === 'copy' ? from : op(name === 'f32' ? 'f32.add' : 'f64.add', to, from)
    return beyond(store, at * toStep * bytes, 't', value)
  }
  const group = isDense || isEven ? lanes : 1
  const each = group === 1 ? single : (at: number) => vector(at)
  const groups = Math.floor(count / group)
  const turns = groups > unrolled ? Math.floor(groups / 4) : 0
  const ahead = 4 * group * bytes
  const rest = count % group
  const from = group * (groups - 4 * turns)
  const last =
    rest === 0
      ? []
      : isDense && action === 'copy' && count > lanes
        ? [vector(from + rest - lanes)]
        : isDense && action === 'add' && rest > 1
          ? [vector(from, mask(kind, rest))]
          : upTo(rest).map((i) => single(from + i))
  return [
    ...(turns === 0
      ? []
      : loop('at', i32(0), i32(turns), 1, [
          ...upTo(4).map((i) => each(i * group)),
          increase('s', i32(ahead * step)),
          increase('t', i32(ahead * toStep))
        ])),
    ...upTo(groups - 4 * turns).map((i) => each(i * group)),
    ...last
  ]
}

const parameters = ['to', 'from', 'planes', 'toPlane', 'fromPlane', 'lines', 'toLine', 'fromLine'] as const

/** A function of `parameters` for lines of one length: distances in bytes. */
const mover = (kind: Kind, action: Action, { count, step, toStep }: Block): Func => ({
  name: `${action}_${kind.name}_${count}_${step}_${toStep}`,
  exported: false,
  params: locals('i32', parameters),
  results: [],
  locals: locals('i32', ['plane', 'line', 'at', 's', 't']),
  body: loop('plane', i32(0), get('planes'), 1, [
    ...loop('line', i32(0), get('lines'), 1, [
      set('s', add(get('from'), mul(get('line'), get('fromLine')))),
      set('t', add(get('to'), mul(get('line'), get('toLine')))),
      ...lineOf(kind, action, count, step, toStep)
    ]),
    increase('to', get('toPlane')),
    increase('from', get('fromPlane'))
  ])
})

/** A block whose lines are as long as they can be. */
const joined = (block: Block): Block => {
  const { planes, toPlane, fromPlane, lines, toLine, fromLine, count, step, toStep } = block
  const isOne = lines === 1 || (fromLine === count * step && toLine === count * toStep)
  if (!isOne) return block
  const all = { ...block, count: count * lines, lines: 1 }
  if (planes !== 1 && (fromPlane !== all.count * step || toPlane !== all.count * toStep)) {
    return { ...all, planes: 1, lines: planes, toLine: toPlane, fromLine: fromPlane }
  }
  return { ...all, planes: 1, count: all.count * planes }
}

const moved = (
  body: Body,
  kind: Kind,
  action: Action,
  to: Instruction,
  from: Instruction,
  given: Block
): Instruction => {
  const block = joined(given)
  const helper = mover(kind, action, block)
  body.helpers.set(helper.name, helper)
  const { planes, toPlane, fromPlane, lines, toLine, fromLine } = block
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
    bytes(fromLine)
  )
}

/** Copies a block from an address to another. */
export const copied = (body: Body, kind: Kind, to: Instruction, from: Instruction, block: Block): Instruction =>
  moved(body, kind, 'copy', to, from, block)

/** Adds a block at an address to that at another, which has no -0; it may be read and written a vector beyond its end. */
export const added = (body: Body, kind: Kind, to: Instruction, from: Instruction, block: Block): Instruction =>
  moved(body, kind, 'add', to, from, block)

/** An array [outer, rows, columns] with its last two axes exchanged. */
export const exchange = (outer: number, rows: number, columns: number): Block => ({
  planes: outer,
  toPlane: rows * columns,
  fromPlane: rows * columns,
  lines: columns,
  toLine: rows,
  fromLine: 1,
  count: rows,
  step: columns,
  toStep: 1
})

/** Copies a view whose first element is at an address to another one, in row-major order. */
export const rowMajor = (
  body: Body,
  kind: Kind,
  { shape, strides }: Pick<Access, 'shape' | 'strides'>,
  from: number,
  to: number
): readonly Instruction[] => {
  const [planes = 1, lines = 1, count = 1] = [shape.at(-3), shape.at(-2), shape.at(-1)]
  const [fromPlane = 0, fromLine = 0, step = 0] = [strides.at(-3), strides.at(-2), strides.at(-1)]
  const block = { planes, toPlane: lines * count, fromPlane, lines, toLine: count, fromLine, count, step, toStep: 1 }
  const outer = shape.slice(0, -3)
  const target = newLocal(body, 'i32')
  const counters = outer.map(() => newLocal(body, 'i32'))
  const start = counters.reduce<Instruction>(
    (sum, counter, axis) => add(sum, mul(get(counter), i32(strides[axis]! * kind.bytes))),
    i32(from)
  )
  const each = [
    copied(body, kind, get(target), start, block),
    increase(target, i32(planes * lines * count * kind.bytes))
  ]
  const all = counters.reduceRight<readonly Instruction[]>(
    (inside, counter, axis) => loop(counter, i32(0), i32(outer[axis]!), 1, inside),
    each
  )
  return [set(target, i32(to)), ...all]
}
