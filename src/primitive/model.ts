/**
 * What a differentiable operation is, and how a call of one finds its interpreter.
 *
 * Dispatch is directed by the operands: a call goes to the interpreter of its highest-level operand, for which operands
 * of lower levels are constants. There is no current tape and no registry.
 */
import { type Concrete, Tensor, isConcrete, isTensor } from '../tensor/model.js'
import type { DType } from '../DType.js'
import type { Sample } from './domain.js'
import { type Shape, show } from '../shape/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What is known of a tensor before its values are: shape and element type. Every tensor is one.
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
 * The derivative rules of a primitive, written only in dispatching operations: that alone makes derivatives of
 * derivatives right, to any order.
 *
 * @example
 * import type { Derivative } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * // of x -> x^2, in both modes
 * const derivative: Derivative<undefined> = {
 *   jvp: (_index, tangent, [x = tangent]) => T.mul(tangent, T.mul(x, 2)),
 *   vjp: (_index, [x = T.scalar(0)]) => (ct) => T.mul(ct, T.mul(x, 2))
 * }
 * derivative.vjp(0, [T.scalar(3)], T.scalar(9), undefined)(T.scalar(1)) // => T.scalar(6)
 */
export interface Derivative<P> {
  /** The part of the result's tangent that the tangent of operand `index` contributes. */
  readonly jvp: (index: number, tangent: Tensor, operands: readonly Tensor[], out: Tensor, params: P) => Tensor
  /** The pullback to operand `index`. One closure per operand keeps residuals apart. */
  readonly vjp: (index: number, operands: readonly Tensor[], out: Tensor, params: P) => Pullback
}

/**
 * How `vmap` maps a primitive. Operands that are mapped carry the mapped axis in front, of length `size`, the others have
 * their usual shapes; the result carries it in front. Written in dispatching operations, as all rules.
 *
 * @example
 * import { type BatchRule, align, bind } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * // elementwise: the same operation, on operands that all carry the axis
 * const rule: BatchRule<undefined> = (operands, mapped, _params, size) =>
 *   bind(T.mul.primitive, align(operands, mapped, size), undefined)
 * rule([T.of([1, 2]), T.scalar(10)], [true, false], undefined, 2) // => T.of([10, 20])
 */
export type BatchRule<P> = (operands: readonly Tensor[], mapped: readonly boolean[], params: P, size: number) => Tensor

/**
 * A primitive operation: everything that the transformations and the laws need to know of it.
 *
 * Users make one with `unary`, `binary` or `op`; the exported function carries it as `.primitive`.
 *
 * @example
 * import type { Primitive } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const primitive: Primitive = T.tanh.primitive
 * primitive.name // => 'tanh'
 * primitive.infer([T.zeros([2, 3])], undefined).shape // => [2, 3]
 */
export interface Primitive<P = undefined> {
  /** The name, as the user calls it. */
  readonly name: string
  /** The type of the result; throws a `ShapeError` or `DTypeError` in the user's terms. */
  readonly infer: (operands: readonly TensorType[], params: P) => TensorType
  /** The kernel on concrete tensors; never dispatches. */
  readonly evaluate: (operands: readonly Concrete[], params: P, out: TensorType) => Concrete
  /** The rules; absent where the derivative is zero everywhere that it exists (`floor`, comparisons, `argmax`). */
  readonly derivative: Derivative<P> | undefined
  /** The rule of `vmap`; without one, examples are mapped one by one and their results stacked, which is right, but slow. */
  readonly batch?: BatchRule<P> | undefined
  /** Test operands and parameters that lie where the primitive is defined and smooth. */
  readonly sample: Sample<P>
}

/**
 * The pullback of a primitive with several results: from one cotangent per result to one per operand, `undefined` for zero.
 *
 * `before` is what each operand has been given by later operations: a pullback that `accumulates` starts from there and
 * returns the totals, so that sums are taken in the order in which they would be without it.
 *
 * @example
 * import type { JointPullback } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const swap: JointPullback = ([a, b]) => [b, a]
 * swap([T.scalar(1), T.scalar(2)], []) // => [T.scalar(2), T.scalar(1)]
 */
export type JointPullback = (
  cotangents: readonly (Tensor | undefined)[],
  before: readonly (Tensor | undefined)[]
) => readonly (Tensor | undefined)[]

