/** Sums and means over axes, of floats: in float64, in the order of kernel/sumOrder.ts, rounded once. */
import type { DType } from '../../DType.js'
import { blockFloat64, depthOf } from '../../kernel/sumOrder.js'
import { access, get, i32, op } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { countOver } from '../../tensor/alongBlock.js'
import { bytesOf, strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { isLarge, line, touch } from './ahead.js'
import { type Arranged, arranged } from './arrange.js'
import { inBlocks } from './sumBlocks.js'
import { type Body, keep } from './body.js'
import { type Source, type Terms, columnSums, groupLevels, rowSums, withGroup, withRows } from './groups.js'
import { elementsOf, operandOf } from './inlined.js'
import { level, move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { type Wide, converted, double, store, widened } from './strip.js'
import { chunk, inChunks, longest } from './tall.js'

// -----------------------------------------------------------------------------
// one lane, or four
// -----------------------------------------------------------------------------

/** A number of one lane, or of four. */
type Total = { readonly type: 'one'; readonly v: Instruction } | Wide

/** Writes float64 numbers, rounded to a type. */
const write = (body: Body, dtype: 'float32' | 'float64', to: Instruction, total: Total): void => {
  if (total.type === 'f64') return store(body, to, 0, converted(body, total, dtype))
  const { v } = total
  body.instructions.push(
    dtype === 'float32' ? access('f32.store', 0, to, op('f32.demote_f64', v)) : access('f64.store', 0, to, v)
  )
}

const divided = (total: Total, n: number): Total =>
  total.type === 'one'
    ? { type: 'one', v: op('f64.div', total.v, { _tag: 'Const', type: 'f64', value: n }) }
    : { type: 'f64', lo: op('f64x2.div', total.lo, double(n)), hi: op('f64x2.div', total.hi, double(n)) }

/** Operands from where pointers are, with pointers of their own. */
const sourcesOf = (
  body: Body,
  { apart }: Arranged,
  dtypes: readonly DType[],
  pointers: readonly string[]
): readonly Source[] =>
  dtypes.map((dtype, i) => ({ dtype, pointer: pointerFrom(body, pointers[i]!), across: apart[i]! }))

// -----------------------------------------------------------------------------
// long columns
// -----------------------------------------------------------------------------

/** The bytes of the sums of some columns. */
const sumBytes = (columns: number): number => 32 * Math.ceil(columns / strip)

const sumsAt = (address: Instruction): Wide => ({
  type: 'f64',
  lo: access('v128.load', 0, address),
  hi: access('v128.load', 16, address)
})

/** The rows of a group of eight. */
const group = 8

/** Leaves the sums of rows at an address; the pointers of the sources are moved to the next one. */
const addRows = (
  body: Body,
  { sources, terms }: Pick<Long, 'terms'> & { readonly sources: readonly Source[] },
  axes: Arranged['run'],
  columns: number,
  to: Instruction
): void => {
  const { size, steps } = axes.at(-1)!
  const rest = size % group
  const strips = Math.ceil(columns / strip)
  const addTo = (inside: Body, rows: number, ahead: boolean): void => {
    const sum = pointerAt(inside, to)
    const own = sources.map((source) => ({ ...source, pointer: pointerFrom(inside, source.pointer) }))
    const next = ahead ? sources.map(({ pointer }, i) => pointerFrom(inside, pointer, group * steps[i]!)) : []
    repeat(inside, strips, (each) => {
      const before = [sumsAt(get(sum))]
      const [after] =
        rows === group ? withGroup(each, own, steps, terms, before) : withRows(each, own, steps, terms, before, rows)
      store(each, get(sum), 0, after!)
      for (const pointer of next) {
        touch(each, pointer, [0, line])
        move(each, pointer, 2 * line)
      }
      for (const { pointer, across } of own) move(each, pointer, strip * across)
      move(each, sum, 32)
    })
  }
  const pointers = sources.map(({ pointer }) => pointer)
  body.instructions.push({ _tag: 'Bulk', op: 'memory.fill', operands: [to, i32(0), i32(sumBytes(columns))] })
  // a strip of a group takes two lines, if rows of four bytes an element lie one behind the other
  const isDense = sources.every(
    ({ dtype, across }, i) => bytesOf[dtype] === 4 && across === 4 && steps[i] === 4 * columns
  )
  const groups = groupLevels(axes)
  const isAhead = isDense && axes.length === 1 && columns >= 4 * strip && isLarge(size * columns, 4)
  if (isAhead) {
    walk(body, [level(groups[0]!.count - 1, groups[0]!.steps)], pointers, (inside) => addTo(inside, group, true))
    walk(body, [level(1, groups[0]!.steps)], pointers, (inside) => addTo(inside, group, false))
  } else walk(body, groups, pointers, (inside) => addTo(inside, group, false))
  if (rest > 0) addTo(body, rest, false)
  sources.forEach(({ pointer }, i) => move(body, pointer, rest * steps[i]!))
}

/** Long lanes in some of the columns. */
interface Long {
  readonly plan: Arranged
  /** The types of the operands, and the terms of their elements. */
  readonly dtypes: readonly DType[]
  readonly terms: Terms
  readonly dtype: 'float32' | 'float64'
  readonly mean: boolean
  readonly sums: number
}

/** Sums of columns from where pointers are, the last one into the result; they are moved behind the last column. */
const longColumns = (
  body: Body,
  { plan, dtypes, terms, dtype, mean, sums }: Long,
  pointers: readonly string[],
  columns: number
): void => {
  const { run, n } = plan
  const to = pointers.at(-1)!
  const sources = sourcesOf(body, plan, dtypes, pointers)
  const given = { sources, terms }
  if (dtype === 'float64') {
    inBlocks(body, n, sums, sumBytes(columns), (inside, rows, at) =>
      addRows(inside, given, [{ size: rows, steps: run[0]!.steps }], columns, at)
    )
  } else addRows(body, given, run, columns, i32(sums))
  const sum = pointerAt(body, i32(sums))
  repeat(body, Math.ceil(columns / strip), (inside) => {
    write(inside, dtype, get(to), mean ? divided(sumsAt(get(sum)), n) : sumsAt(get(sum)))
    move(inside, sum, 32)
    move(inside, to, strip * bytesOf[dtype])
  })
  move(body, to, (columns - strip * Math.ceil(columns / strip)) * bytesOf[dtype])
  dtypes.forEach((_, i) => move(body, pointers[i]!, columns * plan.apart[i]!))
}

// -----------------------------------------------------------------------------
// the operations
// -----------------------------------------------------------------------------

/** A sum, or a mean, over axes. */
export const sumOver = (operation: Whole, axes: readonly number[], mean: boolean): Emitter | undefined => {
  const { dtype, shape } = operandOf(operation)
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const isDivided = dtype === 'float64' && countOver(shape, axes) > blockFloat64
  const plan = arranged(operation, axes, false, isDivided ? 'one' : 'groups')
  if (plan === undefined) return undefined
  const { mode, kept, run, n, columns, copied, begin } = plan
  const isLong = mode === 'columns' && n > longest
  const width = mode === 'rows' ? 16 : sumBytes(Math.min(chunk, columns))
  const depth = isDivided ? depthOf(n, blockFloat64) : isLong ? 1 : 0
  const terms: Terms = (body, strips) => [widened(body, elementsOf(body, operation, strips))]
  const sumOf = (body: Body, sources: readonly Source[], sums: number): Total => {
    if (mode === 'columns') return columnSums(body, sources, run, 1, terms)[0]!
    if (!isDivided) return { type: 'one', v: rowSums(body, sources, run, 1, terms)[0]! }
    inBlocks(body, n, sums, width, (inside, size, to) => {
      const v = rowSums(inside, sources, [{ size, steps: run[0]!.steps }], 1, terms)[0]!
      write(inside, 'float64', to, { type: 'one', v })
    })
    return { type: 'one', v: keep(body, 'f64', access('f64.load', 0, i32(sums))) }
  }
  return {
    scratch: copied + width * depth,
    emit: (body, places) => {
      const pointers = [...begin(body, places), places.result(0)].map((address) => pointerAt(body, i32(address)))
      const sums = places.scratch + copied
      const dtypes = operation.operands.map((operand) => operand.dtype)
      if (isLong) {
        const long = { plan, dtypes, terms, dtype, mean, sums }
        return inChunks(body, plan, pointers, (inside, some) => longColumns(inside, long, pointers, some))
      }
      walk(body, kept, pointers, (inside) => {
        const total = sumOf(inside, sourcesOf(inside, plan, dtypes, pointers), sums)
        write(inside, dtype, get(pointers.at(-1)!), mean ? divided(total, n) : total)
      })
    }
  }
}
