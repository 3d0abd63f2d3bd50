/**
 * How an operation along axes sees its operands: lanes, along which it works, for all places of the axes that are kept. Lanes lie side by
 * side, or their elements do; what lies otherwise is copied.
 */
import { access, i32 } from '../../kernel/wasm/build.js'
import { type Shape, strides as denseStrides, size } from '../../shape/model.js'
import { bytesOf, strip } from '../elements.js'
import type { Access, Whole } from '../graph.js'
import type { Places } from '../lowering.js'
import type { Body } from './body.js'
import { type Level, level, pointerAt, strips, walk } from './nest.js'
import { load, store } from './strip.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** An axis, and how far neighbours along it lie apart in each view, in bytes. */
export interface Axis {
  readonly size: number
  readonly steps: readonly number[]
}

export interface Arranged {
  /** Rows: one lane at a time, whose elements lie side by side. Columns: strips of lanes, which do. */
  readonly mode: 'rows' | 'columns'
  /** The places of the kept axes, for pointers into the operands and into the result. */
  readonly kept: readonly Level[]
  /** The lanes that lie side by side; 1 for rows. */
  readonly columns: number
  /** The axes of a lane, of which there is at least one. */
  readonly run: readonly Axis[]
  /** For each pointer, the bytes between the four elements of a strip: of a row, or of columns. */
  readonly apart: readonly number[]
  /** The length of a lane. */
  readonly n: number
  /** Working memory that is taken for copies. */
  readonly copied: number
  /** Writes the copies; the addresses of the operands. */
  readonly begin: (body: Body, places: Places) => readonly number[]
}

/** A view, by bytes. */
interface Seen {
  readonly unit: number
  readonly steps: readonly number[]
}

// -----------------------------------------------------------------------------
// axes
// -----------------------------------------------------------------------------

/** Some axes of views: those of size 1 are left out, and two are one where each step of the outer one is a run of the inner one. */
const merged = (shape: Shape, axes: readonly number[], views: readonly Seen[]): readonly Axis[] => {
  const found: Axis[] = []
  for (const axis of axes) {
    const n = shape[axis]!
    const steps = views.map((view) => view.steps[axis]!)
    const outer = found.at(-1)
    if (n === 1) continue
    if (outer?.steps.every((step, i) => step === steps[i]! * n)) {
      found[found.length - 1] = { size: outer.size * n, steps }
    } else found.push({ size: n, steps })
  }
  return found
}

/** Whether neighbours along an axis lie side by side, or are the same. */
const isEven = (axis: Axis | undefined, views: readonly Seen[]): boolean =>
  axis !== undefined && axis.steps.every((step, i) => step === 0 || step === views[i]!.unit)

const seen = ({ strides, dtype }: Pick<Access, 'strides' | 'dtype'>): Seen => ({
  unit: bytesOf[dtype],
  steps: strides.map((stride) => stride * bytesOf[dtype])
})

// -----------------------------------------------------------------------------
// copies
// -----------------------------------------------------------------------------

/** The bytes of a copy, and of a strip behind it. */
const room = ({ shape, dtype }: Pick<Access, 'shape' | 'dtype'>): number =>
  Math.ceil(((size(shape) + strip) * bytesOf[dtype]) / 16) * 16

const moves = {
  1: ['i32.load8_u', 'i32.store8'],
  4: ['i32.load', 'i32.store'],
  8: ['i64.load', 'i64.store']
} as const

/** Copies a view, its axes in a given order. */
const copy = (body: Body, view: Access, order: readonly number[], from: number, to: number): void => {
  const shape = order.map((axis) => view.shape[axis]!)
  const target = { dtype: view.dtype, strides: denseStrides(shape) }
  const source = seen({ dtype: view.dtype, strides: order.map((axis) => view.strides[axis]!) })
  const axes = merged(
    shape,
    order.map((_, i) => i),
    [source, seen(target)]
  )
  const pointers = [from, to].map((address) => pointerAt(body, i32(address)))
  const [read, write] = pointers.map((name) => ({ _tag: 'Get' as const, name }))
  const last = axes.at(-1)
  const step = last?.steps[0] ?? 0
  const isShort = last === undefined || (last.size < strip && step !== source.unit)
  const outer = axes.slice(0, isShort ? axes.length : -1).map((axis) => level(axis.size, axis.steps))
  const levels = isShort ? outer : [...outer, strips(last.size, last.steps)]
  walk(body, levels, pointers, (inside) => {
    if (!isShort) return store(inside, write!, 0, load(inside, view.dtype, read!, 0, step))
    const [reading, writing] = moves[source.unit === 1 ? 1 : source.unit === 8 ? 8 : 4]
    inside.instructions.push(access(writing, 0, write!, access(reading, 0, read!)))
  })
}

