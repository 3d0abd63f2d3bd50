/**
 * The general maker of primitives: rules written operand by operand, as one writes mathematics.
 */
import type { Concrete, Tensor } from '../tensor/model.js'
import { bind } from './bind.js'
import { type Expression, type Scalars, scalarsOf } from './expression.js'
import type { Derivative, Kind, None, Params, Primitive, Pullback, TensorType } from './model.js'
import type { Sample } from './domain.js'
import type { Cost } from './traffic.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Repeat<N extends number, A> = N extends 1 ? [A] : N extends 2 ? [A, A] : N extends 3 ? [A, A, A] : A[]

/** The arguments of a rule: the operands, then the rest. */
type After<N extends number, A, Rest extends unknown[]> = [...Repeat<N, A>, ...Rest]

/**
 * The pullback to one operand, made from the operands, the result and the parameters.
 *
 * @example
 * import { type None, type VjpRule, none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const ofSquare: VjpRule<1, None> = (x) => (ct) => T.mul(ct, T.mul(x, 2))
 * ofSquare(T.scalar(3), T.scalar(9), none)(T.scalar(1)) // => T.scalar(6)
 */
export type VjpRule<N extends number, P extends Params> = (
  ...args: After<N, Tensor, [out: Tensor, params: P]>
) => Pullback

/**
 * The tangent of the result when one operand moves, made from its tangent, the operands, the result and the parameters.
 *
 * @example
 * import { type JvpRule, type None, none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const ofSquare: JvpRule<1, None> = (t, x) => T.mul(t, T.mul(x, 2))
 * ofSquare(T.scalar(1), T.scalar(3), T.scalar(9), none) // => T.scalar(6)
 */
export type JvpRule<N extends number, P extends Params> = (
  tangent: Tensor,
  ...args: After<N, Tensor, [out: Tensor, params: P]>
) => Tensor

/**
 * The rule of `vmap` for a primitive with one result, as `Primitive.batch`.
 *
 * @example
 * import { type BatchRule, type None, align, bindOne, none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * // elementwise: the same operation, on operands that all carry the axis
 * const rule: BatchRule<None> = (operands, mapped, _params, size) =>
 *   bindOne(T.mul.primitive, align(operands, mapped, size), none)
 * rule([T.of([1, 2]), T.scalar(10)], [true, false], none, 2) // => T.of([10, 20])
 */
export type BatchRule<P extends Params> = (
  operands: readonly Tensor[],
  mapped: readonly boolean[],
  params: P,
  size: number
) => Tensor

/**
 * The record that `op` takes: of `N` operands, and of parameters `P`, a record of plain data.
 *
 * @example
 * import { type None, type OpRecord, none, op, real } from 'pullback/Primitive'
 *
 * const identity: OpRecord<1, None> = {
 *   name: 'identity',
 *   kind: 'view',
 *   arity: 1,
 *   infer: (x) => x,
 *   evaluate: (x) => x,
 *   jvp: 'linear',
 *   vjp: [() => (ct) => ct],
 *   sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: none })
 * }
 * op(identity).name // => 'identity'
 */
export interface OpRecord<N extends number, P extends Params> {
  readonly name: string
  /** The kind of operation; `'opaque'` by default. */
  readonly kind?: Kind
  /** The number of operands, 1 to 3. */
  readonly arity: N
  /** The type of the result; throws in the user's terms. */
  readonly infer: (...args: After<N, TensorType, [params: P]>) => TensorType
  /** The kernel; the result's type is inferred already. */
  readonly evaluate: (...args: After<N, Concrete, [params: P, out: TensorType]>) => Concrete
  /**
   * `'linear'`: in each differentiable operand separately, so that the tangent follows from the operation itself. Else
   * one rule per operand; `undefined` for an operand that has no derivative (an index, a mask).
   */
  readonly jvp: 'linear' | readonly (JvpRule<N, P> | undefined)[] | undefined
  /** One maker of pullbacks per operand, or `undefined` for an operation whose derivative is zero. */
  readonly vjp: readonly (VjpRule<N, P> | undefined)[] | undefined
  /** The rule of `vmap`; without one, examples are mapped one by one. */
  readonly batch?: BatchRule<P>
  readonly sample: Sample<P>
  /** For an elementwise one: its function of numbers as data, for all element types or some apart. */
  readonly scalar?: Expression | Scalars
  /** The operands by whose elements the kernel may throw, such as indices that may be out of range. */
  readonly refuses?: readonly number[]
  /** Operations and bytes of one call, where the default of the kind is wrong. */
  readonly cost?: (operands: readonly TensorType[], params: P, results: readonly TensorType[]) => Cost
}

