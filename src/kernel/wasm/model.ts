/** WebAssembly as data: a module is functions, and a function's body is a list of instruction trees. Names stand for all indices. */
import type { PlainOp, lane, memory } from './ops.js'

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

export type { PlainOp }
export type MemoryOp = keyof typeof memory
export type LaneOp = keyof typeof lane

/** An instruction behind its operands, which are evaluated first, from the left. */
export type Instruction =
  | { readonly _tag: 'Plain'; readonly op: PlainOp; readonly operands: readonly Instruction[] }
  /** The bytes at the first operand plus `offset`. */
  | {
      readonly _tag: 'Memory'
      readonly op: MemoryOp
      readonly offset: number
      readonly operands: readonly Instruction[]
    }
  | { readonly _tag: 'Lane'; readonly op: LaneOp; readonly lane: number; readonly operands: readonly Instruction[] }
  | { readonly _tag: 'Bulk'; readonly op: 'memory.copy' | 'memory.fill'; readonly operands: readonly Instruction[] }
  | { readonly _tag: 'Const'; readonly type: 'i32' | 'f32' | 'f64'; readonly value: number }
  | { readonly _tag: 'Const64'; readonly value: bigint }
  /** A constant vector: four lanes of i32 or f32, or two of f64. */
  | { readonly _tag: 'Vector'; readonly type: 'i32x4' | 'f32x4' | 'f64x2'; readonly values: readonly number[] }
  /** The sixteen bytes of two vectors that `bytes` numbers, 0 to 31. */
  | { readonly _tag: 'Shuffle'; readonly bytes: readonly number[]; readonly operands: readonly Instruction[] }
  | { readonly _tag: 'Get'; readonly name: string }
  | { readonly _tag: 'Set'; readonly op: 'local.set' | 'local.tee'; readonly name: string; readonly value: Instruction }
  /** A branch to the label of a block leaves it; of a loop, begins it again. */
  | {
      readonly _tag: 'Block'
      readonly op: 'block' | 'loop'
      readonly label: string
      readonly body: readonly Instruction[]
    }
  | {
      readonly _tag: 'Branch'
      readonly op: 'br' | 'br_if'
      readonly label: string
      readonly when: Instruction | undefined
    }
  | {
      readonly _tag: 'If'
      readonly condition: Instruction
      readonly body: readonly Instruction[]
      readonly otherwise: readonly Instruction[]
    }
  | { readonly _tag: 'Call'; readonly name: string; readonly operands: readonly Instruction[] }

export interface Local {
  readonly name: string
  readonly type: ValueType
}

/** A function, called by its name from inside the module and, where `exported`, from outside. */
export interface Func {
  readonly name: string
  readonly exported: boolean
  readonly params: readonly Local[]
  readonly results: readonly ValueType[]
  readonly locals: readonly Local[]
  readonly body: readonly Instruction[]
}

/** A function from outside, `env.name`. */
export interface Import {
  readonly name: string
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** The only memory, `env.memory`, in pages of 64 KiB. A shared memory states its maximum. */
export interface Memory {
  readonly pages: number
  readonly maximum: number | undefined
  readonly shared: boolean
}

export interface Module {
  readonly memory: Memory
  readonly imports: readonly Import[]
  readonly functions: readonly Func[]
}
