/** Matrices in the memory of a program, while code is written that reads them. */
import type { Kind } from '../../kernel/library/kinds.js'
import { access, add, get, i32, mul, op } from '../../kernel/wasm/build.js'
import type { Instruction, MemoryOp } from '../../kernel/wasm/model.js'

/** A matrix at a constant address, or at that in a local: its first element; steps of rows and columns in bytes. */
export interface Matrix {
  readonly pointer: string | undefined
  readonly address: number
  readonly row: number
  readonly column: number
}

/** The sizes of a product: of m by k and k by n. */
export interface Sizes {
  readonly m: number
  readonly n: number
  readonly k: number
}

/** A number times a constant. */
export const times = (x: Instruction, factor: number): Instruction => {
  if (x._tag === 'Const') return i32(x.value * factor)
  return factor === 0 ? i32(0) : mul(x, i32(factor))
}

/** The address of an element. */
export const addressOf = ({ pointer, address, row, column }: Matrix, i: Instruction, j: Instruction): Instruction => {
  const distance = add(times(i, row), times(j, column))
  if (pointer !== undefined) return add(get(pointer), distance)
  return distance._tag === 'Const' ? i32(address + distance.value) : add(i32(address), distance)
}

/** An access of the element at constant places; the operation itself takes no distance below 0. */
export const element = (
  name: MemoryOp,
  { pointer, address, row, column }: Matrix,
  i: number,
  j: number,
  ...stored: readonly Instruction[]
): Instruction => {
  const distance = i * row + j * column
  if (pointer === undefined) return access(name, address + distance, i32(0), ...stored)
  return distance >= 0
    ? access(name, distance, get(pointer), ...stored)
    : access(name, 0, op('i32.add', get(pointer), i32(distance)), ...stored)
}

/** A vector of elements that are loaded one by one: the first in all of its lanes, and others in the lanes behind it. */
export const joined = ({ name }: Kind, first: Instruction, others: readonly Instruction[]): Instruction =>
  others.reduce<Instruction>(
    (v, other, i) => ({
      _tag: 'Lane',
      op: name === 'f32' ? 'f32x4.replace_lane' : 'f64x2.replace_lane',
      lane: i + 1,
      operands: [v, other]
    }),
    first
  )

/** A matrix with its axes exchanged. */
export const transposed = ({ row, column, ...place }: Matrix): Matrix => ({ ...place, row: column, column: row })