/**
 * A function that a user calls, and the primitive behind it.
 *
 * @example
 * import type { HasPrimitive } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const nameOf = (f: HasPrimitive): string => f.primitive.name
 * nameOf(T.exp) // => 'exp'
 */
export interface HasPrimitive<P extends Params = Params> {
  readonly primitive: Primitive<P>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * Calls a rule with its operands in front; the arity in its type is the number of operands that `bind` was given. Written
 * out by arity, since a call by an array costs more than a small kernel does.
 */
const call = <Args extends unknown[], R>(
  rule: (...args: Args) => R,
  operands: readonly unknown[],
  first: unknown,
  second?: unknown
): R => {
  const apply = rule as (...args: readonly unknown[]) => R
  if (operands.length === 1) return apply(operands[0], first, second)
  if (operands.length === 2) return apply(operands[0], operands[1], first, second)
  return apply(...operands, first, second)
}

/**
 * Makes a primitive with one result from rules written operand by operand.
 *
 * @example
 * import { type None, bindOne, none, op, real } from 'pullback/Primitive'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * // The identity with its gradient reversed, for a part of a model that is to unlearn what another part learns.
 * const reverseGradientPrimitive = op<1, None>({
 *   name: 'reverseGradient',
 *   kind: 'view',
 *   arity: 1,
 *   infer: (x) => x,
 *   evaluate: (x) => x,
 *   jvp: [(tangent) => T.neg(tangent)],
 *   vjp: [() => (cotangent) => T.neg(cotangent)],
 *   sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: none })
 * })
 * const reverseGradient = (x: T.Tensor): T.Tensor => bindOne(reverseGradientPrimitive, [x], none)
 * grad((x: T.Tensor) => T.sum(reverseGradient(x)))(T.of([1, 2])) // => T.of([-1, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const op = <N extends 1 | 2 | 3, P extends Params = None>(record: OpRecord<N, P>): Primitive<P> => {
  const { name, kind = 'opaque', infer, evaluate, batch, sample, scalar, refuses, cost } = record
  const primitive: Primitive<P> = {
    name,
    kind,
    arity: record.arity,
    infer: (operands, params) => [call(infer, operands, params)],
    evaluate: (operands, params) => [call(evaluate, operands, params, call(infer, operands, params))],
    derivative: derivativeOf(record, () => primitive),
    ...(batch && { batch: (operands, mapped, params, size) => [batch(operands, mapped, params, size)] }),
    sample,
    ...(scalar && { scalar: scalarsOf(scalar) }),
    ...(refuses && { refuses }),
    ...(cost && { cost })
  }
  return primitive
}

const derivativeOf = <N extends number, P extends Params>(
  { jvp, vjp }: OpRecord<N, P>,
  self: () => Primitive<P>
): Derivative<P> | undefined => {
  if (vjp === undefined || jvp === undefined) return undefined
  return {
    jvp: vjp.map((rule, index) => {
      if (rule === undefined) return undefined
      if (jvp === 'linear') {
        return (tangent, operands, _out, params) =>
          bind(
            self(),
            operands.map((operand, i) => (i === index ? tangent : operand)),
            params
          )[0]!
      }
      const along = jvp[index]
      return along && ((tangent, operands, out, params) => call(along, [tangent, ...operands], out, params))
    }),
    vjp: vjp.map((rule) => rule && ((operands, out, params) => call(rule, operands, out, params)))
  }
}

/**
 * Attaches its primitive to the function that a user calls.
 *
 * @example
 * import { bindOne, expose, none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const { primitive } = T.neg
 * const negative = expose((x: T.Tensor): T.Tensor => bindOne(primitive, [x], none), primitive)
 * negative(T.scalar(1)) // => T.scalar(-1)
 * negative.primitive.name // => 'neg'
 */
/* @__NO_SIDE_EFFECTS__ */
export const expose = <F extends object, P extends Params>(f: F, primitive: Primitive<P>): F & HasPrimitive<P> =>
  Object.assign(f, { primitive })
