/** Small builders of instruction trees. */
import type { Instruction, Local, MemoryOp, PlainOp, ValueType } from './model.js'

export const op = (name: PlainOp, ...operands: readonly Instruction[]): Instruction => ({
  _tag: 'Plain',
  op: name,
  operands
})

export const access = (name: MemoryOp, offset: number, ...operands: readonly Instruction[]): Instruction => ({
  _tag: 'Memory',
  op: name,
  offset,
  operands
})

export const i32 = (value: number): Instruction => ({ _tag: 'Const', type: 'i32', value })

export const get = (name: string): Instruction => ({ _tag: 'Get', name })

export const set = (name: string, value: Instruction): Instruction => ({ _tag: 'Set', op: 'local.set', name, value })

export const tee = (name: string, value: Instruction): Instruction => ({ _tag: 'Set', op: 'local.tee', name, value })

export const call = (name: string, ...operands: readonly Instruction[]): Instruction => ({
  _tag: 'Call',
  name,
  operands
})

export const block = (label: string, ...body: readonly Instruction[]): Instruction => ({
  _tag: 'Block',
  op: 'block',
  label,
  body
})

export const again = (label: string, ...body: readonly Instruction[]): Instruction => ({
  _tag: 'Block',
  op: 'loop',
  label,
  body
})

export const branchIf = (label: string, when: Instruction): Instruction => ({
  _tag: 'Branch',
  op: 'br_if',
  label,
  when
})

export const when = (
  condition: Instruction,
  body: readonly Instruction[],
  otherwise: readonly Instruction[] = []
): Instruction => ({ _tag: 'If', condition, body, otherwise })

const isConstant = (x: Instruction, value: number): boolean =>
  x._tag === 'Const' && x.type === 'i32' && x.value === value

/** A sum of integers; a constant 0 is left out. */
export const add = (a: Instruction, b: Instruction): Instruction =>
  isConstant(b, 0) ? a : isConstant(a, 0) ? b : op('i32.add', a, b)

export const sub = (a: Instruction, b: Instruction): Instruction => op('i32.sub', a, b)

/** A product of integers; a constant 1 is left out. */
export const mul = (a: Instruction, b: Instruction): Instruction => (isConstant(b, 1) ? a : op('i32.mul', a, b))

/** The smaller of two integers; both are evaluated twice. */
export const min = (a: Instruction, b: Instruction): Instruction => op('select', a, b, op('i32.lt_s', a, b))

/** Adds an integer to a local. */
export const increase = (name: string, by: Instruction): Instruction => set(name, add(get(name), by))

/** `for (name = from; name < limit; name += step) body`; the label is made of the name, so loops over one name do not nest. */
export const loop = (
  name: string,
  from: Instruction,
  limit: Instruction,
  step: number | Instruction,
  body: readonly Instruction[]
): readonly Instruction[] => [
  set(name, from),
  block(
    `end_${name}`,
    branchIf(`end_${name}`, op('i32.ge_s', get(name), limit)),
    again(
      `next_${name}`,
      ...body,
      branchIf(
        `next_${name}`,
        op('i32.lt_s', tee(name, add(get(name), typeof step === 'number' ? i32(step) : step)), limit)
      )
    )
  )
]

/** Locals or parameters of one type. */
export const locals = (type: ValueType, names: readonly string[]): readonly Local[] =>
  names.map((name) => ({ name, type }))
