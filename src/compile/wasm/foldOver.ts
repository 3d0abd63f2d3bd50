/** Reductions in any order over axes: along rows, along strips of columns, or for tall columns row by row. */
import { get, i32 } from '../../kernel/wasm/build.js'
import type { PlainOp } from '../../kernel/wasm/model.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Arranged, arranged } from './arrange.js'
import type { Body } from './body.js'
import { type Fold, across, combined, onlyFirst, opsOf, resultOf, storeFirst, variable } from './folds.js'
import { elementsOf } from './inlined.js'
import { level, move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { type Strip, constantStrip, converted, load, store } from './strip.js'
import { chunk, inChunks, longest } from './tall.js'
import { foldTall, foundBytes } from './tallFolds.js'

// -----------------------------------------------------------------------------
// lanes
// -----------------------------------------------------------------------------

/** Four elements, at so many elements from the pointers. */
type Read = (inside: Body, elements: number) => Strip

/** How many strips of a row, or rows of a strip, go at a time: operations on several wait less for each other. */
const together = 4

/** What has been found in a lane, by each operation of a fold. */
interface Total {
  readonly add: (body: Body, value: Strip) => void
  readonly addTotal: (body: Body, other: Total) => void
  readonly values: readonly Strip[]
}

const totalOf = (body: Body, ops: readonly PlainOp[], first: Strip): Total => {
  const variables = ops.map(() => variable(body, first))
  const addAll = (inside: Body, other: (i: number) => Strip): void =>
    variables.forEach(({ value, assign }, i) => assign(inside, combined(ops[i]!, value, other(i))))
  return {
    add: (inside, value) => addAll(inside, () => value),
    addTotal: (inside, { values }) => addAll(inside, (i) => values[i]!),
    values: variables.map(({ value }) => value)
  }
}

/** Goes through a lane, whose pointers are moved: rows by strips, columns by rows. */
const folded = (
  body: Body,
  { mode, run }: Pick<Arranged, 'mode' | 'run'>,
  pointers: readonly string[],
  fold: Fold,
  read: Read
): Strip => {
  const first = constantStrip(fold.dtype, fold.identity)
  const ops = opsOf(fold)
  const { size, steps } = run.at(-1)!
  const by = mode === 'rows' ? strip : 1
  const whole = Math.floor(size / by)
  const times = whole < 2 * together ? 1 : together
  // several operations of one instruction each do not wait for each other
  const totals = Array.from({ length: fold.parts === undefined ? times : 1 }, () => totalOf(body, ops, first))
  const [total, ...others] = totals
  const outer = run.slice(0, -1).map((axis) => level(axis.size, axis.steps))
  const moveAll = (inside: Body, count: number): void =>
    pointers.forEach((pointer, i) => move(inside, pointer, count * by * steps[i]!))
  walk(body, outer, pointers, (inside) => {
    const groups = Math.floor(whole / times)
    repeat(inside, groups, (each) => {
      for (let i = 0; i < times; i++) totals[i % totals.length]!.add(each, read(each, i * by))
      moveAll(each, times)
    })
    const rest = whole - groups * times
    for (let i = 0; i < rest; i++) total!.add(inside, read(inside, i * by))
    if (size % by > 0) total!.add(inside, onlyFirst(inside, read(inside, rest * by), first, size % by))
    moveAll(inside, -groups * times)
  })
  for (const other of others) total!.addTotal(body, other)
  const found = total!.values.map((value, i) => (mode === 'rows' ? across(body, ops[i]!, value) : value))
  return resultOf(body, fold, found)
}

// -----------------------------------------------------------------------------
// the operations
// -----------------------------------------------------------------------------

/** A reduction over axes by one operation. */
export const foldOver = (operation: Whole, axes: readonly number[], fold: Fold): Emitter | undefined => {
  const plan = arranged(operation, axes, false, 'any')
  if (plan === undefined) return undefined
  const { mode, kept, run, apart, columns, copied, begin } = plan
  const { size, steps } = run.at(-1)!
  const isTall = mode === 'columns' && run.length === 1 && size > longest && columns > strip
  return {
    scratch: copied + (isTall ? foundBytes(fold) * Math.ceil(Math.min(chunk, columns) / strip) : 0),
    emit: (body, places) => {
      const pointers = [...begin(body, places), places.result(0)].map((address) => pointerAt(body, i32(address)))
      const to = pointers.at(-1)!
      if (isTall) {
        return inChunks(body, plan, pointers, (inside, some) =>
          foldTall(inside, { operation, plan, fold, scratch: places.scratch + copied }, pointers, some)
        )
      }
      walk(body, kept, pointers, (inside) => {
        const own = operation.operands.map((_, i) => pointerFrom(inside, pointers[i]!))
        const value = folded(inside, plan, own, fold, (each, elements) => {
          const strips = operation.operands.map(({ dtype }, i) =>
            load(each, dtype, get(own[i]!), elements * steps[i]!, apart[i]!)
          )
          return converted(each, elementsOf(each, operation, strips), fold.dtype)
        })
        if (mode === 'rows') storeFirst(inside, get(to), value)
        else store(inside, get(to), 0, value)
      })
    }
  }
}
