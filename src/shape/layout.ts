/** Changes of layout in the types. */
import type { InsertAxis, KeysOf, Reduce, ReplaceAxis, SizeAt } from './axes.js'
import type { Shape } from './model.js'
import type { Dim, IsDynamic, Mutable } from './sizes.js'

/** A shape as it was asked for, with `number` in place of -1. */
export type Reshaped<To extends Shape> = { -readonly [Axis in keyof To]: To[Axis] extends -1 ? number : To[Axis] }

/** The shape of all values as a vector. */
export type Flattened<S extends Shape> =
  IsDynamic<S> extends true
    ? [number]
    : S extends readonly []
      ? [1]
      : S extends readonly [infer N extends number]
        ? [N]
        : [number]

/** The rank of a shape, with sizes that are computed. */
export type Resized<S extends Shape> = IsDynamic<S> extends true ? Shape : { -readonly [Axis in keyof S]: number }

/** The shape of images of another size: examples and channels stay. */
export type Resampled<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [infer N extends number, infer C extends number, ...infer Space extends Shape]
      ? Resized<Space> extends infer Sizes extends Shape
        ? [N, C, ...Sizes]
        : Shape
      : Resized<S>

type DropOnes<S extends Shape> = S extends readonly [infer Head, ...infer Tail extends Shape]
  ? Head extends 1
    ? DropOnes<Tail>
    : [Head, ...DropOnes<Tail>]
  : []

/** Whether a size may be 1 although it is not written so: `number`, or a named size. */
type IsOpen<N> = number extends N ? true : N extends Dim<infer _Name> ? true : false

/** The shape without the given axes; without any given, all of size 1 go, which is known where every size is literal. */
export type Squeezed<S extends Shape, Axis> = Axis extends undefined
  ? IsDynamic<S> extends true
    ? Shape
    : true extends { [Index in keyof S]: IsOpen<S[Index]> }[number]
      ? Shape
      : DropOnes<S> extends infer Rest extends number[]
        ? Rest
        : Shape
  : Reduce<S, Axis, false>

/** The shape with two literal axes exchanged. */
export type SwappedAxes<S extends Shape, A, B> =
  IsDynamic<S> extends true
    ? Shape
    : undefined extends KeysOf<S, [A, B]>
      ? Resized<S>
      : {
          -readonly [Index in keyof S]: Index extends KeysOf<S, [A]>
            ? SizeAt<S, KeysOf<S, [B]>>
            : Index extends KeysOf<S, [B]>
              ? SizeAt<S, KeysOf<S, [A]>>
              : S[Index]
        }

/** The shape with one literal axis moved to another place. */
export type MovedAxis<S extends Shape, From, To> = InsertAxis<Reduce<S, From, false>, To, SizeAt<S, KeysOf<S, [From]>>>

/** The shape of a slice: an axis that is taken whole keeps its size. */
export type Sliced<S extends Shape, Ranges extends readonly unknown[]> =
  IsDynamic<S> extends true
    ? Shape
    : number extends Ranges['length']
      ? Resized<S>
      : {
          -readonly [Axis in keyof S]: Axis extends keyof Ranges
            ? Ranges[Axis] extends null
              ? S[Axis]
              : number
            : S[Axis]
        }

/** The shape of what lies at positions: an integer drops its axis, `null` keeps it, a range has a size that is computed. */
export type Positioned<S extends Shape, Positions extends readonly unknown[]> =
  IsDynamic<S> extends true
    ? Shape
    : number extends Positions['length']
      ? Shape
      : Positions extends readonly [infer Position, ...infer Rest]
        ? S extends readonly [infer Head extends number, ...infer Tail extends Shape]
          ? [Position] extends [number]
            ? Positioned<Tail, Rest>
            : [Extract<Position, number>] extends [never]
              ? Positioned<Tail, Rest> extends infer Others extends Shape
                ? IsDynamic<Others> extends true
                  ? Shape
                  : [[Position] extends [null] ? Head : number, ...Others]
                : Shape
              : Shape
          : Shape
        : Mutable<S>

/** Whether a list is at least as long as another. */
type IsAsLong<A extends readonly unknown[], B extends readonly unknown[]> = B extends readonly [unknown, ...infer TailB]
  ? A extends readonly [unknown, ...infer TailA]
    ? IsAsLong<TailA, TailB>
    : false
  : true

/** The shape of a tensor laid side by side: of the longer rank. */
export type Tiled<S extends Shape, Times> = Times extends Shape
  ? IsDynamic<S> extends true
    ? Shape
    : IsDynamic<Times> extends true
      ? Shape
      : IsAsLong<S, Times> extends true
        ? Resized<S>
        : Resized<Times>
  : S extends readonly []
    ? [number]
    : Resized<S>

/** The shape of a tensor whose elements are repeated along an axis, or all of them as a vector. */
export type Repeated<S extends Shape, Axis> = Axis extends number ? ReplaceAxis<S, Axis, number> : [number]

/** A shape whose leading axes, those of another shape, are replaced by one. */
export type LeadingReplaced<S extends Shape, Leading extends Shape, N extends number> =
  IsDynamic<S> extends true
    ? Shape
    : IsDynamic<Leading> extends true
      ? Shape
      : Leading extends readonly [number, ...infer Rest extends Shape]
        ? S extends readonly [number, ...infer Tail extends Shape]
          ? LeadingReplaced<Tail, Rest, N>
          : Shape
        : [N, ...S]
