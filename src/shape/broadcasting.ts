/** Broadcasting in the types. */
import type { Shape } from './model.js'
import type { AsShape, IsDynamic, Show } from './sizes.js'

/** The size two sizes broadcast to; `never` when they do not. */
type BroadcastSize<M, N> = M extends 1
  ? N
  : N extends 1
    ? M
    : number extends M
      ? N
      : number extends N
        ? M
        : M extends N
          ? M
          : never

type BroadcastSizes<A extends Shape, B extends Shape, Done extends unknown[]> = A extends readonly [
  ...infer InitA extends Shape,
  infer M
]
  ? B extends readonly [...infer InitB extends Shape, infer N]
    ? BroadcastSizes<InitA, InitB, [BroadcastSize<M, N>, ...Done]>
    : [...A, ...Done]
  : [...B, ...Done]

type HasNever<S extends readonly unknown[]> = S extends readonly [infer Head, ...infer Tail]
  ? [Head] extends [never]
    ? true
    : HasNever<Tail>
  : false

/**
 * The shape two shapes broadcast to; `Shape` when that is unknown or when they do not broadcast.
 *
 * @example
 * import type { Broadcast } from 'pullback/Shape'
 *
 * const shape: Broadcast<[2, 1], [3]> = [2, 3]
 * shape // => [2, 3]
 */
export type Broadcast<A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? Shape
    : IsDynamic<B> extends true
      ? Shape
      : HasNever<BroadcastSizes<A, B, []>> extends true
        ? Shape
        : AsShape<BroadcastSizes<A, B, []>>

/**
 * `unknown` where two shapes broadcast; else the sentence of the error.
 *
 * @example
 * import type { Broadcasts } from 'pullback/Shape'
 *
 * const sentence: Broadcasts<'add', [2, 3], [2, 4]> = 'add: [2, 3] and [2, 4] do not broadcast'
 * sentence // => 'add: [2, 3] and [2, 4] do not broadcast'
 */
export type Broadcasts<Name extends string, A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? unknown
    : IsDynamic<B> extends true
      ? unknown
      : HasNever<BroadcastSizes<A, B, []>> extends true
        ? `${Name}: ${Show<A>} and ${Show<B>} do not broadcast`
        : unknown
