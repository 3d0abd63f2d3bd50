/** Maxima and sums over windows of images, as in kernel/windows.ts: a table has the places of each window in an image; maxima are those of several images at a time. */
import { type Kind, float32, float64, upTo, vectorBytes } from '../../kernel/library/kinds.js'
import { isContiguous } from '../../kernel/strided.js'
import { access, add, get, i32, increase, loop, op, set, tee } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import type { Windows } from '../../kernel/windows.js'
import { type Shape, size } from '../../shape/model.js'
import { type AxisWindows, insidesOf, positionsOf } from '../../tensor/poolingWindows.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Body, newLocal } from './body.js'
import { type Turn, turned, words } from './turns.js'

// -----------------------------------------------------------------------------
// elements
// -----------------------------------------------------------------------------

interface Element {
  /** How elements are loaded, stored and copied: those of int32 as float32, whose bits stay. */
  readonly kind: Kind
  readonly vector: 'f32x4' | 'f64x2' | 'i32x4'
}

const elements = {
  float32: { kind: float32, vector: 'f32x4' },
  float64: { kind: float64, vector: 'f64x2' },
  int32: { kind: float32, vector: 'i32x4' }
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

/** Vectors have an element of each of some images, which lie in working memory place by place. */
export const windowMaxLowering = ({ operands, results }: Whole, params: OverWindows): Emitter | undefined => {
  const [x] = operands
  const element = x && elementOf(x)
  if (x === undefined || element === undefined || results.some(({ shape }) => size(shape) === 0)) return undefined
  const image = imageOf(x.shape, params)
  const [rows, length] = [rowsOf(x, size(image)), size(image)]
  const given = positionsOf(image, params.windows)
  if (rows === undefined || given.elements > most || !hasInside(given)) return undefined
  const windows = insidesOf('windowMax', image, params.windows)
  const { count, elements: taps } = windows
  const { kind, vector } = element
  const table = tableOf(windows, vectorBytes)
  const [values, positions] = [vectorBytes * length, vectorBytes * (length + count)]
  return {
    scratch: vectorBytes * (length + 2 * count + 1),
    tables: [table.data],
    emit: (body, { operand, result, scratch, table: tableAt }) => {
      const [from, toValues, toPositions] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
      const [row, window, to] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
      const [first, at] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
      const [best, value] = [newLocal(body, 'v128'), newLocal(body, 'v128')]
      const [place, wins] = [newLocal(body, 'v128'), newLocal(body, 'v128')]
      // The first NaN, or else the first of the largest.
      const isLarger = op(
        'v128.andnot',
        op(`${vector}.eq`, get(best), get(best)),
        op(vector === 'i32x4' ? 'i32x4.le_s' : `${vector}.le`, get(value), get(best))
      )
      const another = (number: number): readonly Instruction[] => [
        set(value, access('v128.load', scratch, tee(at, table.place(window, first, number)))),
        set(wins, isLarger),
        set(best, op('v128.bitselect', get(value), get(best), get(wins))),
        set(place, op('v128.bitselect', op('i32x4.splat', get(at)), get(place), get(wins)))
      ]
      const { lanes } = kind
      const turnOf = (images: number): Turn => ({ rows: images, columns: length, fromRow: length, toColumn: lanes })
      /** Images that lie place by place, as images. */
      const apart = (images: number, each: Kind, to: string, from: number, fromRow: number): readonly Instruction[] => {
        const turn = { rows: count, columns: images, fromRow, toColumn: count }
        return turned(body, each, get(to), i32(scratch + from), turn)
      }
      const forImages = (images: number): readonly Instruction[] => [
        ...turned(body, kind, i32(scratch), get(from), turnOf(images)),
        set(to, i32(scratch)),
        ...loop(window, i32(tableAt(0)), i32(tableAt(0) + 4 * table.step * count), 4 * table.step, [
          set(best, access('v128.load', scratch, tee(first, access('i32.load', 0, get(window))))),
          set(place, op('i32x4.splat', get(first))),
          ...upTo(taps - 1).flatMap((i) => another(i + 1)),
          access('v128.store', values, get(to), get(best)),
          set(place, op('i32x4.shr_u', get(place), i32(Math.log2(vectorBytes)))),
          access('v128.store', positions, get(to), lanes === 2 ? words([0, 2, 0, 2], place, place) : get(place)),
          increase(to, i32(vectorBytes))
        ]),
        ...apart(images, kind, toValues, values, lanes),
        ...apart(images, float32, toPositions, positions, 4),
        increase(from, i32(images * length * kind.bytes)),
        increase(toValues, i32(images * count * kind.bytes)),
        increase(toPositions, i32(images * count * 4))
      ]
      const rest = rows % kind.lanes
      body.instructions.push(
        set(from, i32(operand(x))),
        set(toValues, i32(result(0))),
        set(toPositions, i32(result(1))),
        ...loop(row, i32(0), i32(rows - rest), kind.lanes, forImages(kind.lanes)),
        ...(rest === 0 ? [] : forImages(rest))
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
  if (x === undefined || element === undefined || element.vector === 'i32x4' || size(results[0]!.shape) === 0)
    return undefined
  const image = imageOf(x.shape, params)
  const rows = rowsOf(x, size(image))
  const windows = positionsOf(image, params.windows)
  if (rows === undefined || windows.elements > most || windows.elements === 0) return undefined
  const { name: type, bytes, load, store } = element.kind
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
