/** Broadcasting in the types. */
import type { Shape } from './model.js'
import type { IsDynamic, Show } from './sizes.js'

/** The size two sizes broadcast to; `false` when they do not. */
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
          : false

/**
 * The sizes two shapes broadcast to; `false` when they do not. Equal sizes, and a 1 on the right, are compared first, and
 * inside records: there the compiler finds a type parameter equal to itself, where it leaves `N extends N` open.
 */
type BroadcastSizes<A extends Shape, B extends Shape, Done extends number[]> = A extends readonly [
  ...infer InitA extends Shape,
  infer M extends number
]
  ? B extends readonly [...infer InitB extends Shape, infer N extends number]
    ? { m: M; n: N } extends { m: N; n: M } | { n: 1 }
      ? BroadcastSizes<InitA, InitB, [M, ...Done]>
      : BroadcastSize<M, N> extends infer Size extends number
        ? BroadcastSizes<InitA, InitB, [Size, ...Done]>
        : false
    : [...A, ...Done]
  : [...B, ...Done]

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
      : BroadcastSizes<A, B, []> extends infer Sizes extends Shape
        ? Sizes
        : Shape

/**
 * `unknown`, or the sentence where the sizes are `false`. That it asks twice keeps the compiler from accepting what it
 * cannot decide: it must decide a conditional type that names in a branch what it distributes over.
 */
type MustBroadcast<Name extends string, A extends Shape, B extends Shape, Sizes> = Sizes extends readonly unknown[]
  ? unknown
  : Sizes extends false
    ? `${Name}: ${Show<A>} and ${Show<B>} do not broadcast`
    : never

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
      : MustBroadcast<Name, A, B, BroadcastSizes<A, B, []>>
