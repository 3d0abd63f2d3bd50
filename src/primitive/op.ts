/**
 * The general maker of primitives: rules written operand by operand, as one writes mathematics.
 */
import type { Concrete, Tensor } from '../tensor/model.js'
import { type BatchRule, type Derivative, type Primitive, type Pullback, type TensorType, bind } from './model.js'
import type { Sample } from './domain.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Repeat<N extends number, A> = N extends 1 ? [A] : N extends 2 ? [A, A] : N extends 3 ? [A, A, A] : A[]

/** The arguments of a rule: the operands, then what follows. */
type After<N extends number, A, Rest extends unknown[]> = [...Repeat<N, A>, ...Rest]

/**
 * The pullback to one operand, made from the operands, the result and the parameters.
 *
 * @example
 * import type { VjpRule } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const ofSquare: VjpRule<1, undefined> = (x) => (ct) => T.mul(ct, T.mul(x, 2))
 * ofSquare(T.scalar(3), T.scalar(9), undefined)(T.scalar(1)) // => T.scalar(6)
 */
export type VjpRule<N extends number, P> = (...args: After<N, Tensor, [out: Tensor, params: P]>) => Pullback

/**
 * The tangent of the result when one operand moves, made from its tangent, the operands, the result and the parameters.
 *
 * @example
 * import type { JvpRule } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const ofSquare: JvpRule<1, undefined> = (t, x) => T.mul(t, T.mul(x, 2))
 * ofSquare(T.scalar(1), T.scalar(3), T.scalar(9), undefined) // => T.scalar(6)
 */
export type JvpRule<N extends number, P> = (
  tangent: Tensor,
  ...args: After<N, Tensor, [out: Tensor, params: P]>
) => Tensor

/**
 * What `op` takes: `N` operands, and parameters `P` that are plain data.
 *
 * @example
 * import { type OpRecord, op, real } from 'pullback/Primitive'
 *
 * const identity: OpRecord<1, undefined> = {
 *   name: 'identity',
 *   arity: 1,
 *   infer: (x) => x,
 *   evaluate: (x) => x,
 *   jvp: 'linear',
 *   vjp: [() => (ct) => ct],
 *   sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: undefined })
 * }
 * op(identity).name // => 'identity'
 */
export interface OpRecord<N extends number, P> {
  readonly name: string
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
  /** One maker of pullbacks per operand, or none at all for an operation whose derivative is zero. */
  readonly vjp: readonly (VjpRule<N, P> | undefined)[] | undefined
  /** The rule of `vmap`; without one, examples are mapped one by one. */
  readonly batch?: BatchRule<P>
  readonly sample: Sample<P>
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
export interface HasPrimitive<P = undefined> {
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

const missing = (name: string, index: number): Error =>
  new Error(`${name}: operand ${index} was differentiated; it has no rule`)

/**
 * Makes a primitive from rules written operand by operand.
 *
 * @example
 * import { bind, op, real } from 'pullback/Primitive'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * // The identity with its gradient reversed, for a part of a model that is to unlearn what another part learns.
 * const reverseGradientPrimitive = op<1, undefined>({
 *   name: 'reverseGradient',
 *   arity: 1,
 *   infer: (x) => x,
 *   evaluate: (x) => x,
 *   jvp: [(tangent) => T.neg(tangent)],
 *   vjp: [() => (cotangent) => T.neg(cotangent)],
 *   sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: undefined })
 * })
 * const reverseGradient = (x: T.Tensor): T.Tensor => bind(reverseGradientPrimitive, [x], undefined)
 * grad((x: T.Tensor) => T.sum(reverseGradient(x)))(T.of([1, 2])) // => T.of([-1, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const op = <N extends 1 | 2 | 3, P>(record: OpRecord<N, P>): Primitive<P> => {
  const primitive: Primitive<P> = {
    name: record.name,
    infer: (operands, params) => call(record.infer, operands, params),
    evaluate: (operands, params, out) => call(record.evaluate, operands, params, out),
    derivative: derivativeOf(record, () => primitive),
    batch: record.batch,
    sample: record.sample
  }
  return primitive
}

const derivativeOf = <N extends number, P>(
  { name, jvp, vjp }: OpRecord<N, P>,
  self: () => Primitive<P>
): Derivative<P> | undefined => {
  if (vjp === undefined || jvp === undefined) return undefined
  return {
    jvp:
      jvp === 'linear'
        ? (index, tangent, operands, _out, params) =>
            bind(
              self(),
              operands.map((operand, i) => (i === index ? tangent : operand)),
              params
            )
        : (index, tangent, operands, out, params) => {
            const rule = jvp[index]
            if (rule === undefined) throw missing(name, index)
            return call(rule, [tangent, ...operands], out, params)
          },
    vjp: (index, operands, out, params) => {
      const rule = vjp[index]
      if (rule === undefined) throw missing(name, index)
      return call(rule, operands, out, params)
    }
  }
}

/**
 * Attaches its primitive to the function that a user calls.
 *
 * @example
 * import { bind, expose } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const { primitive } = T.neg
 * const negative = expose((x: T.Tensor): T.Tensor => bind(primitive, [x], undefined), primitive)
 * negative(T.scalar(1)) // => T.scalar(-1)
 * negative.primitive.name // => 'neg'
 */
/* @__NO_SIDE_EFFECTS__ */
export const expose = <F extends object, P>(f: F, primitive: Primitive<P>): F & HasPrimitive<P> =>
  Object.assign(f, { primitive })
