/**
 * Operations that are dual by what comes first, and their options.
 *
 * Signatures that a user may hand on without options, as in `pipe(x, T.softmax)`, are single and generic in what comes
 * first: of an overloaded function the compiler would forget the shape.
 */
import type { Shape } from '../shape/model.js'
import type { Only } from '../shape/options.js'
import { type Tensor, isTensor } from './model.js'

/** What comes first: a tensor, or options and no others. */
export type TensorOr<A, Options> = A & (A extends Tensor<infer _S> ? unknown : Only<A, Options>)

/** What may follow: options behind a tensor, nothing behind options. */
export type Following<A, Options> = A extends Tensor<infer _S> ? [options?: Options] : []

/** An operation with options that keeps the shape. */
export interface Preserving<Options> {
  <const A extends Tensor | Options>(
    first: TensorOr<A, Options>,
    ...rest: Following<A, Options>
  ): A extends Tensor<infer S> ? Tensor<S> : <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/**
 * Makes an operation dual by its first argument: `f(x, ...rest)` when that is a tensor, else `f(...rest)` waits for the
 * tensor. `Signature` states both readings; this is the one place that vouches for them.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dataFirst = <Signature>(body: (x: Tensor, ...rest: never[]) => unknown): Signature => {
  const call = (first: unknown, ...rest: never[]): unknown =>
    isTensor(first) ? body(first, ...rest) : (x: Tensor): unknown => body(x, first as never, ...rest)
  return call as Signature
}

/** The same for operations on a list of tensors. */
/* @__NO_SIDE_EFFECTS__ */
export const listFirst = <Signature>(body: (tensors: readonly Tensor[], ...rest: never[]) => unknown): Signature => {
  const call = (first: unknown, ...rest: never[]): unknown =>
    Array.isArray(first)
      ? body(first, ...rest)
      : (tensors: readonly Tensor[]): unknown => body(tensors, first as never, ...rest)
  return call as Signature
}

/** Refuses options that an operation does not have, as types cannot always do. */
export const checkOptions = (operation: string, options: object, known: readonly string[]): void => {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    throw new TypeError(`${operation}: option ${key}; the options are ${known.join(', ')}`)
  }
}
