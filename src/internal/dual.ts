/**
 * Data-last and data-first in one function: `f(a, b)` and `pipe(a, f(b))` mean the same.
 *
 * Which one is meant follows from the number of arguments alone, never from what they are.
 */

/**
 * Makes a function of two arguments dual. `Signature` states both readings; this is the one place that vouches for them.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dual = <Signature>(body: (self: never, that: never) => unknown): Signature => {
  const call = function (a: never, b: never): unknown {
    return arguments.length >= 2 ? body(a, b) : (self: never): unknown => body(self, a)
  }
  return call as Signature
}
