/**
 * Shapes in the types: what the compiler knows of a result's shape.
 *
 * Every function here is total: over literal sizes, `number` (a size known only at run time, which matches any), named
 * sizes, and `Shape` itself (unknown rank). Where nothing can be said the answer is `Shape`, never a wrong shape.
 */
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

/** A tuple without its `readonly`, so that hovers say `Tensor<[2, 3]>`. */
export type Mutable<S extends Shape> = { -readonly [Axis in keyof S]: S[Axis] }

/** Whether the rank is unknown. */
export type IsDynamic<S extends Shape> = number extends S['length'] ? true : false

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

/** A shape as text, as it stands in error sentences. */
export type Show<S extends Shape> = IsDynamic<S> extends true ? 'a shape of unknown rank' : `[${ShowSizes<S>}]`

// -----------------------------------------------------------------------------
// nested literals
// -----------------------------------------------------------------------------

/** Nested numbers or booleans. */
export type Nested = number | boolean | readonly Nested[]

/** The shape of a nested literal: `[[1, 2, 3], [4, 5, 6]]` has `[2, 3]`; plain arrays give `number`. */
export type ShapeOf<D> = D extends readonly unknown[]
  ? D extends readonly []
    ? [0]
    : [D['length'], ...ShapeOf<D[0]>]
  : []

// -----------------------------------------------------------------------------
// broadcasting
// -----------------------------------------------------------------------------

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

type AsShape<S> = S extends number[] ? S : Shape

/** The shape two shapes broadcast to; `Shape` when that is unknown or when they do not broadcast. */
export type Broadcast<A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? Shape
    : IsDynamic<B> extends true
      ? Shape
      : HasNever<BroadcastSizes<A, B, []>> extends true
        ? Shape
        : AsShape<BroadcastSizes<A, B, []>>

/** `unknown` where two shapes broadcast; else the sentence that says that they do not. */
export type Broadcasts<Name extends string, A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? unknown
    : IsDynamic<B> extends true
      ? unknown
      : HasNever<BroadcastSizes<A, B, []>> extends true
        ? `${Name}: ${Show<A>} and ${Show<B>} do not broadcast`
        : unknown

// -----------------------------------------------------------------------------
// reductions
// -----------------------------------------------------------------------------

/** The axis or axes that an operation may be given. */
export type Axes = number | readonly number[]

type Decrement = { 1: 0; 2: 1; 3: 2; 4: 3; 5: 4; 6: 5; 7: 6; 8: 7 }

/** Counts an axis from the front: `-1` of a matrix is `1`; `undefined` when it is no literal or out of range. */
type FromFront<S extends Shape, Axis extends number> = `${Axis}` extends `-${infer Back extends number}`
  ? FromBack<S, Back>
  : `${Axis}` extends keyof S
    ? `${Axis}`
    : undefined

type FromBack<S extends Shape, Back> = S extends readonly [...infer Init, unknown]
  ? Back extends 1
    ? `${Init['length'] & number}`
    : Init extends Shape
      ? Back extends keyof Decrement
        ? FromBack<Init, Decrement[Back]>
        : undefined
      : undefined
  : undefined

type DropAxis<S extends Shape, Index, Keep, Seen extends unknown[] = []> = S extends readonly [
  infer Head extends number,
  ...infer Tail extends Shape
]
  ? `${Seen['length']}` extends Index
    ? Keep extends true
      ? [1, ...Tail]
      : [...Tail]
    : [Head, ...DropAxis<Tail, Index, Keep, [...Seen, unknown]>]
  : []

type Ones<S extends Shape> = { -readonly [Axis in keyof S]: 1 }

/** The shape after a reduction over a literal axis, or over all of them; `Shape` when the axes are not literal. */
export type Reduce<S extends Shape, Axis, Keep> = boolean extends Keep
  ? Shape
  : Axis extends undefined
    ? Keep extends true
      ? Ones<S>
      : []
    : IsDynamic<S> extends true
      ? Shape
      : Axis extends number
        ? number extends Axis
          ? Shape
          : FromFront<S, Axis> extends string
            ? DropAxis<S, FromFront<S, Axis>, Keep>
            : Shape
        : Shape

// -----------------------------------------------------------------------------
// layout and products
// -----------------------------------------------------------------------------

/** The shape with its axes reversed. */
export type Transpose<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [infer Head extends number, ...infer Tail extends Shape]
      ? Transpose<Tail> extends infer Rest extends Shape
        ? [...Rest, Head]
        : Shape
      : []

/** The shape with its axes in the given order. */
export type Permute<S extends Shape, Order extends readonly number[]> =
  IsDynamic<S> extends true
    ? Shape
    : number extends Order['length']
      ? Shape
      : AsShape<{ -readonly [Index in keyof Order]: `${Order[Index]}` extends keyof S ? S[Order[Index]] : number }>

type Contracts<M, N> = number extends M ? true : number extends N ? true : M extends N ? true : N extends M ? true : false

/** The shape of a matrix product of vectors and matrices; of higher ranks, `Shape`. */
export type MatMul<A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? Shape
    : IsDynamic<B> extends true
      ? Shape
      : A extends readonly [infer M extends number, number]
        ? B extends readonly [number, infer N extends number]
          ? [M, N]
          : B extends readonly [number]
            ? [M]
            : Shape
        : A extends readonly [number]
          ? B extends readonly [number, infer N extends number]
            ? [N]
            : B extends readonly [number]
              ? []
              : Shape
          : Shape

/** `unknown` where two shapes multiply as matrices; else the sentence that says that they do not. */
export type Multiplies<A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? unknown
    : IsDynamic<B> extends true
      ? unknown
      : A extends readonly [...Shape, infer K]
        ? B extends readonly [infer L] | readonly [...Shape, infer L, number]
          ? Contracts<K, L> extends true
            ? unknown
            : `matmul: ${Show<A>} and ${Show<B>} do not multiply`
          : 'matmul: a scalar; at least one axis is required'
        : 'matmul: a scalar; at least one axis is required'
