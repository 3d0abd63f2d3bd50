/** Sums and means over axes, of floats: in float64, in the order of kernel/sumOrder.ts, rounded once. */
import { depthOf, blockFloat64 } from '../../kernel/sumOrder.js'
import { access, add, again, get, i32, increase, op, set, sub, branchIf, block, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { countOver } from '../../tensor/alongBlock.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Arranged, arranged } from './arrange.js'
import { type Body, keep, newLocal } from './body.js'
import { type Source, columnSums, plain, rowSums } from './groups.js'
import { nested, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { type Wide, converted, double, store } from './strip.js'

// -----------------------------------------------------------------------------
// one lane, or four
// -----------------------------------------------------------------------------

/** A number of one lane, or of four. */
type Total = { readonly type: 'one'; readonly v: Instruction } | Wide

const sumOf = ({ mode }: Arranged, body: Body, source: Source, axes: Arranged['run']): Total => {
  if (mode === 'rows') return { type: 'one', v: rowSums(body, [source], axes, 1, plain)[0]! }
  return columnSums(body, [source], axes, 1, plain)[0]!
}

/** Writes float64 numbers, rounded to the type of the result, behind a pointer. */
export const write = (body: Body, dtype: 'float32' | 'float64', to: Instruction, total: Total): void => {
  if (total.type === 'f64') return store(body, to, 0, converted(body, total, dtype))
  const { v } = total
  body.instructions.push(
    dtype === 'float32' ? access('f32.store', 0, to, op('f32.demote_f64', v)) : access('f64.store', 0, to, v)
  )
}

// -----------------------------------------------------------------------------
// blocks
// -----------------------------------------------------------------------------

/** Leaves in `merges` how many halves end with block `number` of `blocks`. */
const countMerges = (body: Body, blocks: number, number: Instruction, merges: string): void => {
  const [from, length, half] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
  body.instructions.push(
    set(from, i32(0)),
    set(length, i32(blocks)),
    set(merges, i32(0)),
    again(
      `next_${length}`,
      set(half, op('i32.shr_u', add(get(length), i32(1)), i32(1))),
      when(
        op('i32.lt_s', number, add(get(from), get(half))),
        [set(length, get(half)), set(merges, i32(0))],
        [set(length, sub(get(length), get(half))), increase(from, get(half)), increase(merges, i32(1))]
      ),
      branchIf(`next_${length}`, op('i32.gt_s', get(length), i32(1)))
    )
  )
}

/** The sum of a long lane of float64: of blocks, in halves. Sums of halves that have no other half yet lie at `stack`. */
const blockSums = (plan: Arranged, body: Body, source: Source, stack: number): Total => {
  const { n, mode, run } = plan
  const [axis] = run
  const width = mode === 'rows' ? 8 : 32
  const blocks = Math.ceil(n / blockFloat64)
  const top = pointerAt(body, i32(stack))
  const number = pointerAt(body, i32(0))
  const merges = newLocal(body, 'i32')
  const at = (back: number): Wide => ({
    type: 'f64',
    lo: access('v128.load', 0, sub(get(top), i32(back))),
    hi: access('v128.load', 16, sub(get(top), i32(back)))
  })
  const push = (inside: Body, size: number): void => {
    const sum = sumOf(plan, inside, source, [{ size, steps: axis!.steps }])
    write(inside, 'float64', get(top), sum)
    inside.instructions.push(increase(top, i32(width)))
  }
  const merge = (inside: Body): void => {
    const to = sub(get(top), i32(2 * width))
    if (mode === 'rows') {
      const first = access('f64.load', 0, sub(get(top), i32(16)))
      write(inside, 'float64', to, { type: 'one', v: op('f64.add', first, access('f64.load', 8, to)) })
    } else {
      const [a, b] = [at(64), at(32)]
      const sum: Wide = { type: 'f64', lo: op('f64x2.add', a.lo, b.lo), hi: op('f64x2.add', a.hi, b.hi) }
      store(inside, to, 0, sum)
    }
    inside.instructions.push(increase(top, i32(-width)))
  }
  repeat(body, blocks - 1, (inside) => {
    push(inside, blockFloat64)
    countMerges(inside, blocks, get(number), merges)
    inside.instructions.push(increase(number, i32(1)))
    const once = nested(inside)
    merge(once)
    once.instructions.push(increase(merges, i32(-1)))
    inside.instructions.push(
      block(
        `end_${merges}`,
        again(
          `next_${merges}`,
          branchIf(`end_${merges}`, op('i32.eqz', get(merges))),
          ...once.instructions,
          branchIf(`next_${merges}`, i32(1))
        )
      )
    )
  })
  push(body, n - blockFloat64 * (blocks - 1))
  const rest = nested(body)
  merge(rest)
  body.instructions.push(
    again(`next_${top}`, ...rest.instructions, branchIf(`next_${top}`, op('i32.gt_s', get(top), i32(stack + width))))
  )
  return mode === 'rows' ? { type: 'one', v: keep(body, 'f64', access('f64.load', 0, i32(stack))) } : at(32)
}

// -----------------------------------------------------------------------------
// the operations
// -----------------------------------------------------------------------------

/** A sum, or a mean, over axes. */
export const sumOver = (operation: Whole, axes: readonly number[], mean: boolean): Emitter | undefined => {
  const [operand] = operation.operands
  const { dtype } = operand!
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const isLong = dtype === 'float64' && countOver(operand!.shape, axes) > blockFloat64
  const plan = arranged(operation, axes, false, isLong ? 'one' : 'groups')
  if (plan === undefined) return undefined
  const { mode, kept, run, n, copied, begin } = plan
  const width = mode === 'rows' ? 8 : 32
  const across = mode === 'rows' ? run.at(-1)!.steps[0]! : kept.at(-1)!.steps[0]! / 4
  return {
    scratch: copied + (isLong ? width * depthOf(n, blockFloat64) : 0),
    emit: (body, places) => {
      const [from] = begin(body, places)
      const pointers = [from!, places.result(0)].map((address) => pointerAt(body, i32(address)))
      walk(body, kept, pointers, (inside) => {
        const source = { dtype, pointer: pointerFrom(inside, pointers[0]!), across }
        const sum = isLong ? blockSums(plan, inside, source, places.scratch + copied) : sumOf(plan, inside, source, run)
        write(inside, dtype, get(pointers[1]!), mean ? divided(sum, n) : sum)
      })
    }
  }
}

const divided = (total: Total, n: number): Total =>
  total.type === 'one'
    ? { type: 'one', v: op('f64.div', total.v, { _tag: 'Const', type: 'f64', value: n }) }
    : { type: 'f64', lo: op('f64x2.div', total.lo, double(n)), hi: op('f64x2.div', total.hi, double(n)) }
