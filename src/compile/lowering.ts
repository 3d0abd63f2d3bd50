/** How operations other than maps become code. */
import type { Params, Primitive } from '../primitive/model.js'
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

/** Lowerings by the primitive itself. */
export type Lowerings = ReadonlyMap<Primitive, Lowering>

/** One line of the table: a lowering that reads the parameters of its primitive. */
/* @__NO_SIDE_EFFECTS__ */
export const lowering = <P extends Params>(
  primitive: Primitive<P>,
  lower: (operation: Whole, params: P) => Emitter | undefined
): readonly [Primitive, Lowering] => [
  primitive,
  // The parameters of an equation are those of its primitive.
  (operation) => lower(operation, operation.equation.params as P)
]
