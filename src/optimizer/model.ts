/**
 * The type of optimizers: pure transformations of gradients into updates, with a state of their own. Chaining is a monoid.
 */
import type { Monoid as MonoidOf } from 'fp-ts/lib/Monoid.js'
import { refusal } from '../internal/describe.js'
import { dual } from '../internal/dual.js'
import { type Tensor, fromNumber, isScalar } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { add } from '../tensor/arithmetic.js'
import { zipWithAs } from '../tree/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The memory of one transformation: how many updates it has made (int32), and its moments, trees of the parameters'
 * structure.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = { w: T.of([1, 2]) }
 * const slot: Optimizer.Slot<typeof params> | undefined = Optimizer.trace(0.9).init(params)[0]
 * slot?.moments // => { trace: { w: T.of([0, 0]) } }
 */
export interface Slot<P> {
  readonly count: Tensor<[]>
  readonly moments: { readonly [name: string]: P }
}

/**
 * The state of an optimizer: one slot for each transformation in the chain that has a memory. It is a tree of tensors.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const state: Optimizer.State<T.Tensor> = Optimizer.sgd(0.1).init(T.of([1, 2]))
 * state // => []
 */
export type State<P> = readonly Slot<P>[]

/**
 * A transformation of gradients: `init` makes its first state, `update` takes a gradient, a state and the parameters, and
 * returns updates, to be *added* to the parameters, and the next state. Both are pure, and work for every tree of parameters.
 *
 * As in Optax (M. Hessel et al., 2020), scaling by a learning rate is one of the transformations.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const descend: Optimizer.Optimizer = Optimizer.scale(-0.5)
 * const params = T.of([1, 2])
 * const [updates] = descend.update(T.of([2, 2]), descend.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0, 1])
 */
export interface Optimizer {
  /** How many entries its state has. */
  readonly slots: number
  readonly init: <P>(params: P) => State<P>
  readonly update: <P>(gradient: P, state: State<P>, params: P) => readonly [updates: P, state: State<P>]
}

/** Trees of the parameters' structure, by name. */
type Moments<Name extends string, P> = { readonly [K in Name]: P }

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A transformation without a memory, from its rule.
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
export const stateless = (rule: <P>(gradient: P, params: P) => P): Optimizer => ({
  slots: 0,
  init: () => [],
  update: (gradient, state, params) => {
    requireArguments(0, state, params)
    return [rule(gradient, params), []]
  }
})

/**
 * A transformation with a memory, from its first moments and its rule. The rule receives the number of earlier updates, 0
 * for the first, and returns the next moments. That number is a scalar int32 tensor, so that a rule in tensor operations
 * works inside `vmap`, `checkpoint`, `scan` and `trace` too; it stops at 2^31 - 1.
 *
 * @example
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
 */
/* @__NO_SIDE_EFFECTS__ */
export const stateful = <Name extends string>(
  first: <P>(params: P) => Moments<Name, P>,
  rule: <P>(
    gradient: P,
    moments: Moments<Name, P>,
    context: { readonly count: Tensor<[]>; readonly params: P }
  ) => readonly [updates: P, moments: Moments<Name, P>]
): Optimizer => ({
  slots: 1,
  init: (params) => [{ count: fromNumber('int32', 0), moments: first(params) }],
  update: (gradient, state, params) => {
    requireArguments(1, state, params)
    const slot = state[0]!
    const { count } = slot
    const [updates, moments] = rule(gradient, own<Name, typeof params>(slot), { count, params })
    return [
      updates,
      [
        {
          count: isScalar(count) ? fromNumber('int32', Math.min(count.value + 1, 2 ** 31 - 1)) : add(count, 1),
          moments
        }
      ]
    ]
  }
})

/** Casts the moments to those that this transformation itself made in `init`. */
const own = <Name extends string, P>(slot: Slot<P>): Moments<Name, P> => slot.moments as Moments<Name, P>

/** Refuses a state that another optimizer made, another argument in its place, and missing parameters. */
const requireArguments = (slots: number, state: unknown, params: unknown): void => {
  const operation = 'Optimizer.update'
  const own = "the state that this optimizer's init or update returned"
  if (!Array.isArray(state) || !state.every(isSlot)) {
    throw new TypeError(refusal(operation, 'the second argument', state, own))
  }
  if (state.length !== slots) {
    const entries = state.length === 1 ? 'entry' : 'entries'
    throw new Error(`${operation}: the state has ${state.length} ${entries}, expected ${slots}; pass ${own}`)
  }
  if (params === undefined) throw new TypeError(refusal(operation, 'the third argument', params, 'the parameters'))
}

const isSlot = (x: unknown): boolean => typeof x === 'object' && x !== null && 'moments' in x

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

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

const concat = (first: Optimizer, second: Optimizer): Optimizer => {
  const slots = first.slots + second.slots
  return {
    slots,
    init: (params) => [...first.init(params), ...second.init(params)],
    update: (gradient, state, params) => {
      requireArguments(slots, state, params)
      const [between, firstState] = first.update(gradient, state.slice(0, first.slots), params)
      const [updates, secondState] = second.update(between, state.slice(first.slots), params)
      return [updates, [...firstState, ...secondState]]
    }
  }
}

/**
 * Transformations one after the other: each receives the updates of the one before it.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const momentum = Optimizer.chain(Optimizer.trace(0.9), Optimizer.scale(-0.1))
 * momentum.update(T.of([1, 2]), momentum.init(T.of([0, 0])), T.of([0, 0]))[0] // => T.of([-0.1, -0.2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const chain = (...optimizers: readonly Optimizer[]): Optimizer => optimizers.reduce(concat, identity)

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
export const Monoid: MonoidOf<Optimizer> = { concat, empty: identity }
