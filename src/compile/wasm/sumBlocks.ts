/** Sums of blocks of terms, which are added up in halves: the order of kernel/sumOrder.ts for long sums of float64. */
import { blockFloat64 } from '../../kernel/sumOrder.js'
import { access, add, again, block, branchIf, get, i32, increase, op, set, sub, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Body, newLocal } from './body.js'
import { nested, pointerAt, repeat } from './nest.js'

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

/**
 * Leaves at `stack` the sums of `n` rows of `width` bytes, a multiple of 16. The code `leaf` leaves at an address the sums of a number of
 * rows, and is called for one block after the other. Sums of halves that have no other half yet lie side by side.
 */
export const inBlocks = (
  body: Body,
  n: number,
  stack: number,
  width: number,
  leaf: (inside: Body, rows: number, to: Instruction) => void
): void => {
  const blocks = Math.ceil(n / blockFloat64)
  const top = pointerAt(body, i32(stack))
  const number = pointerAt(body, i32(0))
  const merges = newLocal(body, 'i32')
  const push = (inside: Body, rows: number): void => {
    leaf(inside, rows, get(top))
    inside.instructions.push(increase(top, i32(width)))
  }
  const merge = (inside: Body): void => {
    inside.instructions.push(increase(top, i32(-width)))
    const second = pointerAt(inside, get(top))
    const first = pointerAt(inside, sub(get(top), i32(width)))
    repeat(inside, width / 16, (each) => {
      const sum = op('f64x2.add', access('v128.load', 0, get(first)), access('v128.load', 0, get(second)))
      each.instructions.push(access('v128.store', 0, get(first), sum))
      for (const pointer of [first, second]) each.instructions.push(increase(pointer, i32(16)))
    })
  }
  repeat(body, blocks - 1, (inside) => {
    push(inside, blockFloat64)
    countMerges(inside, blocks, get(number), merges)
    inside.instructions.push(increase(number, i32(1)))
    const once = nested(inside)
    merge(once)
    inside.instructions.push(
      block(
        `end_${merges}`,
        again(
          `next_${merges}`,
          branchIf(`end_${merges}`, op('i32.eqz', get(merges))),
          ...once.instructions,
          increase(merges, i32(-1)),
          branchIf(`next_${merges}`, i32(1))
        )
      )
    )
  })
  push(body, n - blockFloat64 * (blocks - 1))
  const rest = nested(body)
  merge(rest)
  const isDivided = op('i32.gt_s', get(top), i32(stack + width))
  if (blocks > 1) body.instructions.push(again(`next_${top}`, ...rest.instructions, branchIf(`next_${top}`, isDivided)))
}
