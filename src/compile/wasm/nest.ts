/** Nests of counted loops, in which pointers go through memory. */
import { add, again, branchIf, get, i32, increase, mul, op, set, sub, tee } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { strip } from '../elements.js'
import { type Body, newLocal } from './body.js'

/** A level of a nest: how often it runs, and how far each pointer goes each time, in bytes. */
export interface Level {
  readonly count: number
  readonly steps: readonly number[]
  /** How far they have gone in the end. */
  readonly totals: readonly number[]
  /** Elements of the last strip, which begins that much behind the one before it. */
  readonly rest?: number
}

/** What goes on inside of a body. */
export const nested = (body: Body): Body => ({ ...body, instructions: [] })

/** Runs code `count` times. The code is told the local that counts down to 1, if there is one. */
export const repeat = (body: Body, count: number, write: (inside: Body, left?: string) => void): void => {
  if (count <= 0) return
  if (count === 1) return write(body)
  const left = newLocal(body, 'i32')
  const inside = nested(body)
  write(inside, left)
  const label = `next_${left}`
  body.instructions.push(
    set(left, i32(count)),
    again(label, ...inside.instructions, branchIf(label, tee(left, sub(get(left), i32(1)))))
  )
}

/** Moves a pointer. */
export const move = (body: Body, pointer: string, bytes: number): void => {
  if (bytes !== 0) body.instructions.push(increase(pointer, i32(bytes)))
}

/** One step of a number of elements. */
export const level = (count: number, steps: readonly number[]): Level => ({
  count,
  steps,
  totals: steps.map((step) => count * step)
})

/** Strips of four elements; the last one ends with the last element, if there are as many as four. */
export const strips = (size: number, steps: readonly number[]): Level => {
  const rest = size > strip ? size % strip : 0
  return {
    count: Math.ceil(size / strip),
    steps: steps.map((step) => strip * step),
    totals: steps.map((step) => (size < strip ? strip : size) * step),
    ...(rest === 0 ? {} : { rest })
  }
}

/** Runs code at each place of a nest. The pointers have gone the totals of the first level then. */
export const walk = (
  body: Body,
  levels: readonly Level[],
  pointers: readonly string[],
  write: (inside: Body) => void
): void => {
  const [first, ...others] = levels
  if (first === undefined) return write(body)
  repeat(body, first.count, (inside, left) => {
    walk(inside, others, pointers, write)
    const { rest } = first
    const part =
      rest === undefined || left === undefined
        ? undefined
        : op('select', i32(rest), i32(strip), op('i32.eq', get(left), i32(2)))
    const by = part === undefined ? undefined : newLocal(body, 'i32')
    if (part !== undefined && by !== undefined) inside.instructions.push(set(by, part))
    pointers.forEach((pointer, i) => {
      const step = first.steps[i]!
      const back = others[0]?.totals[i] ?? 0
      if (by === undefined) move(inside, pointer, step - back)
      else if (step !== 0) inside.instructions.push(increase(pointer, mul(get(by), i32(step / strip))))
    })
  })
}

/** A new pointer that begins at an address. */
export const pointerAt = (body: Body, at: Instruction): string => {
  const pointer = newLocal(body, 'i32')
  body.instructions.push(set(pointer, at))
  return pointer
}

/** A pointer that begins where another one is, or some bytes behind it. */
export const pointerFrom = (body: Body, pointer: string, bytes = 0): string =>
  pointerAt(body, add(get(pointer), i32(bytes)))
