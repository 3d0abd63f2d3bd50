/** The type of what a layer gives for an input, as exactly as the compiler can prove. */
import type { Shape } from '../shape/model.js'
import type { SameSize } from '../shape/sizes.js'
import type { Tensor } from '../tensor/model.js'

/**
 * A function of rows: the last axis has size `M` in the input and `N` in the output, and those in front stay.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const doubled: Layer.Rowwise<2, 2> = (x) => T.mul(x, 2)
 * doubled(T.of([1, 2])) // => T.of([2, 4])
 */
export type Rowwise<M extends number, N extends number> = <Lead extends Shape>(
  input: Tensor<[...Lead, M]>
) => Tensor<[...Lead, N]>

/**
 * A function of tensors of any shape, which it keeps.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const doubled: Layer.Keeping = (x) => T.mul(x, 2)
 * doubled(T.of([[1], [2]])) // => T.of([[2], [4]])
 */
export type Keeping = <S extends Shape>(input: Tensor<S>) => Tensor<S>

/**
 * A function of tensors whose second axis has size `C`, the channels, which it keeps in shape.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const doubled: Layer.Channelwise<1> = (x) => T.mul(x, 2)
 * doubled(T.of([[[1, 2]]])) // => T.of([[[2, 4]]])
 */
export type Channelwise<C extends number> = <S extends [number, C, ...number[]]>(input: Tensor<S>) => Tensor<S>

/** The size of the last axis. */
export type Last<S extends Shape> = S extends readonly [...infer _, infer N extends number] ? N : never

type WithLast<S extends Shape, N extends number> = S extends readonly [...infer Lead extends Shape, number]
  ? [...Lead, N]
  : never

/** The sizes of `O`, the first two of which, examples and channels, are those of `S`. */
type WithFirst<S extends Shape, O extends Shape> = S extends readonly [infer N, infer C, ...infer _]
  ? O extends readonly [unknown, unknown, ...infer Rest extends Shape]
    ? [N, C, ...Rest]
    : O
  : O

/** The output `B` of F at input `I`, or something narrower, `C`, where the compiler proves that F gives it. */
type Precise<F, I, B, C> = C extends B ? (F extends (input: I) => C ? C : B) : B

/** The output, with the shape of the input where F is proved to keep it, or all but its last axis, or its first two. */
type Refined<F, I, B> = I extends B
  ? Precise<F, I, B, I>
  : [I, B] extends [Tensor<infer S>, Tensor<infer O>]
    ? number extends O['length']
      ? Precise<F, I, B, Tensor<WithLast<S, Last<O>>>>
      : Precise<F, I, B, Tensor<WithFirst<S, O>>>
    : B

/** Whether a shape may be one that is wanted: sizes and ranks that the compiler does not know match all. */
export type Agrees<A extends Shape, W extends Shape> = A extends readonly [...infer MoreA extends Shape, infer M]
  ? W extends readonly [...infer MoreW extends Shape, infer N]
    ? SameSize<M, N> extends true
      ? Agrees<MoreA, MoreW>
      : false
    : number extends W['length']
      ? true
      : false
  : number extends A['length']
    ? true
    : W extends readonly [unknown, ...unknown[]]
      ? false
      : true

/** The shape with the channels that are wanted in the place of those that the compiler does not know; else `never`. */
type WithChannels<A extends Shape, S extends Shape> = [A, S] extends [
  readonly [infer N extends number, infer Own, ...infer Rest extends Shape],
  readonly [number, infer C extends number, ...number[]]
]
  ? number extends Own
    ? [N, C, ...Rest]
    : never
  : never

/** What is wanted, with the sizes that are known of what is given where any rank is wanted. */
type Wanted<F, I> = F extends (input: infer W) => unknown
  ? [I, W] extends [Tensor<infer A>, Tensor<infer S>]
    ? Agrees<A, S> extends true
      ? number extends S['length']
        ? [WithChannels<A, S>] extends [never]
          ? A extends readonly [...infer Lead extends Shape, unknown]
            ? Tensor<[...Lead, Last<S>]>
            : W
          : Tensor<WithChannels<A, S>>
        : W
      : Refused
    : AllAgree<I, W> extends true
      ? W
      : Refused
  : Refused

/** Whether the tensors of a tuple may have the shapes that are wanted of them. */
type AllAgree<I, W> = [I, W] extends [readonly [infer H, ...infer MoreI], readonly [infer V, ...infer MoreW]]
  ? [H, V] extends [Tensor<infer A>, Tensor<infer S>]
    ? Agrees<A, S> extends true
      ? [MoreI, MoreW] extends [readonly [], readonly []]
        ? true
        : AllAgree<MoreI, MoreW>
      : false
    : false
  : false

declare const refused: unique symbol

/** Stands for the output where a function does not take an input. */
export type Refused = typeof refused

/** What F gives for an input of type I, as exactly as the compiler can prove; `Refused` where it does not take it. */
export type Output<F, I> = 0 extends 1 & I
  ? F extends (...inputs: never) => infer B
    ? B
    : Refused
  : F extends (input: I) => infer B
    ? Refined<F, I, B>
    : Wanted<F, I> extends infer W
      ? [W] extends [Refused]
        ? Refused
        : F extends (input: W) => infer B
          ? Refined<F, W, B>
          : Refused
      : Refused

/** The function with the next state beside its output. */
export type WithState<F, S> = F extends (...inputs: infer A) => infer B
  ? [A['length']] extends [1]
    ? WithStateOfOne<F, S>
    : (...inputs: A) => readonly [output: B, state: S]
  : never

type WithStateOfOne<F, S> = F extends Keeping
  ? <Given extends Shape>(input: Tensor<Given>) => readonly [output: Tensor<Given>, state: S]
  : F extends Rowwise<infer M, infer N>
    ? <Lead extends Shape>(input: Tensor<[...Lead, M]>) => readonly [output: Tensor<[...Lead, N]>, state: S]
    : F extends Channelwise<infer C>
      ? <Given extends [number, C, ...number[]]>(input: Tensor<Given>) => readonly [output: Tensor<Given>, state: S]
      : F extends (...inputs: infer A) => infer B
        ? (...inputs: A) => readonly [output: B, state: S]
        : never
