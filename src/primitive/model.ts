/**
 * The model of differentiable operations: one record for every operation, and programs, which are lists of equations.
 *
 * Both are in one file because each refers to the other: an equation of a program names its primitive, and a primitive
 * such as `scan` holds programs in its parameters.
 */
import type { DType } from '../DType.js'
import type { Shape } from '../shape/model.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import type { Sample } from './domain.js'
import type { CallMapped, PushForward } from './leaves.js'
import type { Cost, CostOfPrograms } from './traffic.js'
import type { Scalars } from './expression.js'

// -----------------------------------------------------------------------------
// types and parameters
// -----------------------------------------------------------------------------

/**
 * A tensor's shape and dtype, which are known before its values. Every tensor is one.
 *
 * @example
 * import type { TensorType } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const type: TensorType = T.zeros([2, 3])
 * type.shape // => [2, 3]
 */
export interface TensorType {
  readonly shape: Shape
  readonly dtype: DType
}

/**
 * The kind of a primitive, for code that treats operations alike: compilers, costs, printers.
 * `docs/architecture.md` has a table of the kinds.
 *
 * @example
 * import type { Kind } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const kind: Kind = T.exp.primitive.kind
 * kind // => 'elementwise'
 */
export type Kind =
  'elementwise' | 'reduce' | 'lane' | 'view' | 'move' | 'contract' | 'index' | 'random' | 'control' | 'opaque'

/**
 * The parameters of some primitive: always a record of plain data. A primitive whose parameters are not known in the
 * types is a `Primitive<Params>`, or `Primitive` for short.
 *
 * @example
 * import type { Params } from 'pullback/Primitive'
 *
 * const params: Params = { axes: [0] }
 * Object.keys(params) // => ['axes']
 */
export type Params = object

/**
 * The parameters of a primitive that has none.
 *
 * @example
 * import { type None, none } from 'pullback/Primitive'
 *
 * const params: None = none
 * Object.keys(params) // => []
 */
export type None = Readonly<Record<string, never>>

/**
 * The one empty record, for primitives without parameters.
 *
 * @example
 * import { bindOne, none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * bindOne(T.neg.primitive, [T.scalar(1)], none) // => T.scalar(-1)
 */
export const none: None = /* @__PURE__ */ Object.freeze({})

// -----------------------------------------------------------------------------
// rules
// -----------------------------------------------------------------------------

/**
 * The linear map that takes the cotangent of a result to the cotangent of one operand.
 *
 * @example
 * import type { Pullback } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const pullbackOfDoubling: Pullback = (cotangent) => T.mul(cotangent, 2)
 * pullbackOfDoubling(T.scalar(3)) // => T.scalar(6)
 */
export type Pullback = (cotangent: Tensor) => Tensor

/**
 * Tangents or cotangents, one per operand or result; `undefined` stands for a zero that is never computed.
 *
 * @example
 * import type { Slots } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const cotangents: Slots = [T.scalar(1), undefined]
 * cotangents.length // => 2
 */
export type Slots = readonly (Tensor | undefined)[]

/**
 * The pullback of a primitive whose operands share the work: from one cotangent per result to one per operand.
 *
 * `before` holds the cotangent of each operand so far, from later operations. If the derivative `accumulates`, the
 * pullback adds to it and returns the totals. A primitive that runs other operations, such as `checkpoint`, then adds in
 * the same order as these operations would on their own.
 *
 * @example
 * import type { JointPullback } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const swap: JointPullback = ([a, b]) => [b, a]
 * swap([T.scalar(1), T.scalar(2)], []) // => [T.scalar(2), T.scalar(1)]
 */
export type JointPullback = (cotangents: Slots, before: Slots) => Slots

/**
 * The four forms of a rule: of one operand, for primitives with one result, or of all operands together (*joint*), where
 * they share the work or there are several results. With one pullback per operand, each keeps only what it needs
 * itself.
 *
 * They are declared as methods, so that a primitive with parameters of any type is assignable to `Primitive`.
 *
 * @example
 * import type { None, Rules } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const tangentOfDoubling: Rules<None>['jvp'] = (tangent) => T.mul(tangent, 2)
 * const pullbackOfSwap: Rules<None>['jointVjp'] = () => ([a, b]) => [b, a]
 * const lengths = [tangentOfDoubling.length, pullbackOfSwap.length]
 * lengths // => [1, 0]
 */
