/**
 * Operations that are dual by what comes first, and their options.
 *
 * Signatures that a user may hand on without options, as in `pipe(x, T.softmax)`, are single and generic in what comes
 * first: of an overloaded function the compiler would forget the shape.
 */
import { isOptions, show } from '../internal/given.js'
import type { Shape } from '../shape/model.js'
import type { Only } from '../shape/options.js'
import { type Tensor, isTensor } from './model.js'
import { requireTensor, requireTensors } from '../primitive/require.js'

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
 * Makes an operation with parameters dual by its first argument: `f(x, ...rest)` when that is a tensor, else
 * `f(...rest)` waits for the tensor. `Signature` states both readings; the makers here are what vouches for them.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dataFirst = <Signature>(operation: string, body: (x: Tensor, ...rest: never[]) => unknown): Signature => {
  const call = (first: unknown, ...rest: never[]): unknown => {
    if (isTensor(first)) return body(first, ...rest)
    if (!isParameter(first) || rest.some(Array.isArray)) requireTensor(operation, first)
    return (x: Tensor): unknown => {
      requireTensor(operation, x)
      return body(x, first as never, ...rest)
    }
  }
  return call as Signature
}

const isParameter = (x: unknown): boolean => typeof x === 'number' || Array.isArray(x) || isOptions(x)

/** The same for operations with options alone: what comes first is a tensor or an object. */
/* @__NO_SIDE_EFFECTS__ */
export const dataOrOptions = <Signature>(
  operation: string,
  body: (x: Tensor, ...rest: never[]) => unknown
): Signature => {
  const call = (first: unknown, ...rest: never[]): unknown => {
    if (isTensor(first)) return body(first, ...rest)
    if (!isOptions(first)) requireTensor(operation, first)
    return (x: Tensor): unknown => {
      requireTensor(operation, x)
      return body(x, first as never)
    }
  }
  return call as Signature
}

/** The same for operations on a list of tensors. */
/* @__NO_SIDE_EFFECTS__ */
export const listFirst = <Signature>(
  operation: string,
  body: (tensors: readonly Tensor[], ...rest: never[]) => unknown
): Signature => {
  const call = (first: unknown, ...rest: never[]): unknown => {
    if (isOptions(first)) {
      return (tensors: readonly Tensor[]): unknown => {
        requireTensors(operation, tensors)
        return body(tensors, first as never)
      }
    }
    requireTensors(operation, first)
    return body(first as readonly Tensor[], ...rest)
  }
  return call as Signature
}

/** What an option may look like, where 0 would not do. */
const examples: Readonly<Record<string, string>> = { side: "'right'", shape: '[3]' }

/** Refuses options that are no object or that an operation does not have, as types cannot always do. */
export const checkOptions = (operation: string, options: object, known: readonly string[]): void => {
  if (!isOptions(options)) {
    const example = `{ ${known[0]}: ${examples[known[0] ?? ''] ?? 0} }`
    throw new TypeError(`${operation}: options ${show(options)}; an object such as ${example} is required`)
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    throw new TypeError(`${operation}: option ${key}; the options are ${known.join(', ')}`)
  }
}
