/** Choices between functions: `cond` and `switchCase`. */
import { aTensor, requireFunctions } from '../calculus/arguments.js'
import { refusal } from '../internal/describe.js'
import { logicalNot } from '../tensor/logical.js'
import type { Tensor } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { inBranch } from './depth.js'
import { type Structure, differs, structureOf } from './structure.js'
import { bindCond, clamped, selectBranch } from './condPrimitive.js'
import { known, requireIndex, requirePredicate } from './predicate.js'
import { stageTogether } from './programs.js'

/** Applies one of several functions, by an index: only that one where the index is known, else all of them. */
const choose = <Args extends readonly unknown[], R>(
  name: string,
  index: Tensor,
  branches: readonly ((...args: Args) => R)[],
  args: Args
): R => {
  const given = structureOf(name, args, {
    at: (path) => `operands${path} is`,
    required: aTensor
  })
  const alike = differs('the branches')
  let outcome: Structure<R> | undefined
  const functions = branches
    .map((branch) => inBranch(branch))
    .map((branch) => (leaves: readonly Tensor[]): readonly Tensor[] => {
      const result = branch(...given.build(leaves))
      if (outcome !== undefined) return outcome.match(result, alike)
      outcome = structureOf(name, result, {
        at: (path) => (path === '' ? 'a branch returned' : `a branch returned a tree whose ${path} is`),
        required: 'expected a tensor or a tree of tensors'
      })
      return outcome.leaves
    })
  const value = known(index)
  if (value.kind === 'one') {
    const results = functions[clamped(value.value, functions.length)]!(given.leaves)
    return outcome!.build(results)
  }
  if (value.kind === 'many') {
    const results = functions.map((f) => f(given.leaves))
    return outcome!.build(selectBranch(index, results))
  }
  const { programs, captured } = stageTogether(name, given.leaves, functions)
  return outcome!.build(bindCond([index, ...given.leaves, ...captured], { branches: programs }))
}

/**
 * The result of one of two functions: `cond(p, f, g)(...operands)` is `f(...operands)` where `p` is true, else
 * `g(...operands)`.
 *
 * The predicate is a scalar bool; operands and results are trees of tensors, and both functions give the same structure,
 * shapes and types. Where the predicate is known, one of them is called, and the other never: it need not even be defined
 * there. In a staged function it is one operation, which runs one branch. Where examples of `vmap` differ in the
 * predicate, both are computed, and `T.where` chooses between their results; its gradient leaves out those not chosen. Derivatives of
 * any order are those of the branch that was taken.
 *
 * @example
 * import { cond } from 'pullback/Control'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 * import { vmap } from 'pullback/Vmap'
 *
 * type S = T.Tensor<[]>
 * const root = (x: S): S => cond(T.greater(x, 0), (y: S) => T.sqrt(y), (y: S) => T.mul(y, 0))(x)
 * root(T.scalar(4)) // => T.scalar(2)
 * vmap(grad(root))(T.of([4, 0])) // => T.of([0.25, 0])
 *
 * cond(T.scalar(1), T.exp, T.neg)
 * // throws cond: the predicate is float32; expected bool, compare with T.greater(x, 0) or the like
 */
export const cond = <Args extends readonly unknown[], R>(
  predicate: Tensor<[]>,
  ifTrue: (...operands: Args) => R,
  ifFalse: (...operands: NoInfer<Args>) => R
): ((...operands: Args) => R) => {
  requireFunctions('cond', { ifTrue, ifFalse })
  const index = cast(logicalNot(requirePredicate('cond', 'the predicate', predicate)), 'int32')
  return (...operands) => choose<Args, R>('cond', index, [ifTrue, ifFalse], operands)
}

/**
 * The result of one of several functions, by an index: `switchCase(i, branches)(...operands)` is `branches[i](...operands)`.
 * An index below 0 selects the first branch, one beyond the last selects the last.
 *
 * The index is a scalar int32; everything else is as in `cond`.
 *
 * @example
 * import { switchCase } from 'pullback/Control'
 * import * as T from 'pullback/Tensor'
 *
 * type S = T.Tensor<[]>
 * const branches = [(x: S): S => T.neg(x), (x: S): S => T.mul(x, 2), (x: S): S => T.square(x)]
 * switchCase(T.scalar(1, 'int32'), branches)(T.scalar(3)) // => T.scalar(6)
 * switchCase(T.scalar(7, 'int32'), branches)(T.scalar(3)) // => T.scalar(9)
 */
export const switchCase = <Args extends readonly unknown[], R>(
  index: Tensor<[]>,
  branches: readonly ((...operands: Args) => R)[]
): ((...operands: Args) => R) => {
  if (!Array.isArray(branches)) throw new TypeError(refusal('switchCase', 'branches', branches, 'a list of functions'))
  if (branches.length === 0) throw new RangeError('switchCase: the list of branches is empty; expected one or more')
  requireFunctions('switchCase', Object.fromEntries(branches.map((branch, i) => [`branches[${i}]`, branch])))
  const which = requireIndex('switchCase', 'the index', index)
  return (...operands) => choose<Args, R>('switchCase', which, branches, operands)
}
