/** Sums and means over axes, of floats: in float64, in the order of kernel/sumOrder.ts, rounded once. */
import type { DType } from '../../DType.js'
import { blockFloat64, depthOf } from '../../kernel/sumOrder.js'
import { access, get, i32, op } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { countOver } from '../../tensor/alongBlock.js'
import { bytesOf, strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Arranged, arranged } from './arrange.js'
import { inBlocks } from './sumBlocks.js'
import { type Body, keep } from './body.js'
import { type Source, type Terms, columnSums, groupLevels, rowSums, withGroup, withRows } from './groups.js'
import { elementsOf, operandOf } from './inlined.js'
import { type Level, move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { type Wide, converted, double, store, widened } from './strip.js'

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

// -----------------------------------------------------------------------------
// long columns
// -----------------------------------------------------------------------------

/** Columns longer than this are added up with sums in memory, row by row, which goes through memory in order. */
const longest = 128

/** Columns taken at a time then, so that their sums stay in the cache. */
const chunk = 1024

/** The bytes of the sums of some columns. */
const sumBytes = (columns: number): number => 32 * Math.ceil(columns / strip)

const sumsAt = (address: Instruction): Wide => ({
  type: 'f64',
  lo: access('v128.load', 0, address),
  hi: access('v128.load', 16, address)
})

/** Leaves the sums of rows at an address; the pointers of the sources are moved to the next one. */
const addRows = (
  body: Body,
  { sources, terms }: Pick<Long, 'terms'> & { readonly sources: readonly Source[] },
  axes: Arranged['run'],
  columns: number,
  to: Instruction
): void => {
  const { size, steps } = axes.at(-1)!
  const rest = size % 8
  const addTo = (inside: Body, rows: number): void => {
    const sum = pointerAt(inside, to)
    const own = sources.map((source) => ({ ...source, pointer: pointerFrom(inside, source.pointer) }))
    repeat(inside, Math.ceil(columns / strip), (each) => {
      const before = [sumsAt(get(sum))]
      const [after] =
        rows === 8 ? withGroup(each, own, steps, terms, before) : withRows(each, own, steps, terms, before, rows)
      store(each, get(sum), 0, after!)
      for (const { pointer, across } of own) move(each, pointer, strip * across)
      move(each, sum, 32)
    })
  }
  body.instructions.push({ _tag: 'Bulk', op: 'memory.fill', operands: [to, i32(0), i32(sumBytes(columns))] })
  walk(
    body,
    groupLevels(axes),
    sources.map(({ pointer }) => pointer),
    (inside) => addTo(inside, 8)
  )
  if (rest > 0) addTo(body, rest)
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
  const across = plan.kept.at(-1)!.steps.map((step) => step / strip)
  const sources = dtypes.map((each, i) => ({
    dtype: each,
    pointer: pointerFrom(body, pointers[i]!),
    across: across[i]!
  }))
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
  dtypes.forEach((_, i) => move(body, pointers[i]!, columns * across[i]!))
}

const inChunks = (body: Body, long: Long, pointers: readonly string[]): void => {
  const { kept, columns } = long.plan
  const last = kept.at(-1)!
  const whole: Level = {
    count: 1,
    steps: last.steps.map((step) => (step / strip) * columns),
    totals: last.steps.map((step) => (step / strip) * columns)
  }
  walk(body, [...kept.slice(0, -1), whole], pointers, (inside) => {
    const rest = columns % chunk
    repeat(inside, Math.floor(columns / chunk), (each) => longColumns(each, long, pointers, chunk))
    if (rest > 0) longColumns(inside, long, pointers, rest)
    pointers.forEach((pointer, i) => move(inside, pointer, -whole.totals[i]!))
  })
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
      if (isLong) return inChunks(body, { plan, dtypes, terms, dtype, mean, sums }, pointers)
      const across = mode === 'rows' ? run.at(-1)!.steps : kept.at(-1)!.steps.map((step) => step / strip)
      walk(body, kept, pointers, (inside) => {
        const sources = dtypes.map((each, i) => ({
          dtype: each,
          pointer: pointerFrom(inside, pointers[i]!),
          across: across[i]!
        }))
        const total = sumOf(inside, sources, sums)
        write(inside, dtype, get(pointers.at(-1)!), mean ? divided(total, n) : total)
      })
    }
  }
}
