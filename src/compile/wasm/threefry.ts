/** Blocks of Threefry-2x32 with 20 rounds, one or four at a time: the words of kernel/threefry.ts. */
import { get, i32, op, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Body, keep, newLocal } from './body.js'

/** One block of words, or four blocks with the words of each in one lane. */
export type Blocks = 'i32' | 'i32x4'

const typeOf = (blocks: Blocks): 'i32' | 'v128' => (blocks === 'i32' ? 'i32' : 'v128')

/** A word; in all four lanes if there are four blocks. */
export const word = (blocks: Blocks, value: number): Instruction =>
  blocks === 'i32'
    ? i32(value)
    : { _tag: 'Vector', type: 'i32x4', values: [value | 0, value | 0, value | 0, value | 0] }

const added = (blocks: Blocks, a: Instruction, b: Instruction): Instruction => op(`${blocks}.add`, a, b)

const xor = (blocks: Blocks, a: Instruction, b: Instruction): Instruction =>
  op(blocks === 'i32' ? 'i32.xor' : 'v128.xor', a, b)

const rotated = (blocks: Blocks, a: Instruction, by: number): Instruction =>
  blocks === 'i32'
    ? op('i32.rotl', a, i32(by))
    : op('v128.or', op('i32x4.shl', a, i32(by)), op('i32x4.shr_u', a, i32(32 - by)))

/** What is added to the words of the counter, and behind each four rounds. */
export type KeySchedule = readonly (readonly [Instruction, Instruction])[]

const parity = 0x1bd11bda

/** The schedule of a key, whose words are in locals. */
export const keySchedule = (body: Body, blocks: Blocks, key0: Instruction, key1: Instruction): KeySchedule => {
  const kept = (value: Instruction): Instruction => keep(body, typeOf(blocks), value)
  const spread = (value: Instruction): Instruction => (blocks === 'i32' ? value : kept(op('i32x4.splat', value)))
  const key2 = spread(op('i32.xor', op('i32.xor', key0, key1), i32(parity)))
  const keys = [spread(key0), spread(key1), blocks === 'i32' ? kept(key2) : key2]
  return [0, 1, 2, 3, 4, 5].map((i) => {
    const [first, second] = [keys[i % 3]!, keys[(i + 1) % 3]!]
    return [first, i === 0 ? second : kept(added(blocks, second, word(blocks, i)))]
  })
}

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24]
] as const

/** The words of the blocks of some counters, in locals. */
export const threefry = (
  body: Body,
  blocks: Blocks,
  schedule: KeySchedule,
  counter0: Instruction,
  counter1: Instruction
): readonly [Instruction, Instruction] => {
  const [x, y] = [0, 1].map(() => newLocal(body, typeOf(blocks)))
  const write = (name: string, value: Instruction): void => void body.instructions.push(set(name, value))
  const inject = (i: number, from: readonly [Instruction, Instruction]): void => {
    write(x!, added(blocks, from[0], schedule[i]![0]))
    write(y!, added(blocks, from[1], schedule[i]![1]))
  }
  inject(0, [counter0, counter1])
  for (let i = 1; i <= 5; i++) {
    for (const by of rotations[(i - 1) % 2]!) {
      write(x!, added(blocks, get(x!), get(y!)))
      write(y!, xor(blocks, rotated(blocks, get(y!), by), get(x!)))
    }
    inject(i, [get(x!), get(y!)])
  }
  return [get(x!), get(y!)]
}