export interface Rules<P extends Params> {
  /** The part of the result's tangent that the tangent of one operand contributes. */
  jvp(this: void, tangent: Tensor, operands: readonly Tensor[], out: Tensor, params: P): Tensor
  /** Makes the pullback to one operand. */
  vjp(this: void, operands: readonly Tensor[], out: Tensor, params: P): Pullback
  /** The tangents of all results, from those of all operands. */
  jointJvp(
    this: void,
    tangents: Slots,
    operands: readonly Tensor[],
    out: readonly Tensor[],
    params: P,
    push: PushForward
  ): Slots
  /** Makes the pullback to all operands. */
  jointVjp(this: void, operands: readonly Tensor[], out: readonly Tensor[], params: P): JointPullback
}

/**
 * The derivative rules of a primitive. They call dispatching operations, never kernels, and so derivatives of any order
 * are right. Each mode has either a list with one rule per operand (`undefined` for an operand without a derivative, such
 * as an index), or one joint rule.
 *
 * @example
 * import type { Derivative, None } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * // of x -> x^2, in both modes
 * const derivative: Derivative<None> = {
 *   jvp: [(tangent, [x = tangent]) => T.mul(tangent, T.mul(x, 2))],
 *   vjp: [([x = T.scalar(0)]) => (ct) => T.mul(ct, T.mul(x, 2))]
 * }
 * Object.keys(derivative) // => ['jvp', 'vjp']
 */
export interface Derivative<P extends Params = Params> {
  readonly jvp: readonly (Rules<P>['jvp'] | undefined)[] | Rules<P>['jointJvp']
  readonly vjp: readonly (Rules<P>['vjp'] | undefined)[] | Rules<P>['jointVjp']
  /** Whether the joint pullback returns totals, from `before` on. */
  readonly accumulates?: boolean
}

/**
 * A primitive of two operands of one type and shape, taken apart so that a call makes no arrays. Programs of scalars are
 * mostly such calls.
 */
export interface Pair {
  readonly primitive: Primitive
  readonly evaluate: (x: Concrete, y: Concrete) => Concrete
  /** The makers of the linear maps to (or from) either operand. */
  readonly maps: readonly [PairMap, PairMap] | undefined
}

/** A primitive of one operand, without parameters, taken apart in the same way. */
export interface Single {
  readonly primitive: Primitive
  readonly evaluate: (x: Concrete) => Concrete
  /** The maker of the linear map to (or from) the operand. */
  readonly map: ((x: Tensor, out: Tensor) => Pullback) | undefined
}

/** Makes the map that multiplies a tangent (forward) or a cotangent (backward) by a partial derivative. */
export type PairMap = (x: Tensor, y: Tensor, out: Tensor) => Pullback

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/**
 * A primitive operation: everything that transformations, programs and laws need to know about it. Results are always a
 * list.
 *
 * Make one with `unary`, `binary` or `op`; the exported function carries it as `.primitive`. A primitive with several
 * results, or with a joint derivative, is written as a record.
 *
 * @example
 * import { type None, type Primitive, bind, none, real } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * // x -> (x, x): tangents are copied, cotangents are added
 * const twice: Primitive<None> = {
 *   name: 'twice',
 *   kind: 'view',
 *   infer: ([x]) => [x!, x!],
 *   evaluate: ([x]) => [x!, x!],
 *   derivative: {
 *     jvp: ([t]) => [t, t],
 *     vjp: () => ([a, b]) => [a === undefined ? b : b === undefined ? a : T.add(a, b)]
 *   },
 *   batch: (operands) => bind(twice, operands, none),
 *   sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: none })
 * }
 * bind(twice, [T.scalar(2)], none) // => [T.scalar(2), T.scalar(2)]
 */
