/** Draws in their two readings: `f(key, shape)` and `pipe(key, f(shape))`. */
import { dualBy } from '../internal/dual.js'
import type { Options } from '../internal/options.js'
import { isTensor } from '../tensor/model.js'
import { type Key, requireKey } from './model.js'

type Draw = (key: Key, ...rest: readonly never[]) => unknown

/** Makes a draw dual: `isKeyFirst` decides from all arguments. The key is checked in both readings. */
/* @__NO_SIDE_EFFECTS__ */
export const draw = <Signature>(
  operation: string,
  isKeyFirst: (args: readonly unknown[]) => boolean,
  body: Draw
): Signature =>
  dualBy<Signature>(isKeyFirst, (key: Key, ...rest: readonly never[]) => {
    requireKey(operation, key)
    return body(key, ...rest)
  })

/** Makes a draw of a shape dual by its first argument: a tensor can only be the key, since shapes are arrays. */
/* @__NO_SIDE_EFFECTS__ */
export const drawByShape = <Signature>(operation: string | Options, body: Draw): Signature => {
  const [name, check] = typeof operation === 'string' ? [operation] : [operation.operation, operation]
  const isKeyFirst = ([first, second, third]: readonly unknown[]): boolean => {
    // A shape waits for the key; anything else is in the place of the key.
    if (!Array.isArray(first) || Array.isArray(second)) requireKey(name, first)
    check?.(isTensor(first) ? third : second)
    return isTensor(first)
  }
  return draw<Signature>(name, isKeyFirst, body)
}
