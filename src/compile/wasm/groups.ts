/**
 * Sums in the order of kernel/sumOrder.ts: each whole group of eight terms adds `((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7))`, what is left
 * is added one by one.
 */
import type { DType } from '../../DType.js'
import { get, op, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { bytesOf } from '../elements.js'
import { isLarge, line, touch } from './ahead.js'
import { type Body, keep, newLocal } from './body.js'
import { type Level, level, move, pointerFrom, repeat, walk } from './nest.js'
import { type Strip, type Wide, load, widened } from './strip.js'

/** What lies along a lane: four elements at a time, of the lane or side by side in four lanes. */
export interface Source {
  readonly dtype: DType
  /** A local with the address of the first element; it is moved. */
  readonly pointer: string
  /** Bytes between the four. */
  readonly across: number
}

/** An axis of a lane: bytes between neighbours in each source. */
interface Axis {
  readonly size: number
  readonly steps: readonly number[]
}

/** Four terms of each of some sums from four elements of each source. */
export type Terms = (body: Body, elements: readonly Strip[]) => readonly Wide[]

/** The terms as they are. */
export const plain: Terms = (body, elements) => elements.map((each) => widened(body, each))

const plus = (a: Instruction, b: Instruction): Instruction => op('f64x2.add', a, b)

export const laneOf = (lane: 0 | 1, v: Instruction): Instruction => ({
  _tag: 'Lane',
  op: 'f64x2.extract_lane',
  lane,
  operands: [v]
})

/** The terms of the elements at a distance. */
const termsAt = (body: Body, sources: readonly Source[], distances: readonly number[], terms: Terms): readonly Wide[] =>
  terms(
    body,
    sources.map(({ dtype, pointer, across }, i) => load(body, dtype, get(pointer), distances[i]!, across))
  )

const pointersOf = (sources: readonly Source[]): readonly string[] => sources.map(({ pointer }) => pointer)

/** The levels of the groups of a lane: all of it, if it has one axis; its last axis has whole groups, if it has more. */
export const groupLevels = (axes: readonly Axis[]): readonly Level[] =>
  axes.map(({ size, steps }, i) =>
    i < axes.length - 1 ? level(size, steps) : level(Math.floor(size / 8), scaled(steps, 8))
  )

const scaled = (steps: readonly number[], by: number): readonly number[] => steps.map((step) => by * step)

const zero: Instruction = { _tag: 'Const', type: 'f64', value: 0 }
const zeros: Instruction = { _tag: 'Vector', type: 'f64x2', values: [0, 0] }

/** Pages of memory that are read at the same time, which is faster than one behind the other. */
const pagesAhead = [0, 4096, 8192, 12288]
const linesOfPage = 4096 / line

/** Elements of four bytes in these pages. */
const blockAhead = 4096

/** The axes of a lane without its first elements, if there are such. */
const rowsFrom = (axes: readonly Axis[], done: number): readonly Axis[] =>
  done === 0 ? axes : axes.map(({ size, steps }) => ({ size: size - done, steps }))

/** Sums along a row, in locals. */
export const rowSums = (
  body: Body,
  sources: readonly Source[],
  axes: readonly Axis[],
  count: number,
  terms: Terms
): readonly Instruction[] => {
  const sums = Array.from({ length: count }, () => newLocal(body, 'f64'))
  for (const sum of sums) body.instructions.push(set(sum, zero))
  const addTo = (inside: Body, sum: string, term: Instruction): void => {
    inside.instructions.push(set(sum, op('f64.add', get(sum), term)))
  }
  const four = (times: number): readonly number[] => sources.map(({ across }) => times * across)
  const addGroup = (inside: Body, at = 0): void => {
    const first = termsAt(inside, sources, four(at), terms)
    const second = termsAt(inside, sources, four(at + 4), terms)
    sums.forEach((sum, i) => {
      const [a, b] = [first[i]!, second[i]!]
      const both = keep(inside, 'v128', plus(plus(a.lo, b.lo), plus(a.hi, b.hi)))
      addTo(inside, sum, op('f64.add', laneOf(0, both), laneOf(1, both)))
    })
  }
  const pointers = pointersOf(sources)
  const [{ size, steps }] = axes as readonly [Axis]
  const isDense = sources.every(({ dtype, across }) => bytesOf[dtype] === 4 && across === 4)
  const ahead = axes.length === 1 && isDense && isLarge(size, 4) ? Math.floor(size / blockAhead) - 1 : 0
  repeat(body, ahead, (inside) => {
    const next = pointers.map((pointer) => pointerFrom(inside, pointer, 4 * blockAhead))
    repeat(inside, linesOfPage, (each) => {
      for (const pointer of next) {
        touch(each, pointer, pagesAhead)
        move(each, pointer, line)
      }
      walk(each, [level(blockAhead / linesOfPage / 16, scaled(steps, 16))], pointers, (two) => {
        addGroup(two)
        addGroup(two, 8)
      })
    })
  })
  walk(body, groupLevels(rowsFrom(axes, ahead * blockAhead)), pointers, (inside) => addGroup(inside))
  const rest = axes.at(-1)!.size % 8
  for (let done = 0; done < rest; done += 4) {
    const found = termsAt(body, sources, four(done), terms)
    sums.forEach((sum, i) => {
      const { lo, hi } = found[i]!
      const single = [laneOf(0, lo), laneOf(1, lo), laneOf(0, hi), laneOf(1, hi)]
      for (const term of single.slice(0, rest - done)) addTo(body, sum, term)
    })
  }
  return sums.map(get)
}

/** Four columns' sums, and a group of eight rows more. */
export const withGroup = (
  body: Body,
  sources: readonly Source[],
  steps: readonly number[],
  terms: Terms,
  sums: readonly Wide[]
): readonly Wide[] => {
  const eight = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => termsAt(body, sources, scaled(steps, i), terms))
  const added = (k: number, half: 'lo' | 'hi'): Instruction => {
    const [d0, d1, d2, d3, d4, d5, d6, d7] = eight.map((each) => each[k]![half])
    const even = plus(plus(d0!, d4!), plus(d2!, d6!))
    const odd = plus(plus(d1!, d5!), plus(d3!, d7!))
    return plus(sums[k]![half], plus(even, odd))
  }
  return sums.map((_, k) => ({ type: 'f64', lo: added(k, 'lo'), hi: added(k, 'hi') }))
}

