/** What a format must say so that programs can be written in it. */
import type { DType } from '../../DType.js'
import type { Expression } from '../../primitive/expression.js'
import type { Intrinsic, Operation } from '../../primitive/intrinsics.js'
import type { Equation, Params, Primitive, Program, TensorType } from '../../primitive/model.js'
import type { Shape } from '../../shape/model.js'
import type { Concrete } from '../../tensor/model.js'
import type { Decomposition } from './decompose/model.js'

// -----------------------------------------------------------------------------
// rules
// -----------------------------------------------------------------------------

/** Writes a program inside another, such as the body of a loop, from its inputs to its outputs. */
export type Inner<W, V> = (writer: W, program: Program, inputs: readonly V[]) => readonly V[]

/** Writes an equation: from the values of its operands to those of its results, whose types are given. */
export type Write<W, V, P> = (
  writer: W,
  operands: readonly V[],
  params: P,
  results: readonly TensorType[],
  inner: Inner<W, V>
) => readonly V[]

/** Why a rule does not write equations of these types and parameters; `undefined` if it does. */
export type Refuses<P> = (
  operands: readonly TensorType[],
  params: P,
  results: readonly TensorType[]
) => string | undefined

/** How the equations of one primitive are written. Methods, so that a rule for any parameters is a rule. */
export interface Rule<W, V, P = Params> {
  write(this: void, ...given: Parameters<Write<W, V, P>>): readonly V[]
  refuses?(this: void, ...given: Parameters<Refuses<P>>): string | undefined
}

/** The rules of a format, by the records of primitives. */
export type Rules<W, V> = ReadonlyMap<Primitive, Rule<W, V>>

/** One line of a table of rules: the parameters are those of the primitive. */
export type On<W, V> = <P extends Params>(
  primitive: Primitive<P>,
  write: Write<W, V, P>,
  refuses?: Refuses<P>
) => readonly [Primitive, Rule<W, V>]

/** Makes one line of a table of rules; a format gives it its types: `const on: On<Writer, Value> = ruleOn`. */
/* @__NO_SIDE_EFFECTS__ */
export const ruleOn = <W, V, P extends Params>(
  primitive: Primitive<P>,
  write: Write<W, V, P>,
  refuses?: Refuses<P>
): readonly [Primitive, Rule<W, V>] => {
  const rule: Rule<W, V, P> = refuses === undefined ? { write } : { write, refuses }
  return [primitive, rule]
}

// -----------------------------------------------------------------------------
// elementwise arithmetic
// -----------------------------------------------------------------------------

/** The comparisons among the operations of expressions. */
export type Comparison = Exclude<Operation, Arithmetic>

/** The arithmetic among the operations of expressions. */
export type Arithmetic = 'add' | 'sub' | 'mul' | 'div'

/**
 * Elementwise arithmetic of a format, on values of one shape: numbers, all of one element type, and masks, which are of type bool.
 */
export interface Algebra<V> {
  /** A number everywhere. */
  readonly constant: (value: number) => V
  /** A truth value everywhere. */
  readonly mask: (value: boolean) => V
  readonly arithmetic: (op: Arithmetic, left: V, right: V) => V
  /** A mask; every comparison with NaN is false, but for `notEqual`, which is true. */
  readonly compare: (op: Comparison, left: V, right: V) => V
  readonly select: (mask: V, onTrue: V, onFalse: V) => V
  readonly and: (left: V, right: V) => V
  readonly or: (left: V, right: V) => V
  readonly xor: (left: V, right: V) => V
  readonly not: (mask: V) => V
  /** 1 where a mask is true, else 0. */
  readonly fromMask: (mask: V) => V
  /** A function that the format has for the type of the numbers. */
  readonly intrinsic: (name: Intrinsic, args: readonly V[]) => V
  /** Values of any type as numbers of the type, and numbers of the type as values of any: as `T.cast` does. */
  readonly convert: (value: V, dtype: DType) => V
}

// -----------------------------------------------------------------------------
// languages
// -----------------------------------------------------------------------------

/** A format: `W` is what writes, `V` a value in what is written. */
export interface Language<W, V extends TensorType> {
  /** The name that sentences call it by. */
  readonly format: string
  readonly rules: Rules<W, V>
  /** Whether it has a function for numbers of a type: `int32`, `float32` or `float64`. */
  readonly has: (name: Intrinsic, dtype: DType) => boolean
  /** Why it cannot have an equation whatever its primitive, such as an element type that it lacks. */
  readonly refuses?: (equation: Equation) => string | undefined
  /** Why it cannot have a program without outputs, if it cannot. */
  readonly withoutOutputs?: string
  readonly constant: (writer: W, value: Concrete) => V
  /** Arithmetic on numbers of a shape and type. */
  readonly algebra: (writer: W, type: { readonly shape: Shape; readonly dtype: DType }) => Algebra<V>
  /** The writer for one equation, which knows its scope and name. */
  readonly at: (writer: W, equation: Equation) => W
}

// -----------------------------------------------------------------------------
// what formats share
// -----------------------------------------------------------------------------

/** What stands in for rules and functions that a format lacks. */
export interface Substitutes {
  readonly decompositions: ReadonlyMap<Primitive, Decomposition>
  /** Why a primitive has no decomposition. */
  readonly reasons: ReadonlyMap<Primitive, string>
  /** A function over others, as an expression of its arguments, for numbers of a type. */
  readonly formula: Formula
}

/** The expression of an intrinsic for numbers of a type, if there is one. */
export type Formula = (name: Intrinsic, dtype: DType) => Expression | undefined
