/** The forward mode for users. */
import { describe } from '../internal/describe.js'
import { add } from '../tensor/arithmetic.js'
import type { Tensor } from '../tensor/model.js'
import { ForwardTrace } from '../transform/forward.js'
import { flattenAs } from '../tree/model.js'
import { leavesLike, ofArguments, requireFloatArgument, requireFunctions, results, zeroLike } from './arguments.js'

const requireArguments = (what: string, list: readonly unknown[]): void => {
  if (Array.isArray(list)) return
  throw new TypeError(`jvp: ${what} are ${describe(list)}; expected a list of arguments, as jvp(f)([x], [t])`)
}

/**
 * The value of a function and its derivative along a direction: `jvp(f)(args, tangents)` is `[f(args), J tangents]`.
 *
 * `args` is the list of arguments, `tangents` one tangent for each, of its structure, shapes and types.
 *
 * @example
 * import { jvp } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * jvp((x: T.Tensor<[]>, y: T.Tensor<[]>) => T.mul(x, y))([T.scalar(3), T.scalar(4)], [T.scalar(1), T.scalar(0)])
 * // => [T.scalar(12), T.scalar(4)]
 */
export const jvp = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...more: readonly []
): ((args: Args, tangents: Args) => readonly [value: R, tangent: R]) => {
  requireFunctions('jvp', { f }, more)
  return (args, tangents) => {
    requireArguments('primals', args)
    requireArguments('tangents', tangents)
    const forward = new ForwardTrace('jvp', add)
    try {
      const flatArgs = flattenAs('jvp', args, ofArguments)
      const directions = leavesLike('jvp', 'tangent', args, tangents)
      const moving = flatArgs.leaves.map((leaf, i) => {
        requireFloatArgument('jvp', leaf, flatArgs.paths[i]!)
        return forward.input(leaf, directions[i]!)
      })
      const flat = results('jvp', f(...flatArgs.unflatten(moving)))
      const value = flat.unflatten(flat.leaves.map((leaf) => forward.primal(leaf)))
      const tangent = flat.unflatten(flat.leaves.map((leaf): Tensor => forward.tangent(leaf) ?? zeroLike(leaf)))
      return [value, tangent]
    } finally {
      forward.close()
    }
  }
}