/** Four columns' sums, and some rows more, one by one. */
export const withRows = (
  body: Body,
  sources: readonly Source[],
  steps: readonly number[],
  terms: Terms,
  sums: readonly Wide[],
  rows: number
): readonly Wide[] => {
  let result = sums
  for (let i = 0; i < rows; i++) {
    const found = termsAt(body, sources, scaled(steps, i), terms)
    result = result.map(({ lo, hi }, k) => ({ type: 'f64', lo: plus(lo, found[k]!.lo), hi: plus(hi, found[k]!.hi) }))
  }
  return result
}

/** Sums along four columns, in locals. */
export const columnSums = (
  body: Body,
  sources: readonly Source[],
  axes: readonly Axis[],
  count: number,
  terms: Terms
): readonly Wide[] => {
  const names = Array.from({ length: count }, () => ({ lo: newLocal(body, 'v128'), hi: newLocal(body, 'v128') }))
  const sums = names.map(({ lo, hi }): Wide => ({ type: 'f64', lo: get(lo), hi: get(hi) }))
  const assign = (inside: Body, values: readonly Wide[]): void =>
    values.forEach(({ lo, hi }, k) => inside.instructions.push(set(names[k]!.lo, lo), set(names[k]!.hi, hi)))
  assign(
    body,
    names.map(() => ({ type: 'f64', lo: zeros, hi: zeros }))
  )
  const { steps, size } = axes.at(-1)!
  walk(body, groupLevels(axes), pointersOf(sources), (inside) =>
    assign(inside, withGroup(inside, sources, steps, terms, sums))
  )
  if (size % 8 > 0) assign(body, withRows(body, sources, steps, terms, sums, size % 8))
  return sums
}
