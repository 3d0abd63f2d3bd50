/** Joining and splitting in the types. */
import type { Shape } from '../shape/model.js'
import type { InsertAxis, IsDynamic, ReplaceAxis, Show } from '../shape/static.js'
import type { Tensor } from './model.js'

/** The shape of the first of several tensors; those of the others must agree with it. */
type First<Tensors extends readonly Tensor[]> = Tensors extends readonly [Tensor<infer S>, ...unknown[]]
  ? S
  : Tensors extends readonly Tensor<infer S>[]
    ? S
    : Shape

/** The shape of several tensors joined along an axis. */
export type Joined<Tensors extends readonly Tensor[], Axis> = ReplaceAxis<First<Tensors>, Axis, number>

/** The shape of several tensors of one shape, stacked along a new axis. */
export type Stacked<Tensors extends readonly Tensor[], Axis> = InsertAxis<First<Tensors>, Axis, Tensors['length']>

/** Whether two sizes can be the same. */
type Agree<M, N> = number extends M ? true : number extends N ? true : M extends N ? true : N extends M ? true : false

type AgreeAll<A extends Shape, B extends Shape> = A extends readonly [infer M, ...infer TailA extends Shape]
  ? B extends readonly [infer N, ...infer TailB extends Shape]
    ? Agree<M, N> extends true
      ? AgreeAll<TailA, TailB>
      : false
    : false
  : B extends readonly []
    ? true
    : false

type Same<A extends Shape, B extends Shape> =
  IsDynamic<A> extends true ? true : IsDynamic<B> extends true ? true : AgreeAll<A, B>

type Differing<A extends Shape, Tensors> = Tensors extends readonly [Tensor<infer B>, ...infer Rest]
  ? Same<A, B> extends true
    ? Differing<A, Rest>
    : `stack: the shapes are ${Show<A>} and ${Show<B>}; expected equal shapes`
  : unknown

/** `unknown` where all tensors can have one shape; else the sentence of the error. */
export type Stacks<Tensors extends readonly Tensor[]> = Tensors extends readonly [Tensor<infer A>, ...infer Rest]
  ? Differing<A, Rest>
  : unknown

/** A tuple of `N` equal types; an array where `N` is not a small whole number. */
type Repeat<N extends number, A, Done extends A[] = []> = N extends number
  ? Done['length'] extends N
    ? readonly [...Done]
    : Done['length'] extends 32
      ? readonly A[]
      : Repeat<N, A, [...Done, A]>
  : never

/** The parts that a tensor is split into: so many equal ones, or one of each size. */
export type Parts<S extends Shape, Into extends number | readonly number[], Axis> = Into extends number
  ? number extends Into
    ? readonly Tensor<ReplaceAxis<S, Axis, number>>[]
    : Repeat<Into, Tensor<ReplaceAxis<S, Axis, number>>>
  : Into extends readonly number[]
    ? { readonly [Index in keyof Into]: Tensor<ReplaceAxis<S, Axis, Into[Index] & number>> }
    : never
