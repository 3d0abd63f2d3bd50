/** Optimizers made of others. Chaining is a monoid. */
import type { Monoid as MonoidOf } from 'fp-ts/lib/Monoid.js'
import { requireFunction } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { dual } from '../internal/dual.js'
import { add } from '../tensor/arithmetic.js'
import type { Tensor } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { zipWithAs } from '../tree/model.js'
import { isRecord } from '../tree/error.js'
import { zerosOf } from './coefficient.js'
import { flatOf, lift, mapLeaves } from './lift.js'
import type { ByPath, Need, Optimizer } from './model.js'
import { stateless } from './rule.js'

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * The transformation that leaves gradients as they are: the neutral element of chaining.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.identity.update(T.of([1, 2]), [], T.of([0, 0])) // => [T.of([1, 2]), []]
 */
export const identity: Optimizer = stateless((gradient) => gradient)

type NeedsOf<O> = O extends Optimizer<infer N> ? N : never

/**
 * Transformations one after the other: each receives the updates of the one before it. The chain needs what any of them needs.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const momentum = Optimizer.chain(Optimizer.trace(0.9), Optimizer.scale(-0.1))
 * momentum.update(T.of([1, 2]), momentum.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([-0.1, -0.2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const chain = <O extends readonly Optimizer<Need>[]>(...optimizers: O): Optimizer<NeedsOf<O[number]>> => {
  const all = optimizers.map((each) => flatOf(each))
  return lift({
    slots: all.reduce((sum, { slots }) => sum + slots, 0),
    needs: [...new Set(all.flatMap(({ needs }) => needs))],
    init: (params) => all.flatMap(({ init }) => init(params)),
    update: (gradient, state, around) => {
      let at = 0
      let updates = gradient
      const after = all.flatMap(({ slots, update }) => {
        const inside = slots === 0 ? around : { ...around, at: around.at + at }
        const [given, own] = update(updates, state.slice(at, (at += slots)), inside)
        updates = given
        return own
      })
      return [updates, after]
    }
  })
}

/** The leaves of some paths. */
const chosen = (leaves: ByPath, on: ReadonlySet<string>): ByPath =>
  Object.fromEntries(Object.entries(leaves).filter(([path]) => on.has(path)))

/** The paths that a predicate of paths and parameters chooses. */
const pathsWhere = (params: ByPath, on: (path: string, leaf: Tensor) => boolean): ReadonlySet<string> =>
  new Set(Object.keys(params).filter((path) => on(path, params[path]!)))

/**
 * An optimizer for the leaves that a predicate of path and parameter chooses; the others pass unchanged, and cost no state.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * // weight decay for all but biases
 * const decay = Optimizer.masked((path) => !path.endsWith('.b'), Optimizer.addDecayedWeights(0.5))
 * const params = { dense: { w: T.of([2]), b: T.of([2]) } }
 * const gradient = { dense: { w: T.of([1]), b: T.of([1]) } }
 * decay.update(gradient, decay.init(params), params)[0] // => { dense: { w: T.of([2]), b: T.of([1]) } }
 */
/* @__NO_SIDE_EFFECTS__ */
export const masked = <N extends Need>(
  on: (path: string, leaf: Tensor) => boolean,
  optimizer: Optimizer<N>
): Optimizer<N> => {
  requireFunction('masked', on, 'the predicate')
  const { slots, needs, init, update } = flatOf(optimizer)
  return lift({
    slots,
    needs,
    init: (params) => init(chosen(params, pathsWhere(params, on))),
    update: (gradient, state, around) => {
      const { params, extras } = around
      const { objective } = extras
      const paths = pathsWhere(params, on)
      const [updates, after] = update(chosen(gradient, paths), state, {
        ...around,
        params: chosen(params, paths),
        extras: { ...extras, ...(objective && { objective: (part: ByPath) => objective({ ...params, ...part }) }) }
      })
      return [{ ...gradient, ...updates }, after]
    }
  })
}

