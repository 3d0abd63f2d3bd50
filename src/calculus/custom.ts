/** Functions with a pullback of the user's own. */
import { LeakedTracerError, type TuplePrimitive, bindTuple } from '../primitive/model.js'
import { add } from '../tensor/arithmetic.js'
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { Tape } from '../transform/reverse.js'
import { type Flat, TreeError, flattenAs } from '../tree/model.js'
import { leavesLike, results, zeroLike } from './trees.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * One cotangent per argument, of the argument's structure, shapes and types; `undefined` stands for zero.
 *
 * @example
 * import type { Cotangents } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const ofTwoArguments: Cotangents<[T.Tensor<[2]>, T.Tensor<[]>]> = [T.of([1, 2]), undefined]
 * ofTwoArguments.length // => 2
 */
export type Cotangents<Args extends readonly unknown[]> = { readonly [I in keyof Args]: Args[I] | undefined }

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const closedOver = (): LeakedTracerError =>
  new LeakedTracerError(
    'customVjp',
    'the forward rule closes over a value inside a transformation; pass it as an argument instead'
  )

const concrete = (x: Tensor): Concrete => {
  if (isConcrete(x)) return x
  throw closedOver()
}

/** The leaves of the cotangents that a backward rule gave, in the order of the leaves of the arguments. */
const cotangentLeaves = (args: readonly unknown[], given: readonly unknown[]): readonly (Tensor | undefined)[] => {
  if (given.length !== args.length) {
    throw new TreeError(
      'customVjp',
      '',
      `the backward rule returned ${given.length} cotangents; one per argument is required, ${args.length}`
    )
  }
  return args.flatMap((arg, i): readonly (Tensor | undefined)[] => {
    const { leaves } = flattenAs('customVjp', arg)
    const own = given[i]
    return own === undefined ? leaves.map(() => undefined) : leavesLike('customVjp', 'cotangent', arg, own)
  })
}

/**
 * A function whose pullback is given, for where the derivative of the formula is not the one that is wanted: one that is
 * unstable, wasteful, or deliberately another (a straight-through estimator, a reversed gradient).
 *
 * `forward` returns the value and the residuals, everything that `backward` needs: neither may close over values that
 * are being differentiated. `backward(residuals, cotangent)` must be linear in the cotangent, and gives one cotangent per
 * argument. Both are ordinary functions of tensors, so that derivatives nest to any order; forward mode follows from
 * `backward` by transposition. Arguments, value and residuals are trees of tensors.
 *
 * @example
 * import { customVjp, grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * // rounds forward, and passes the cotangent straight through
 * const roundStraightThrough = customVjp(
 *   (x: T.Tensor<[2]>) => [T.round(x), {}] as const,
 *   (_residuals, cotangent) => [cotangent]
 * )
 * grad((x: T.Tensor<[2]>) => T.sum(roundStraightThrough(x)))(T.of([0.4, 1.7])) // => T.of([1, 1])
 */
export const customVjp =
  <Args extends readonly unknown[], R, Residuals>(
    forward: (...args: Args) => readonly [value: R, residuals: Residuals],
    backward: (residuals: Residuals, cotangent: R) => Cotangents<Args>
  ): ((...args: Args) => R) =>
  (...args) => {
    const flatArgs = flattenAs('customVjp', args)
    const at = (leaves: readonly Tensor[]): Args => flatArgs.unflatten(leaves)
    let outcome: Flat<R> | undefined
    let known: { readonly operands: readonly Tensor[]; readonly residuals: Residuals } | undefined

    const run = (operands: readonly Tensor[]): readonly [value: R, residuals: Residuals] => {
      const result = forward(...at(operands))
      known = { operands, residuals: result[1] }
      return result
    }
    const residualsAt = (operands: readonly Tensor[]): Residuals =>
      known !== undefined && operands.every((operand, i) => operand === known?.operands[i])
        ? known.residuals
        : run(operands)[1]
    const valueOf = (leaves: readonly Tensor[]): R => {
      if (outcome === undefined) throw closedOver()
      return outcome.unflatten(leaves)
    }

    const primitive: TuplePrimitive = {
      name: 'customVjp',
      evaluate: (operands) => {
        outcome = results('customVjp', run(operands)[0])
        return outcome.leaves.map(concrete)
      },
      vjp: (operands, out) => {
        const residuals = residualsAt(operands)
        return (cotangents) => {
          const full = out.map((each, i) => cotangents[i] ?? zeroLike(each))
          return cotangentLeaves(args, backward(residuals, valueOf(full)))
        }
      },
      jvp: (tangents, operands, out) => {
        const residuals = residualsAt(operands)
        const tape = new Tape('customVjp', add)
        const inputs = out.map((each) => tape.input(zeroLike(each)))
        const images = cotangentLeaves(args, backward(residuals, valueOf(inputs)))
        tape.close()
        const pairs = images.flatMap((image, i) => {
          const tangent = tangents[i]
          return image === undefined || tangent === undefined ? [] : [[image, tangent] as const]
        })
        return tape.backward(pairs, inputs.length, true)
      }
    }
    return valueOf(bindTuple(primitive, flatArgs.leaves, undefined))
  }
