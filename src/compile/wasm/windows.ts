/** Maxima and sums over windows of images, as in kernel/windows.ts: an image is a row, and a table has the places of each window in it. */
import { upTo } from '../../kernel/library/kinds.js'
import { isContiguous } from '../../kernel/strided.js'
import { access, add, get, i32, increase, loop, op, set, sub, tee } from '../../kernel/wasm/build.js'
import type { Instruction, MemoryOp, PlainOp } from '../../kernel/wasm/model.js'
import type { Windows } from '../../kernel/windows.js'
import { type Shape, size } from '../../shape/model.js'
import { type AxisWindows, insidesOf, positionsOf } from '../../tensor/poolingWindows.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Body, newLocal } from './body.js'

// -----------------------------------------------------------------------------
// elements
// -----------------------------------------------------------------------------

interface Element {
  readonly type: 'f32' | 'f64' | 'i32'
  readonly bytes: number
  readonly load: MemoryOp
  readonly store: MemoryOp
  readonly greater: PlainOp
}

const elements = {
  float32: { type: 'f32', bytes: 4, load: 'f32.load', store: 'f32.store', greater: 'f32.gt' },
  float64: { type: 'f64', bytes: 8, load: 'f64.load', store: 'f64.store', greater: 'f64.gt' },
  int32: { type: 'i32', bytes: 4, load: 'i32.load', store: 'i32.store', greater: 'i32.gt_s' }
} as const

const elementOf = ({ dtype }: Access): Element | undefined => (dtype === 'bool' ? undefined : elements[dtype])

/** The most elements of a window: each has code of its own. */
const most = 64

/** Images of the given size in row-major order, all of them with elements. */
const rowsOf = ({ shape, strides }: Access, length: number): number | undefined =>
  isContiguous(shape, strides) && size(shape) > 0 && length > 0 ? size(shape) / length : undefined

// -----------------------------------------------------------------------------
// tables
// -----------------------------------------------------------------------------

/** The places of windows in bytes, from one element of a window to the next where all windows have the same. */
interface Table {
  readonly data: Int32Array
  /** How many numbers of the table a window has. */
  readonly step: number
  /** The place of an element; negative outside of the image, which `isInside` excludes. */
  readonly place: (pointer: string, first: string, number: number) => Instruction
  readonly isInside: boolean
}

const tableOf = ({ positions, elements: length, count }: Windows, bytes: number): Table => {
  const isInside = positions.every((at) => at >= 0)
  const places = positions.map((at) => (at < 0 ? -1 : at * bytes))
  const firsts = Int32Array.from({ length: count }, (_, w) => places[w * length]!)
  const isEven =
    isInside && places.every((at, i) => at - firsts[Math.floor(i / length)]! === places[i % length]! - places[0]!)
  return isEven
    ? {
        data: firsts,
        step: 1,
        isInside,
        place: (_, first, number) => add(get(first), i32(places[number]! - places[0]!))
      }
    : {
        data: places,
        step: length,
        isInside,
        place: (pointer, first, number) => (number === 0 ? get(first) : access('i32.load', 4 * number, get(pointer)))
      }
}

/** A loop over images and their windows: `inside` has the address of the image, of the window in the table, and its first place. */
const forEachWindow = (
  body: Body,
  rows: number,
  rowBytes: number,
  count: number,
  { step }: Table,
  from: number,
  table: number,
  inside: (image: string, window: string, first: string) => readonly Instruction[]
): readonly Instruction[] => {
  const [row, image, window] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
  const first = newLocal(body, 'i32')
  return [
    set(image, i32(from)),
    ...loop(row, i32(0), i32(rows), 1, [
      ...loop(window, i32(table), i32(table + 4 * step * count), 4 * step, [
        set(first, access('i32.load', 0, get(window))),
        ...inside(image, window, first)
      ]),
      increase(image, i32(rowBytes))
    ])
  ]
}

// -----------------------------------------------------------------------------
// maxima
// -----------------------------------------------------------------------------

interface OverWindows {
  readonly windows: readonly AxisWindows[]
}

const imageOf = (shape: Shape, { windows }: OverWindows): Shape => shape.slice(shape.length - windows.length)

const hasInside = ({ positions, elements: length, count }: Windows): boolean =>
  upTo(count).every((w) => positions.subarray(w * length, (w + 1) * length).some((at) => at >= 0))

