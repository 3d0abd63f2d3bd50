/** Indices that code reads: counted from the front, and checked. Where one is out of range, the status word is set and the code ends. */
import { access, add, get, i32, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { statusAddress } from '../elements.js'
import { type Body, keep, newLocal } from './body.js'

/** Ends the function where the primitive would throw. */
export const refuse = (body: Body, condition: Instruction): void => {
  body.instructions.push(when(condition, [access('i32.store', statusAddress, i32(0), i32(1)), op('return')]))
}

/** The index at a pointer, from 0 to the size of its axis less 1. */
export const indexAt = (body: Body, pointer: Instruction, size: number): Instruction => {
  const index = keep(body, 'i32', access('i32.load', 0, pointer))
  refuse(body, op('i32.ge_u', index, i32(size)))
  return index
}

/** The same, where negative indices count from the end. */
export const indexFromEitherEnd = (body: Body, pointer: Instruction, size: number): Instruction => {
  const given = keep(body, 'i32', access('i32.load', 0, pointer))
  const name = newLocal(body, 'i32')
  body.instructions.push(set(name, add(given, op('i32.and', op('i32.shr_s', given, i32(31)), i32(size)))))
  refuse(body, op('i32.ge_u', get(name), i32(size)))
  return get(name)
}
