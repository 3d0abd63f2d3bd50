/** Draws in their two readings: `draw(key, shape)` and `pipe(key, draw(shape))`. */
import { isTensor } from '../tensor/model.js'
import { type Key, requireKey } from './model.js'

/**
 * Makes a draw dual by its first argument: a tensor can only be the key, since shapes are arrays. `Signature` states
 * both readings; this is the one place that vouches for them.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dualByKey = <Signature>(
  operation: string,
  body: (key: Key, ...rest: readonly never[]) => unknown
): Signature =>
  dualWhen<Signature>(
    operation,
    (args) => {
      const [first, second] = args
      // A shape waits for the key; anything else stands where the key should.
      if (!Array.isArray(first) || Array.isArray(second)) requireKey(operation, first)
      return isTensor(first)
    },
    body
  )

/** The same for draws whose first parameter may be a tensor itself: `isDataFirst` tells from all arguments. */
/* @__NO_SIDE_EFFECTS__ */
export const dualWhen = <Signature>(
  operation: string,
  isDataFirst: (args: readonly unknown[]) => boolean,
  body: (key: Key, ...rest: readonly never[]) => unknown
): Signature => {
  const draw = (key: never, rest: readonly never[]): unknown => {
    requireKey(operation, key)
    return body(key, ...rest)
  }
  const call = (...args: readonly never[]): unknown =>
    isDataFirst(args) ? draw(args[0]!, args.slice(1)) : (key: never): unknown => draw(key, args)
  return call as Signature
}