/**
 * A primitive with several results: its rules take and give one entry per result, `undefined` for a zero.
 *
 * @example
 * import { type TuplePrimitive, bindTuple } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * // x -> (x, x): tangents are copied, cotangents are added
 * const twice: TuplePrimitive = {
 *   name: 'twice',
 *   infer: ([x]) => (x === undefined ? [] : [x, x]),
 *   evaluate: ([x]) => (x === undefined ? [] : [x, x]),
 *   jvp: ([t]) => [t, t],
 *   vjp: () => ([a, b]) => [a === undefined ? b : b === undefined ? a : T.add(a, b)],
 *   sample: (draw) => ({ operands: [draw.tensor(draw.shape(), { from: -1, to: 1, kinks: [] })], params: undefined })
 * }
 * bindTuple(twice, [T.scalar(2)], undefined) // => [T.scalar(2), T.scalar(2)]
 */
export interface TuplePrimitive<P = undefined> {
  readonly name: string
  /** The types of the results. */
  readonly infer: (operands: readonly TensorType[], params: P) => readonly TensorType[]
  readonly evaluate: (operands: readonly Concrete[], params: P) => readonly Concrete[]
  readonly jvp: (
    tangents: readonly (Tensor | undefined)[],
    operands: readonly Tensor[],
    out: readonly Tensor[],
    params: P
  ) => readonly (Tensor | undefined)[]
  readonly vjp: (operands: readonly Tensor[], out: readonly Tensor[], params: P) => JointPullback
  /** Whether the pullback returns totals, from `before` on. */
  readonly accumulates?: boolean
  /** Whether it is called for more than its results, so that a staged program keeps it when nobody reads them. */
  readonly effect?: boolean | ((params: P) => boolean)
  /** The rule of `vmap`, as in `Primitive`: all results carry the mapped axis in front. */
  readonly batch?: (
    operands: readonly Tensor[],
    mapped: readonly boolean[],
    params: P,
    size: number
  ) => readonly Tensor[]
  /** Test operands and parameters; absent for those made at run time from a user's function, required of exported ones. */
  readonly sample?: Sample<P>
}

/**
 * A primitive of two operands of one type and shape, taken apart so that a call of it makes no arrays: programs of scalars
 * are mostly such calls.
 */
export interface Pair {
  readonly primitive: Primitive
  readonly evaluate: (x: Concrete, y: Concrete) => Concrete
  /** The makers of the linear maps to (or from) either operand, as in `Derivative`. */
  readonly maps: readonly [PairMap, PairMap] | undefined
}

/** Makes the map that multiplies with a partial derivative: of tangents forward, of cotangents back. */
export type PairMap = (x: Tensor, y: Tensor, out: Tensor) => Pullback

/** A reading of the primitives: the reverse mode, the forward mode, ... */
export interface Interpreter {
  readonly level: number
  /** The transformation as the user called it. */
  readonly transformation: string
  /** What to do instead of reading one of its values as numbers. */
  readonly remedy: string
  /** Whether the function that is being transformed still runs; afterwards its values are leaks. */
  readonly open: boolean
  /** The same as `apply` of the pair's primitive. */
  readonly applyPair: (pair: Pair, x: Tensor, y: Tensor) => Tensor
  readonly apply: <P>(primitive: Primitive<P>, operands: readonly Tensor[], params: P) => Tensor
  readonly applyTuple: <P>(primitive: TuplePrimitive<P>, operands: readonly Tensor[], params: P) => readonly Tensor[]
}

/** A value inside a transformation, which stands for a tensor that the transformation may not have yet. */
export abstract class Traced<S extends Shape = Shape> extends Tensor<S> {
  abstract readonly interpreter: Interpreter
  /** The value one transformation further out; none where there are no values yet. */
  abstract readonly primal: Tensor | undefined

  toString(): string {
    return `Traced<${show(this.shape)}, ${this.dtype}> (inside ${this.interpreter.transformation})`
  }

  /** A JavaScript number cannot stand for a value that is not known yet. */
  override [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString()
    throw unread('arithmetic', this.interpreter, 'used as a JavaScript number')
  }
}

// -----------------------------------------------------------------------------
// errors
// -----------------------------------------------------------------------------

/**
 * A value was used outside of the transformation that it belongs to, or read as numbers inside of it.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import { LeakedTracerError } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const read = (x: T.Tensor<[]>) => T.mul(x, T.item(x))
 * const attempt = () => {
 *   try {
 *     return grad(read)(T.scalar(2))
 *   } catch (error) {
 *     return error instanceof LeakedTracerError ? error.operation : error
 *   }
 * }
 * attempt() // => 'item'
 */
export class LeakedTracerError extends Error {
  override readonly name: string = 'LeakedTracerError'
  readonly operation: string

