/** The body of a function while it is being written. */
import { get, set } from '../../kernel/wasm/build.js'
import type { Functions } from '../../kernel/library/instance.js'
import type { Func, Instruction, Local, ValueType } from '../../kernel/wasm/model.js'
import type { FunctionName } from './functions.js'

/** A function of the library of products. */
export type LibraryName = keyof Functions

/** A function of numbers that compiled code calls. */
export interface Imported {
  readonly arity: number
  readonly f: (x: number, y: number) => number
}

/** A function of the host that works on the memory of the program. Its operands are addresses and counts. */
export interface OnMemory {
  readonly arity: number
  readonly over: (buffer: ArrayBuffer) => (...args: readonly number[]) => void
}

/** Instructions in order, and the locals that they use. */
export interface Body {
  readonly instructions: Instruction[]
  readonly locals: Local[]
  /** Functions of numbers that are called, by name: they are the same in all bodies. */
  readonly imports: Map<string, Imported>
  /** The functions of float32 that are called, by name. */
  readonly functions: Set<FunctionName>
  /** The functions of the library of products that are called. */
  readonly library: Set<LibraryName>
  /** Functions of the module that are called, by name: they are the same in all bodies. */
  readonly helpers: Map<string, Func>
  /** Functions on the memory that are called, by name: they are the same in all bodies. */
  readonly hosts: Map<string, OnMemory>
}

export const emptyBody = (): Body => ({
  instructions: [],
  locals: [],
  imports: new Map(),
  functions: new Set(),
  library: new Set(),
  helpers: new Map(),
  hosts: new Map()
})

/** A new local; its name. */
export const newLocal = ({ locals }: Body, type: ValueType): string => {
  const name = `${type}_${locals.length}`
  locals.push({ name, type })
  return name
}

/** Keeps a value in a local of its own, to be read several times. */
export const keep = (body: Body, type: ValueType, value: Instruction): Instruction => {
  const name = newLocal(body, type)
  body.instructions.push(set(name, value))
  return get(name)
}
