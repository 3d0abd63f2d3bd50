/** How operations other than maps become code. */
import type { Primitive } from '../primitive/model.js'
import type { Access, Whole } from './graph.js'
import type { Body } from './wasm/body.js'

/** Where the operands and results of an operation lie. */
export interface Places {
  /** The address of the first element of an operand, in bytes; the others lie by its strides, which count elements. */
  readonly operand: (operand: Access) => number
  /** The address of a result, in row-major order. */
  readonly result: (index: number) => number
  /** The address of the working memory that was asked for. */
  readonly scratch: number
  /** The address of a table that was asked for. */
  readonly table: (index: number) => number
}

/** The code of one operation. */
export interface Emitter {
  /** Bytes of working memory. */
  readonly scratch?: number
  /** Integers that lie in memory before the program runs. */
  readonly tables?: readonly Int32Array[]
  /** Whether it may find that the primitive would throw: it then sets the status word, and writes results that are not used. */
  readonly isChecked?: boolean
  /** Writes the code into a body, which is that of a function of its own. */
  readonly emit: (body: Body, places: Places) => void
}

/** The code of an equation of a primitive; `undefined` for shapes, types or layouts that its own kernel computes. */
export type Lowering = (operation: Whole) => Emitter | undefined

/** Lowerings by the names of `primitive/code.ts`, which primitives have by identity. */
export type Lowerings = ReadonlyMap<string, Lowering>

type ParamsOf<P> = P extends Primitive<infer Q> ? Q : never

/** One line of the table: a lowering that reads the parameters of its primitive, of which only the type is needed. */
/* @__NO_SIDE_EFFECTS__ */
export const lowering = <P extends Primitive>(
  name: string,
  lower: (operation: Whole, params: ParamsOf<P>) => Emitter | undefined
): readonly [string, Lowering] => [
  name,
  // The parameters of an equation are those of its primitive.
  (operation) => lower(operation, operation.equation.params as ParamsOf<P>)
]
