/** Operations that are dual by what comes first, and their options. */
import { type Tensor, isTensor } from './model.js'

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
