/** The types of layers in a row: what the whole takes and gives, and which part does not fit the one before it. */
import type { Shape } from '../shape/model.js'
import type { Dim, Show } from '../shape/static.js'
import type { Tensor } from '../tensor/model.js'
import type { AnyLayer, Fn, FunctionOf, ParamsOf, StateOf } from './model.js'
import type { Keeping, Last, Output, Refused, Rowwise } from './output.js'

/**
 * What `sequential` is a row of: layers and plain functions.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const parts: readonly Layer.Part[] = [Layer.dense(2, 2), T.tanh]
 * Layer.parameterCount(Layer.sequential(...parts)) // => 6
 */
export type Part = AnyLayer | Fn

export type List = readonly unknown[]

/** A shape that stands for any shape. */
type Probe = [Dim<'a'>, Dim<'b'>]

export type InputsOf<F> = F extends (...inputs: infer A) => unknown ? A : never

/** The first of several inputs, where the others may be left out. */
export type OneInput<A> = A extends readonly [infer I, ...infer Rest] ? ([] extends Rest ? readonly [I] : A) : A

/** What a list takes: what its first layer does that is not for every shape. */
export type InputsOfAll<L extends List> = L extends readonly [infer H, ...infer Rest]
  ? Rest extends readonly []
    ? InputsOf<FunctionOf<H>>
    : Output<FunctionOf<H>, Tensor<Probe>> extends Tensor<Probe>
      ? InputsOfAll<Rest>
      : InputsOf<FunctionOf<H>>
  : never

/** `['fine', output]` of a list, or `['broken', the parts before, what they give, F]` where a part F does not take it. */
type Run<L extends List, I, Done extends unknown[] = []> = L extends readonly [infer H, ...infer Rest]
  ? [Output<FunctionOf<H>, I>] extends [Refused]
    ? ['broken', Done, I, FunctionOf<H>]
    : Run<Rest, Output<FunctionOf<H>, I>, [...Done, H]>
  : ['fine', I]

type Start<L extends List, A> = L extends readonly [infer H, ...infer Rest]
  ? A extends readonly [infer I]
    ? Run<L, I>
    : FunctionOf<H> extends (...inputs: never) => infer B
      ? Run<Rest, B, [H]>
      : never
  : never

/** One row each, of inputs whose rank is open. */
type Ranked<A> = A extends readonly [Tensor<infer S>]
  ? number extends S['length']
    ? Shape extends S
      ? A
      : S extends readonly [number, ...infer _]
        ? A
        : [Tensor<[number, Last<S>]>]
    : A
  : A

/** What a list is typed to take where it is not for every rank: rows, if that fits. */
type Chosen<L extends List, A> = Start<L, Ranked<A>> extends ['fine', unknown] ? Ranked<A> : A

type OutputOf<R> = R extends ['fine', infer B] ? B : never

type Plain<L extends List, A> = [Chosen<L, A>, OutputOf<Start<L, Chosen<L, A>>>] extends [infer I extends List, infer B]
  ? (...inputs: I) => B
  : never

/** The function of the whole, as polymorphic as its parts. */
type Composed<L extends List, A> = A extends readonly [Tensor<infer S>]
  ? Shape extends S
    ? [Run<L, Tensor<Probe>>, Run<L, Tensor<[1]>>] extends [['fine', Tensor<Probe>], ['fine', Tensor<[1]>]]
      ? Keeping
      : Plain<L, A>
    : number extends S['length']
      ? [Run<L, Tensor<[...Probe, Last<S>]>>, Run<L, Tensor<[Last<S>]>>] extends [
          ['fine', Tensor<[Probe[0], Probe[1], infer N extends number]>],
          ['fine', unknown]
        ]
        ? Rowwise<Last<S>, N>
        : Plain<L, A>
      : Plain<L, A>
  : Plain<L, A>

