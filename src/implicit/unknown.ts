/** The arguments of solvers: a tree as the unknown, a function of it as a program. */
import * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../primitive/model.js'
import { bottom } from '../primitive/traced.js'
import { leavesLike, requireFloat, results } from '../calculus/arguments.js'
import type { Tensor } from '../tensor/model.js'
import { stage } from '../transform/stage.js'
import { type Flat, type WithLeaves, flattenAs } from '../tree/model.js'
import { type NotConverged, type Wording, failureIn } from './notConverged.js'

/** A function of the unknown, and the values of other transformations that it closes over. */
export interface Closed {
  readonly program: Program
  readonly captured: readonly Tensor[]
}

/** The structure of the unknown: a tree of float tensors. */
export const unknownLike = <X>(operation: string, tree: X, whole: string): Flat<X> => {
  const flat = flattenAs(operation, tree)
  flat.leaves.forEach((leaf, i) => requireFloat(operation, leaf, flat.paths[i] || whole))
  return flat
}

/** A function whose result is like the unknown, staged. */
export const closedLike = <X>(operation: string, unknown: Flat<X>, f: (x: X) => unknown): Closed =>
  stage(operation, unknown.leaves, (inputs) => {
    const x = unknown.unflatten(inputs)
    const value = f(x)
    results(operation, value)
    return leavesLike(operation, 'result', x, value)
  })

/** Whether values are not known yet, so that a failure can only be an error. */
export const isStaged = (operands: readonly Tensor[]): boolean =>
  operands.some((operand) => bottom(operand) === undefined)

/** The solution as a tree, or the failure: the last result is the report. */
export const solutionOf = <X>(
  wording: Wording,
  unknown: Flat<X>,
  results: readonly Tensor[]
): E.Either<NotConverged, X> => {
  const k = unknown.leaves.length
  const failure = failureIn(wording, results[k]!)
  return failure === undefined ? E.right(unknown.unflatten(results.slice(0, k))) : E.left(failure)
}

/** Leaves of values that are like the unknown, cast to a tree of tensors of any shape. */
export const treeLike =
  <X>({ unflatten }: Flat<X>): ((leaves: readonly Tensor[]) => WithLeaves<X, Tensor>) =>
  (leaves) =>
    unflatten(leaves) as WithLeaves<X, Tensor>
