/**
 * Functions of numbers as data: what an elementwise primitive computes at one place, for compilers, exporters and
 * printers. Kernels are never made from an expression at run time.
 */

/** A function that an expression may call. */
export type Intrinsic = 'exp' | 'log' | 'sqrt'

/** What an elementwise primitive computes at one place. */
export type Expression =
  | { readonly op: 'operand'; readonly index: number }
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: 'parameter'; readonly name: string }
  | { readonly op: 'intrinsic'; readonly name: Intrinsic; readonly args: readonly Expression[] }
  | { readonly op: Arithmetic | Comparison; readonly left: Expression; readonly right: Expression }
  | {
      readonly op: 'select'
      readonly condition: Expression
      readonly then: Expression
      readonly otherwise: Expression
    }

export type Arithmetic = 'add' | 'sub' | 'mul' | 'div'
export type Comparison = 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual'

/** The expression of a primitive, and other ones for element types that have another function. */
export interface Scalars {
  readonly float: Expression
  readonly single?: Expression
  readonly int32?: Expression
}
