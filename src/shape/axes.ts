/** Axes in the types: reductions and changes of layout, over literal axes counted from either end. */
import type { Shape } from './model.js'
import type { AsShape, IsDynamic } from './sizes.js'

/**
 * The axis or axes that an operation may be given.
 *
 * @example
 * import type { Axes } from 'pullback/Shape'
 *
 * const lastTwo: Axes = [-2, -1]
 * lastTwo // => [-2, -1]
 */
export type Axes = number | readonly number[]

type Decrement = { 1: 0; 2: 1; 3: 2; 4: 3; 5: 4; 6: 5; 7: 6; 8: 7 }

/**
 * The key of an axis counted from the front: `-1` of a matrix is `'1'`; `undefined` when it is not a literal or out
 * of range. A union of axes gives the union of their keys.
 */
type FromFront<S extends Shape, Axis> = Axis extends number
  ? `${Axis}` extends `-${infer Back extends number}`
    ? FromBack<S, Back>
    : `${Axis}` extends keyof S
      ? `${Axis}`
      : undefined
  : undefined

type FromBack<S extends Shape, Back> = S extends readonly [...infer Init extends Shape, unknown]
  ? Back extends 1
    ? `${Init['length']}`
    : Back extends keyof Decrement
      ? FromBack<Init, Decrement[Back]>
      : undefined
  : undefined

/** The keys of several axes, as a union; `undefined` among them when one of them is unknown. */
export type KeysOf<S extends Shape, List> = List extends readonly [infer Head, ...infer Tail]
  ? IsOne<Head> extends true
    ? FromFront<S, Head> | KeysOf<S, Tail>
    : undefined
  : List extends readonly []
    ? never
    : undefined

/** Whether a type is one literal number: not `number`, and not a union. */
type IsOne<N> = [N] extends [number] ? (number extends N ? false : IsUnion<N> extends true ? false : true) : false

type IsUnion<U, Each = U> = Each extends unknown ? ([U] extends [Each] ? false : true) : never

/** Drops the axes with the given keys, or leaves size 1 in their places. */
type DropAxes<S extends Shape, Keys, Keep, Seen extends unknown[] = []> = S extends readonly [
  infer Head extends number,
  ...infer Tail extends Shape
]
  ? `${Seen['length']}` extends Keys
    ? Keep extends true
      ? [1, ...DropAxes<Tail, Keys, Keep, [...Seen, unknown]>]
      : DropAxes<Tail, Keys, Keep, [...Seen, unknown]>
    : [Head, ...DropAxes<Tail, Keys, Keep, [...Seen, unknown]>]
  : []

type Ones<S extends Shape> = { -readonly [Axis in keyof S]: 1 }

/**
 * The shape after a reduction over literal axes, or over all of them (`undefined`); `Shape` when the axes are not
 * literal or out of range.
 *
 * @example
 * import type { Reduce } from 'pullback/Shape'
 *
 * const shape: Reduce<[2, 3, 4], [0, -1], false> = [3]
 * shape // => [3]
 */
export type Reduce<S extends Shape, Axis, Keep> = boolean extends Keep
  ? Shape
  : Axis extends undefined
    ? Keep extends true
      ? Ones<S>
      : []
    : IsDynamic<S> extends true
      ? Shape
      : Axis extends number
        ? ReduceKeys<S, KeysOf<S, [Axis]>, Keep>
        : ReduceKeys<S, KeysOf<S, Axis>, Keep>

type ReduceKeys<S extends Shape, Keys, Keep> = undefined extends Keys ? Shape : DropAxes<S, Keys, Keep>

/**
 * The shape with its axes reversed.
 *
 * @example
 * import type { Transpose } from 'pullback/Shape'
 *
 * const shape: Transpose<[2, 3]> = [3, 2]
 * shape // => [3, 2]
 */
export type Transpose<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [infer Head extends number, ...infer Tail extends Shape]
      ? Transpose<Tail> extends infer Rest extends Shape
        ? [...Rest, Head]
        : Shape
      : []

export type SizeAt<S extends Shape, Key> = Key extends keyof S ? (S[Key] extends number ? S[Key] : number) : number

/**
 * The shape with its axes in the given order; `number` for an axis that is not literal or out of range.
 *
 * @example
 * import type { Permute } from 'pullback/Shape'
 *
 * const shape: Permute<[2, 3, 4], [-1, 0, 1]> = [4, 2, 3]
 * shape // => [4, 2, 3]
 */
export type Permute<S extends Shape, Order extends readonly number[]> =
  IsDynamic<S> extends true
    ? Shape
    : IsDynamic<Order> extends true
      ? Shape
      : AsShape<{ -readonly [Index in keyof Order]: SizeAt<S, FromFront<S, Order[Index]>> }>

// -----------------------------------------------------------------------------
// one axis more, or of another size
// -----------------------------------------------------------------------------

type InsertAt<S extends Shape, Key, N extends number, Seen extends unknown[] = []> = `${Seen['length']}` extends Key
  ? [N, ...S]
  : S extends readonly [infer Head extends number, ...infer Tail extends Shape]
    ? [Head, ...InsertAt<Tail, Key, N, [...Seen, unknown]>]
    : []

/**
 * The shape with a new axis of size `N`, which becomes the literal axis `Axis` of the result; `Shape` when that is not
 * literal or out of range.
 *
 * @example
 * import type { InsertAxis } from 'pullback/Shape'
 *
 * const shape: InsertAxis<[2, 3], -1, 1> = [2, 3, 1]
 * shape // => [2, 3, 1]
 */
export type InsertAxis<S extends Shape, Axis, N extends number> =
  IsDynamic<S> extends true
    ? Shape
    : IsOne<Axis> extends true
      ? FromFront<[...S, number], Axis> extends infer Key
        ? undefined extends Key
          ? Shape
          : InsertAt<S, Key, N>
        : Shape
      : Shape

/**
 * The shape with another size along a literal axis; every size `number` when the axis is not literal or out of range.
 *
 * @example
 * import type { ReplaceAxis } from 'pullback/Shape'
 *
 * const shape: ReplaceAxis<[2, 3], 0, number> = [7, 3]
 * shape // => [7, 3]
 */
export type ReplaceAxis<S extends Shape, Axis, N extends number> =
  IsDynamic<S> extends true
    ? Shape
    : KeysOf<S, [Axis]> extends infer Key
      ? undefined extends Key
        ? AsShape<{ -readonly [Index in keyof S]: number }>
        : AsShape<{ -readonly [Index in keyof S]: Index extends Key ? N : S[Index] }>
      : Shape
