/** Matrix products in the types. */
import type { Broadcast, Broadcasts } from './broadcasting.js'
import type { Shape } from './model.js'
import type { IsDynamic, SameSize, Show } from './sizes.js'

/** Whether two sizes agree. Equal ones are compared first, inside records, as in `BroadcastSizes`. */
type Contracts<M, N> = { m: M; n: N } extends { m: N; n: M } ? true : SameSize<M, N>

/** A shape of leading axes, and the axes of one product behind them. */
type Behind<Lead extends Shape, Last extends readonly number[]> =
  IsDynamic<Lead> extends true ? Shape : [...Lead, ...Last]

/**
 * The shape of a matrix product: of vectors and matrices, and of stacks of matrices, whose leading axes broadcast.
 *
 * @example
 * import type { MatMul } from 'pullback/Shape'
 *
 * const shape: MatMul<[2, 3], [3, 4]> = [2, 4]
 * shape // => [2, 4]
 */
export type MatMul<A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? Shape
    : IsDynamic<B> extends true
      ? Shape
      : A extends readonly [unknown]
        ? B extends readonly [unknown]
          ? []
          : B extends readonly [...infer Lead extends Shape, unknown, infer N extends number]
            ? [...Lead, N]
            : Shape
        : A extends readonly [...infer LeadA extends Shape, infer M extends number, unknown]
          ? B extends readonly [unknown]
            ? [...LeadA, M]
            : B extends readonly [...infer LeadB extends Shape, unknown, infer N extends number]
              ? Behind<Broadcast<LeadA, LeadB>, [M, N]>
              : Shape
          : Shape

/** The size that a right operand contracts: of a vector its only one, else the last but one. */
type Contracted<B extends Shape> = B extends readonly [infer L]
  ? L
  : B extends readonly [...unknown[], infer L, unknown]
    ? L
    : never

/** The leading axes of a stack of matrices. */
type Lead<S extends Shape> = S extends readonly [...infer Init extends Shape, unknown, unknown] ? Init : []

/**
 * `unknown` where two shapes multiply as matrices; else the sentence of the error.
 *
 * @example
 * import type { Multiplies } from 'pullback/Shape'
 *
 * const sentence: Multiplies<[2, 3], [4, 5]> = 'matmul: [2, 3] and [4, 5] do not multiply'
 * sentence // => 'matmul: [2, 3] and [4, 5] do not multiply'
 */
export type Multiplies<A extends Shape, B extends Shape, Name extends string = 'matmul'> =
  IsDynamic<A> extends true
    ? unknown
    : IsDynamic<B> extends true
      ? unknown
      : A extends readonly []
        ? Scalar<Name>
        : B extends readonly []
          ? Scalar<Name>
          : A extends readonly [...unknown[], infer K]
            ? Contracts<K, Contracted<B>> extends true
              ? unknown extends Broadcasts<Name, Lead<A>, Lead<B>>
                ? unknown
                : `${Name}: ${Show<A>} and ${Show<B>} do not multiply`
              : `${Name}: ${Show<A>} and ${Show<B>} do not multiply`
            : never

type Scalar<Name extends string> = `${Name}: an operand is a scalar; expected at least one axis`