// -----------------------------------------------------------------------------
// arrangements
// -----------------------------------------------------------------------------

/** What an operation needs. */
interface Needs {
  readonly operands: readonly Access[]
  readonly result: Pick<Access, 'shape' | 'dtype'>
  readonly axes: readonly number[]
  /** Whether a lane has as many results as elements. */
  readonly lanes: boolean
  /** Whether the elements of a lane go in any order, in groups of eight, or so that they must have one axis. */
  readonly order: 'any' | 'groups' | 'one'
}

/** The layout of the result, seen from the axes of the operands. */
const resultView = ({ operands, result, axes, lanes }: Needs): Seen => {
  const dense = denseStrides(result.shape)
  let at = 0
  const strides = operands[0]!.shape.map((_, axis) => (lanes || !axes.includes(axis) ? dense[at++]! : 0))
  return seen({ dtype: result.dtype, strides })
}

/** How operands lie, without copies. */
type Laid = Omit<Arranged, 'copied' | 'begin'>

/** Operands as they lie, if that will do. */
const direct = (needs: Needs, views: readonly Seen[]): Laid | undefined => {
  const { operands, axes, lanes, order } = needs
  const { shape } = operands[0]!
  const all = [...views, resultView(needs)]
  const ran = lanes ? all : views
  const nothing = {
    mode: 'rows',
    kept: [
      level(
        0,
        all.map(() => 0)
      )
    ],
    run: [{ size: 0, steps: all.map(() => 0) }],
    apart: all.map(() => 0)
  } as const
  if (size(needs.result.shape) === 0) return { ...nothing, n: 0, columns: 1 }
  const n = axes.reduce((product, axis) => product * shape[axis]!, 1)
  const kept = merged(
    shape,
    shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis])),
    all
  )
  const far = (axis: number): number => Math.abs(views[0]!.steps[axis]!)
  const along = order === 'any' ? [...axes].sort((a, b) => far(b) - far(a)) : axes
  const found = n === 0 ? [] : merged(shape, along, ran)
  const run = found.length > 0 ? found : [{ size: n, steps: ran.map(({ unit }) => unit) }]
  if (run.length > 1 && (order === 'one' || (order === 'groups' && run.at(-1)!.size % 8 !== 0))) return undefined
  const isRows = isEven(run.at(-1), ran)
  const last = kept.at(-1)
  // A strip that is wider than a row of results is written over by the next row, if that is the next one of its lanes.
  const isNarrow = lanes && last !== undefined && last.size < strip
  const isColumns = isEven(last, all) && !(isNarrow && run[0]!.steps.at(-1) !== last.size * last.steps.at(-1)!)
  if (isRows && (n > 1 || !isColumns)) {
    const levels = kept.map((axis) => level(axis.size, axis.steps))
    return { mode: 'rows', kept: levels, run, apart: run.at(-1)!.steps, n, columns: 1 }
  }
  if (!isColumns || last === undefined) return undefined
  const levels = [...kept.slice(0, -1).map((axis) => level(axis.size, axis.steps)), strips(last.size, last.steps)]
  return { mode: 'columns', kept: levels, run, apart: last.steps, n, columns: last.size }
}

/** How an operation along axes goes through its operands; `undefined` where it cannot, or would copy what maps inside of it read. */
export const arranged = (
  { operands, results, maps }: Pick<Whole, 'operands' | 'results' | 'maps'>,
  axes: readonly number[],
  lanes: boolean,
  order: Needs['order']
): Arranged | undefined => {
  const needs: Needs = { operands, result: results[0]!, axes, lanes, order }
  const found = direct(needs, operands.map(seen))
  const addresses = (places: Places): readonly number[] => operands.map((operand) => places.operand(operand))
  if (found !== undefined) return { ...found, copied: 0, begin: (_body, places) => addresses(places) }
  if (maps !== undefined) return undefined

  const { shape } = operands[0]!
  const all = shape.map((_, axis) => axis)
  const laid = lanes ? all : [...all.filter((axis) => !axes.includes(axis)), ...axes]
  const dense = denseStrides(laid.map((axis) => shape[axis]!))
  const strides = all.map((axis) => dense[laid.indexOf(axis)]!)
  const copied = direct(
    needs,
    operands.map(({ dtype }) => seen({ dtype, strides }))
  )
  if (copied === undefined) return undefined
  const places = operands.map((_, i) => operands.slice(0, i).reduce((sum, operand) => sum + room(operand), 0))
  return {
    ...copied,
    copied: operands.reduce((sum, operand) => sum + room(operand), 0),
    begin: (body, given) =>
      operands.map((operand, i) => {
        const to = given.scratch + places[i]!
        copy(body, operand, laid, given.operand(operand), to)
        return to
      })
  }
}
