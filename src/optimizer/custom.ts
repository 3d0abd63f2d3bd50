/** Transformations from rules of the user, whose values are checked. */
import { requireFunction } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { equals } from '../shape/model.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { isRecord } from '../tree/error.js'
import type { ByPath, Need, Optimizer } from './model.js'
import { type Moments, type Rule, type Stateless, stateful as withMemory, stateless as withoutMemory } from './rule.js'

const requireUpdates = (operation: string, updates: unknown, gradient: ByPath): void => {
  const isLike = (x: unknown, { shape }: Tensor): boolean => isTensor(x) && equals(x.shape, shape)
  if (isRecord(updates) && Object.entries(gradient).every(([path, leaf]) => isLike(updates[path], leaf))) return
  throw new TypeError(
    refusal(operation, 'the value of the rule', updates, 'for each path of the gradient a tensor of its shape')
  )
}

const requireMoments = (name: string, found: unknown): void => {
  if (isRecord(found) && Object.values(found).every(isRecord)) return
  throw new TypeError(refusal('stateful', name, found, 'moments by name, each by path'))
}

/**
 * A transformation without a memory, from its rule.
 *
 * @throws TypeError when the rule is not a function, or does not return for each path a tensor of its shape
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 * import * as Tree from 'pullback/Tree'
 *
 * const signs = Optimizer.stateless((gradient) => Tree.map(gradient, T.sign))
 * signs.update(T.of([-3, 4]), [], T.of([0, 0])) // => [T.of([-1, 1]), []]
 */
/* @__NO_SIDE_EFFECTS__ */
export const stateless = (rule: Stateless): Optimizer => {
  requireFunction('stateless', rule, 'the rule')
  return withoutMemory((gradient, params) => {
    const updates = rule(gradient, params)
    requireUpdates('stateless', updates, gradient)
    return updates
  })
}

/**
 * A transformation with a memory, from its first moments, its rule, and what it needs. Gradients, moments and parameters are leaves by
 * path, which are trees. The rule receives the number of earlier updates, 0 for the first, and returns the next moments. That number is
 * a scalar int32 tensor, so that a rule in tensor operations works inside `vmap`, `checkpoint`, `scan` and `trace` too; it stops at
 * 2^31 - 1. The first moments are made anew at every update, to refuse a state of other names, shapes or element types.
 *
 * @throws TypeError when an argument is not what it should be, or a function does not return updates and moments by path
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 * import * as Tree from 'pullback/Tree'
 *
 * // the sum of all gradients so far
 * const total = Optimizer.stateful(
 *   (params) => ({ sum: Tree.map(params, T.zerosLike) }),
 *   (gradient, { sum }) => {
 *     const next = Tree.zipWith(sum, gradient, T.add)
 *     return [next, { sum: next }]
 *   }
 * )
 * const [, state] = total.update(T.of([1, 2]), total.init(T.of([0, 0])), T.of([0, 0]))
 * total.update(T.of([1, 1]), state, T.of([0, 0]))[0] // => T.of([2, 3])
 *
 * // the gradient where a step of plain descent leads
 * const ahead = Optimizer.stateful(
 *   () => ({}),
 *   (gradient, moments, { params, objective }) => [grad(objective)(Tree.zipWith(params, gradient, T.sub)), moments],
 *   ['objective']
 * )
 * const x = T.scalar(3)
 * ahead.update(T.scalar(6), ahead.init(x), x, { objective: (y) => T.square(y) })[0] // => T.scalar(-6)
 */
/* @__NO_SIDE_EFFECTS__ */
export const stateful = <Name extends string, N extends Need = never>(
  first: (params: ByPath) => Moments<Name>,
  rule: Rule<Name, N>,
  needs: readonly N[] = []
): Optimizer<N> => {
  requireFunction('stateful', first, 'the function of first moments')
  requireFunction('stateful', rule, 'the rule')
  if (!Array.isArray(needs) || needs.some((need) => need !== 'value' && need !== 'objective')) {
    throw new TypeError(refusal('stateful', 'the list of needs', needs, "one of 'value' and 'objective'"))
  }
  return withMemory<Name, N>(
    (params) => {
      const moments = first(params)
      requireMoments('the value of the first function', moments)
      return moments
    },
    (gradient, before, around) => {
      const returned = rule(gradient, before, around)
      if (!Array.isArray(returned)) {
        throw new TypeError(refusal('stateful', 'the value of the rule', returned, 'updates and moments'))
      }
      requireUpdates('stateful', returned[0], gradient)
      requireMoments('the second value of the rule', returned[1])
      return returned
    },
    needs
  )
}