  constructor(operation: string, rule: string) {
    super(`${operation}: ${rule}`)
    this.operation = operation
  }
}

/** The error for an operation on a value whose transformation has finished. */
export const leaked = (operation: string, transformation: string): LeakedTracerError =>
  new LeakedTracerError(
    operation,
    `an operand is a value from inside ${transformation}, which has finished; return values from the function instead of storing them outside it`
  )

/** The error for a rule that gives values of the very transformation that it is a rule for. */
export const ownRule = (operation: string, transformation: string): LeakedTracerError =>
  new LeakedTracerError(
    operation,
    `a rule closes over a value inside ${transformation}, whose derivative would be lost; pass it as an argument instead`
  )

/** The error for reading a traced value. */
const unread = (operation: string, { open, transformation, remedy }: Interpreter, how: string): LeakedTracerError =>
  open
    ? new LeakedTracerError(operation, `a value inside ${transformation} was ${how}; ${remedy}`)
    : leaked(operation, transformation)

/** The values of a tensor, for a destructor: throws a `LeakedTracerError` when a transformation holds it. */
export const read = (operation: string, x: Tensor): Concrete => {
  if (!isTensor(x)) throw new TypeError(`${operation}: a value of type ${typeof x}; a tensor is required`)
  if (isConcrete(x)) return x
  if (x instanceof Traced) throw unread(operation, x.interpreter, 'read as numbers')
  throw leaked(operation, 'a transformation')
}

/**
 * The values under all transformations, of the mapped axes in front as well; `undefined` in a staged function, where there
 * are none. For checks alone: what a function returns must not depend on it.
 */
export const bottom = (x: Tensor): Concrete | undefined => {
  let value: Tensor | undefined = x
  while (value instanceof Traced) value = value.primal
  return value !== undefined && isConcrete(value) ? value : undefined
}

/**
 * An operation was called on an element type that it does not accept.
 *
 * @example
 * import { DTypeError } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const attempt = () => {
 *   try {
 *     return T.gather(T.of([1, 2]), T.of([0.5]))
 *   } catch (error) {
 *     return error instanceof DTypeError
 *   }
 * }
 * attempt() // => true
 */
export class DTypeError extends Error {
  override readonly name: string = 'DTypeError'
  readonly operation: string

  constructor(operation: string, rule: string) {
    super(`${operation}: ${rule}`)
    this.operation = operation
  }
}

// -----------------------------------------------------------------------------
// application
// -----------------------------------------------------------------------------

const highest = (operands: readonly Tensor[]): Tensor | undefined => {
  let top: Tensor | undefined
  let level = 0
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i]!
    if (operand.level > level) {
      level = operand.level
      top = operand
    }
  }
  return top
}

const allConcrete = (operands: readonly Tensor[], top: Tensor | undefined): operands is readonly Concrete[] =>
  top === undefined

/**
 * Applies a primitive: on concrete operands its kernel, else the interpreter of the highest-level operand.
 *
 * @example
 * import { bind } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * bind(T.neg.primitive, [T.of([1, 2])], undefined) // => T.of([-1, -2])
 */
export const bind = <P>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): Tensor => {
  const top = highest(operands)
  if (allConcrete(operands, top)) return primitive.evaluate(operands, params, primitive.infer(operands, params))
  if (top instanceof Traced) return top.interpreter.apply(primitive, operands, params)
  throw leaked(primitive.name, 'a transformation')
}

/** Applies a primitive of two operands of one type and shape, as `bind` does. */
export const bindPair = (pair: Pair, x: Tensor, y: Tensor): Tensor => {
  if (isConcrete(x) && isConcrete(y)) return pair.evaluate(x, y)
  const top = x.level > y.level ? x : y
  if (top instanceof Traced) return top.interpreter.applyPair(pair, x, y)
  throw leaked(pair.primitive.name, 'a transformation')
}

/**
 * Applies a primitive with several results.
 *
 * @example
 * import { type TuplePrimitive, bindTuple } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const both = (primitive: TuplePrimitive, x: T.Tensor): readonly T.Tensor[] => bindTuple(primitive, [x], undefined)
 * both.length // => 2
 */
export const bindTuple = <P>(
  primitive: TuplePrimitive<P>,
  operands: readonly Tensor[],
  params: P
): readonly Tensor[] => {
  const top = highest(operands)
  if (allConcrete(operands, top)) return primitive.evaluate(operands, params)
  if (top instanceof Traced) return top.interpreter.applyTuple(primitive, operands, params)
  throw leaked(primitive.name, 'a transformation')
}