export const windowMaxLowering = ({ operands, results }: Whole, params: OverWindows): Emitter | undefined => {
  const [x] = operands
  const element = x && elementOf(x)
  if (x === undefined || element === undefined || results.some(({ shape }) => size(shape) === 0)) return undefined
  const image = imageOf(x.shape, params)
  const rows = rowsOf(x, size(image))
  const given = positionsOf(image, params.windows)
  if (rows === undefined || given.elements > most || !hasInside(given)) return undefined
  const windows = insidesOf('windowMax', image, params.windows)
  const { type, bytes, load, store, greater } = element
  const table = tableOf(windows, bytes)
  return {
    tables: [table.data],
    emit: (body, places) => {
      const [values, positions] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
      const [best, value] = [newLocal(body, type), newLocal(body, type)]
      const [place, at] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
      // The first NaN, or else the first of the largest. A branch that depends on the values would cost more than all the rest.
      const isLarger = op(greater, get(value), get(best))
      const wins =
        type === 'i32'
          ? isLarger
          : op(
              'i32.or',
              isLarger,
              op('i32.gt_u', op(`${type}.ne`, get(value), get(value)), op(`${type}.ne`, get(best), get(best)))
            )
      const another = (window: string, first: string, image: string, number: number): readonly Instruction[] => [
        set(at, table.place(window, first, number)),
        set(value, access(load, 0, add(get(image), get(at)))),
        set(place, op('i32.xor', get(place), op('i32.and', op('i32.xor', get(place), get(at)), sub(i32(0), wins)))),
        set(best, access(load, 0, add(get(image), get(place))))
      ]
      body.instructions.push(
        set(values, i32(places.result(0))),
        set(positions, i32(places.result(1))),
        ...forEachWindow(
          body,
          rows,
          size(image) * bytes,
          windows.count,
          table,
          places.operand(x),
          places.table(0),
          (start, window, first) => [
            set(best, access(load, 0, add(get(start), tee(place, get(first))))),
            ...upTo(windows.elements - 1).flatMap((i) => another(window, first, start, i + 1)),
            access(store, 0, get(values), get(best)),
            access('i32.store', 0, get(positions), op('i32.div_u', get(place), i32(bytes))),
            increase(values, i32(bytes)),
            increase(positions, i32(4))
          ]
        )
      )
    }
  }
}

// -----------------------------------------------------------------------------
// sums
// -----------------------------------------------------------------------------

const none: Instruction = { _tag: 'Const', type: 'f64', value: 0 }

const plus = (a: Instruction, b: Instruction): Instruction => op('f64.add', a, b)

/** The sum in the order of kernel/sumFloat32.ts: groups of eight, and then one by one. */
const summed = (terms: readonly Instruction[]): Instruction => {
  const whole = terms.length < 8 ? 0 : terms.length - (terms.length % 8)
  const groups = upTo(whole / 8).map((group) => {
    const [a, b, c, d, e, f, g, h] = terms.slice(8 * group, 8 * group + 8)
    return plus(plus(plus(a!, e!), plus(c!, g!)), plus(plus(b!, f!), plus(d!, h!)))
  })
  return [...groups, ...terms.slice(whole)].reduce(plus, none)
}

export const windowSumsLowering = ({ operands, results }: Whole, params: OverWindows): Emitter | undefined => {
  const [x] = operands
  const element = x && elementOf(x)
  if (x === undefined || element === undefined || element.type === 'i32' || size(results[0]!.shape) === 0)
    return undefined
  const image = imageOf(x.shape, params)
  const rows = rowsOf(x, size(image))
  const windows = positionsOf(image, params.windows)
  if (rows === undefined || windows.elements > most || windows.elements === 0) return undefined
  const { type, bytes, load, store } = element
  const table = tableOf(windows, bytes)
  return {
    tables: [table.data],
    emit: (body, places) => {
      const [to, at] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
      const wide = (v: Instruction): Instruction => (type === 'f32' ? op('f64.promote_f32', v) : v)
      const narrow = (v: Instruction): Instruction => (type === 'f32' ? op('f32.demote_f64', v) : v)
      /** An element, or 0 outside of the image; the element read instead is the first one of the image. */
      const term = (window: string, first: string, start: string, number: number): Instruction => {
        const place = table.place(window, first, number)
        if (table.isInside) return wide(access(load, 0, add(get(start), place)))
        const isOutside = op('i32.lt_s', get(at), i32(0))
        const inside = op('select', i32(0), tee(at, place), isOutside)
        return op('select', none, wide(access(load, 0, add(get(start), inside))), isOutside)
      }
      body.instructions.push(
        set(to, i32(places.result(0))),
        ...forEachWindow(
          body,
          rows,
          size(image) * bytes,
          windows.count,
          table,
          places.operand(x),
          places.table(0),
          (start, window, first) => [
            access(store, 0, get(to), narrow(summed(upTo(windows.elements).map((i) => term(window, first, start, i))))),
            increase(to, i32(bytes))
          ]
        )
      )
    }
  }
}
