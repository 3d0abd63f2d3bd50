/** The properties of a dtype that the library's functions need. */
import type { Instruction, MemoryOp, PlainOp } from '../wasm/model.js'

export interface Kind {
  readonly name: 'f32' | 'f64'
  readonly bytes: number
  /** Elements of a vector. */
  readonly lanes: number
  readonly splat: MemoryOp
  readonly load: MemoryOp
  readonly store: MemoryOp
  readonly add: PlainOp
  readonly mul: PlainOp
  /** A vector of +0. */
  readonly zero: Instruction
  /** The tile of the blocked product: its rows, and its vectors of columns. */
  readonly rows: number
  readonly vectors: number
}

export const float32: Kind = {
  name: 'f32',
  bytes: 4,
  lanes: 4,
  splat: 'v128.load32_splat',
  load: 'f32.load',
  store: 'f32.store',
  add: 'f32x4.add',
  mul: 'f32x4.mul',
  zero: { _tag: 'Vector', type: 'f32x4', values: [0, 0, 0, 0] },
  rows: 4,
  vectors: 2
}

export const float64: Kind = {
  name: 'f64',
  bytes: 8,
  lanes: 2,
  splat: 'v128.load64_splat',
  load: 'f64.load',
  store: 'f64.store',
  add: 'f64x2.add',
  mul: 'f64x2.mul',
  zero: { _tag: 'Vector', type: 'f64x2', values: [0, 0] },
  rows: 2,
  vectors: 4
}

/** Terms of a sum that are added up by themselves before they are added to the others. */
export const blockTerms = 256

/** Rows of the left operand that the blocked product packs at a time. */
export const blockRows = 128

/** Bytes of a vector. */
export const vectorBytes = 16

/** The numbers 0 to n - 1. */
export const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)