export interface Primitive<P extends Params = Params> {
  /** The name, as the user calls it; unique within a program. */
  readonly name: string
  readonly kind: Kind
  /** The number of operands, if it is fixed. */
  readonly arity?: number
  /** The types of the results; throws a `ShapeError` or `DTypeError` in the user's terms. */
  infer(this: void, operands: readonly TensorType[], params: P): readonly TensorType[]
  /** The kernel on concrete tensors; never dispatches. */
  evaluate(this: void, operands: readonly Concrete[], params: P): readonly Concrete[]
  /** The rules; `undefined` if the derivative is zero wherever it exists (`floor`, comparisons, `argmax`). */
  readonly derivative: Derivative<P> | undefined
  /**
   * The rule of `vmap`. Operands that are `mapped` have the mapped axis in front, of length `size`; the others have their
   * usual shapes. All results must have it in front. Without a rule, `vmap` calls the primitive once per example and
   * stacks the results, which is correct but slow.
   */
  batch?(
    this: void,
    operands: readonly Tensor[],
    mapped: readonly boolean[],
    params: P,
    size: number,
    map: CallMapped
  ): readonly Tensor[]
  /** Test operands and parameters; absent for primitives that are made per call from a user's function. */
  sample?(this: void, ...draw: Parameters<Sample<P>>): ReturnType<Sample<P>>
  /** The fast path of two operands of one type and shape. */
  readonly pair?: Pair
  /** The fast path of one operand, without parameters. */
  readonly single?: Single
  /** For an elementwise primitive: its function of numbers, as data. */
  readonly scalar?: Scalars
  /**
   * Whether it has an effect, so that a program keeps it even if its results are unused. By default, it has one if a
   * program in its parameters has.
   */
  effect?(this: void, params: P): boolean
  /**
   * The operands by whose elements the kernel may throw, such as indices that may be out of range. A compiled function and the body of a
   * loop keep the check even if the results are unused, on zeros for the other operands.
   */
  readonly refuses?: readonly number[]
  /** Operations and bytes of one call, where the default of the kind is wrong. */
  cost?(
    this: void,
    operands: readonly TensorType[],
    params: P,
    results: readonly TensorType[],
    ofPrograms: CostOfPrograms<Program>
  ): Cost
  /** The programs in its parameters. */
  programs?(this: void, params: P): readonly Program[]
  /** The types of the operands, if the programs determine them. */
  takes?(this: void, params: P): readonly TensorType[]
  /** The parameters with other programs, in the order of `programs`. */
  withPrograms?(this: void, params: P, programs: readonly Program[]): P
  /** Whether the kernel runs derivatives of the programs; passes then do not rewrite them, so the bits stay the same. */
  readonly differentiates?: boolean
  /**
   * For a primitive made per call from a user's functions: the same operation with programs in its parameters, which
   * staging records instead; `undefined` if a function reads values, and so has no program.
   */
  close?(this: void, operands: readonly TensorType[], params: P): Bound | undefined
}

/**
 * A primitive with the parameters that it is called with.
 *
 * @example
 * import { type Bound, none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const bound: Bound = { primitive: T.neg.primitive, params: none }
 * bound.primitive.name // => 'neg'
 */
export interface Bound {
  readonly primitive: Primitive
  readonly params: Params
}

// -----------------------------------------------------------------------------
// programs
// -----------------------------------------------------------------------------

/**
 * A value of a program: an input, or the result of an equation.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const [x] = Debug.trace(T.exp)(T.zeros([3])).inputs
 * x instanceof Program.Variable // => true
 * x?.shape // => [3]
 */
export class Variable implements TensorType {
  /** The place of its value when the program runs; no other variable of the program has it. */
  readonly index: number
  readonly shape: Shape
  readonly dtype: DType

  constructor(index: number, { shape, dtype }: TensorType) {
    this.index = index
    this.shape = shape
    this.dtype = dtype
    Object.freeze(this)
  }
}

/**
 * An operand of an equation: a variable, or a constant.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const isConstant = (atom: Program.Atom) => !(atom instanceof Program.Variable)
 * const [twice] = Debug.trace((x: T.Tensor<[]>) => T.mul(x, 2))(T.scalar(1)).equations
 * twice?.operands.map(isConstant) // => [false, true]
 */
export type Atom = Variable | Tensor

/**
 * One operation of a program, as data: `results = primitive[params](operands)`. `equation` makes one.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const [first] = Debug.trace((x: T.Tensor<[2, 3]>) => T.sum(T.exp(x), { axis: 0 }))(T.zeros([2, 3])).equations
 * first?.primitive === T.exp.primitive // => true
 * first?.results.map(({ shape }) => shape) // => [[2, 3]]
 */
export interface Equation {
  readonly primitive: Primitive
  readonly params: Params
  readonly operands: readonly Atom[]
  readonly results: readonly Variable[]
  /** The scopes it was made in, outermost first, joined by slashes; absent outside all scopes. */
  readonly scope?: string
}

/**
 * A function of tensors as a list of equations; each reads inputs, constants and results of earlier equations.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import type * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const names = ({ equations }: Program.Program) => equations.map(({ primitive }) => primitive.name)
 * names(Debug.trace((x: T.Tensor<[]>) => T.exp(T.sin(x)))(T.scalar(0))) // => ['sin', 'exp']
 */
export interface Program {
  readonly inputs: readonly Variable[]
  readonly equations: readonly Equation[]
  readonly outputs: readonly Atom[]
  /** The number of places that a run needs; the index of every variable is below it. */
  readonly places: number
}