/**
 * Sets the updates of the leaves that a predicate of path and parameter chooses to zero: at the end of a chain, those leaves stay as
 * they are.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = { body: T.of([1, 2]), head: T.of([3]) }
 * const optimizer = Optimizer.chain(Optimizer.sgd(1), Optimizer.freeze((path) => path === 'body'))
 * optimizer.update(params, optimizer.init(params), params)[0] // => { body: T.of([0, 0]), head: T.of([-3]) }
 */
/* @__NO_SIDE_EFFECTS__ */
export const freeze = (on: (path: string, leaf: Tensor) => boolean): Optimizer => {
  requireFunction('freeze', on, 'the predicate')
  return stateless((gradient, params) =>
    mapLeaves(gradient, (leaf, path) => (on(path, params[path]!) ? zerosOf(leaf) : leaf))
  )
}

/**
 * An optimizer for each leaf, by name: a function of path and parameter says which. `'frozen'`, for which there is none, leaves the leaf as it is.
 *
 * @throws TypeError when a path is given a name without an optimizer
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.partition(
 *   { slow: Optimizer.sgd(0.1), fast: Optimizer.sgd(1) },
 *   (path) => (path === 'head' ? 'fast' : path === 'body' ? 'slow' : 'frozen')
 * )
 * const params = { head: T.of([1]), body: T.of([1]), rest: T.of([1]) }
 * optimizer.update(params, optimizer.init(params), params)[0]
 * // => { head: T.of([-1]), body: T.of([-0.1]), rest: T.of([0]) }
 */
/* @__NO_SIDE_EFFECTS__ */
export const partition = <K extends string, N extends Need = never>(
  optimizers: { readonly [name in K]: Optimizer<N> },
  nameOf: (path: string, leaf: Tensor) => NoInfer<K> | 'frozen'
): Optimizer<N> => {
  if (!isRecord(optimizers)) {
    throw new TypeError(refusal('partition', 'the first argument', optimizers, 'an object of optimizers'))
  }
  requireFunction('partition', nameOf, 'the function of paths')
  const parts: { readonly [name: string]: Optimizer<N> } = optimizers
  const names = Object.keys(parts)
  if (Object.hasOwn(parts, 'frozen'))
    throw new TypeError(
      'partition: an optimizer is named frozen, the name for leaves without one; expected another name'
    )
  const checked = (path: string, leaf: Tensor): string => {
    const name = nameOf(path, leaf)
    if (name === 'frozen' || Object.hasOwn(parts, name)) return name
    throw new TypeError(refusal('partition', `the name for ${path}`, name, `${names.join(', ')} or frozen`))
  }
  const each = names.map((name) => masked((path, leaf) => checked(path, leaf) === name, parts[name]!))
  const frozen = freeze((path, leaf) => checked(path, leaf) === 'frozen')
  return chain(...each, frozen)
}

/**
 * Adds updates to parameters. Each leaf keeps its element type. Dual: `applyUpdates(params, updates)` and
 * `pipe(params, applyUpdates(updates))`.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.applyUpdates({ w: T.of([1, 2]) }, { w: T.of([0.5, -1]) }) // => { w: T.of([1.5, 1]) }
 */
export const applyUpdates: {
  <P>(updates: P): (params: P) => P
  <P>(params: P, updates: P): P
} = dual(<P>(params: P, updates: P): P =>
  zipWithAs('applyUpdates', params, updates, (p, u) => cast(add(p, u), p.dtype))
)

// -----------------------------------------------------------------------------
// instances
// -----------------------------------------------------------------------------

/**
 * Optimizers under chaining. The laws hold exactly: states are joined end to end, so that `chain(chain(a, b), c)` and
 * `chain(a, chain(b, c))` give the same updates and the same states.
 *
 * @example
 * import { concatAll } from 'fp-ts/lib/Monoid.js'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const quarter = concatAll(Optimizer.Monoid)([Optimizer.scale(0.5), Optimizer.scale(0.5)])
 * quarter.update(T.of([8]), [], T.of([0]))[0] // => T.of([2])
 */
export const Monoid: MonoidOf<Optimizer> = {
  concat: (first, second) => chain(first, second),
  empty: identity
}
