/** Sizes in the types: literal, named, or `number`; and shapes as text. */
import type { Shape } from './model.js'

declare const dimension: unique symbol

/**
 * A named size: two different names do not broadcast against each other, although both are plain numbers at run time.
 *
 * @example
 * import type { Dim } from 'pullback/Shape'
 * import * as T from 'pullback/Tensor'
 *
 * const batch = 32 as Dim<'batch'>
 * T.zeros([batch, 10]).shape // => [32, 10]
 */
export type Dim<Name extends string> = number & { readonly [dimension]: Name }

/**
 * A tuple without its `readonly`, so that hovers say `Tensor<[2, 3]>`.
 *
 * @example
 * import type { Mutable } from 'pullback/Shape'
 *
 * const shape: Mutable<readonly [2, 3]> = [2, 3]
 * shape // => [2, 3]
 */
export type Mutable<S extends Shape> = { -readonly [Axis in keyof S]: S[Axis] }

/** Whether the rank is unknown. */
export type IsDynamic<S extends Shape> = number extends S['length'] ? true : false

/** Whether two sizes may be equal; a size that the compiler does not know matches all. */
export type SameSize<M, N> = number extends M
  ? true
  : number extends N
    ? true
    : M extends N
      ? true
      : N extends M
        ? true
        : false

type ShowSize<N> = N extends { readonly [dimension]: infer Name extends string }
  ? Name
  : N extends number
    ? number extends N
      ? 'number'
      : `${N}`
    : never

type ShowSizes<S extends readonly unknown[]> = S extends readonly [infer Only]
  ? ShowSize<Only>
  : S extends readonly [infer Head, ...infer Tail]
    ? `${ShowSize<Head>}, ${ShowSizes<Tail>}`
    : ''

/**
 * A shape as text, as it stands in error sentences; named sizes by their names.
 *
 * @example
 * import type { Show } from 'pullback/Shape'
 *
 * const text: Show<[2, number]> = '[2, number]'
 * text // => '[2, number]'
 */
export type Show<S extends Shape> = IsDynamic<S> extends true ? 'a shape of unknown rank' : `[${ShowSizes<S>}]`

/** A type as a shape: itself if it is one, else `Shape`. */
export type AsShape<S> = S extends number[] ? S : Shape