type ShowShape<S extends Shape> = number extends S['length']
  ? Shape extends S
    ? 'any shape'
    : S extends readonly [number, infer C extends number, ...infer _]
      ? `[number, ${C}, ...]`
      : `[..., ${Last<S>}]`
  : Show<S>
export type ShowType<X> = [X] extends [Tensor<infer S>] ? ShowShape<S> : 'another type'
export type ShowInput<F> = OneInput<InputsOf<F>> extends readonly [infer I] ? ShowType<I> : 'several inputs'

type Fine = readonly [-1, never]

/** Which part does not fit, and the sentence that says it. */
type Sentence<R> = R extends ['broken', infer Done extends unknown[], infer I, infer F]
  ? readonly [
      Done['length'],
      `sequential: layer ${[...Done, 0]['length'] & number} takes ${ShowInput<F>}; it is given ${ShowType<I>}`
    ]
  : Fine

type Faults<L extends List> = Sentence<Start<L, Chosen<L, InputsOfAll<L>>>>

/** Whether a type is that of rows: of any rank, with a last axis that is known. */
type IsRows<B> = [Tensor<[]>] extends [B] ? false : [Tensor<[...Shape, never]>] extends [B] ? true : false

/**
 * Whether each of a list of parts takes the type that the one before it gives, B for the first: decided in code that is generic in its
 * sizes too. `Rows` says that all before were functions of rows, so that a part may want one rank. Where it is false they may fit still.
 */
type Follows<L extends List, B, Rows> = L extends readonly [infer H, ...infer Rest]
  ? FunctionOf<H> extends Keeping
    ? [B] extends [Pick<Tensor, 'dtype'>]
      ? Follows<Rest, B, Rows>
      : false
    : [B] extends [InputOf<FunctionOf<H>>]
      ? Follows<Rest, ResultOf<FunctionOf<H>>, Rows extends true ? IsRows<ResultOf<FunctionOf<H>>> : false>
      : Rows extends true
        ? [InputOf<FunctionOf<H>>] extends [B]
          ? Follows<Rest, ResultOf<FunctionOf<H>>, false>
          : false
        : false
  : true

type InputOf<F> = F extends (input: infer I) => unknown ? I : never

type ResultOf<F> = F extends (...inputs: never) => infer B ? B : never

/** The faults of a list that starts with a part that is not for every shape, if there may be any. */
type FaultsIn<L extends List, Whole extends List = L> = L extends readonly [infer H, ...infer Rest]
  ? FunctionOf<H> extends Keeping
    ? FaultsIn<Rest, Whole>
    : Follows<Rest, ResultOf<FunctionOf<H>>, IsRows<InputOf<FunctionOf<H>>>> extends true
      ? Fine
      : Faults<Whole>
  : Fine

/** Parts as they are given, with a sentence expected of the one that does not fit; a list of unknown length is checked when it runs. */
export type Checked<L extends List, W = number extends L['length'] ? Fine : FaultsIn<L>> = {
  [I in keyof L]: L[I] &
    (W extends readonly [infer At extends number, infer Said] ? (I extends `${At}` ? Said : unknown) : unknown)
}

/** Nothing to expect where parts fit; else the sentence. */
export type Fitting<L extends List> = FaultsIn<L> extends Fine ? unknown : FaultsIn<L>[1]

export type AllParams<L extends List> = { readonly [I in keyof L]: ParamsOf<L[I]> }
export type AllStates<L extends List> = { readonly [I in keyof L]: StateOf<L[I]> }

/** The function of a list: of a list of unknown length, what any of its parts is. */
export type FunctionOfAll<L extends List> = number extends L['length']
  ? FunctionOf<L[number]>
  : Composed<L, InputsOfAll<L>>

/** The input of a function of one, of rows where its rank is open. */
export type RowsIn<F> = Ranked<OneInput<InputsOf<F>>> extends readonly [infer I] ? I : never

/** The output for such an input. */
export type RowsOut<F> = Output<F, RowsIn<F>> extends infer B ? ([B] extends [Refused] ? never : B) : never
