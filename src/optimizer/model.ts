/**
 * The type of optimizers: pure transformations of gradients into updates, with a state of their own, and their two constructors.
 */
import { refusal } from '../internal/describe.js'
import { type Tensor, fromNumber, isScalar } from '../tensor/model.js'
import { add } from '../tensor/arithmetic.js'
import { flattenAs, mapAs, zipWithAs } from '../tree/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Tensors by the path of the leaf that they belong to, as one writes it in code: what transformations are written in, whatever the
 * structure of the parameters is. A tree that is one tensor has the path `''`.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const moments: Optimizer.ByPath = { 'layers[0].w': T.zeros([2, 3]), 'layers[0].b': T.zeros([2]) }
 * Object.keys(moments) // => ['layers[0].w', 'layers[0].b']
 */
export interface ByPath {
  readonly [path: string]: Tensor
}

/**
 * The memory of one transformation: how many updates it has made (int32), and its moments, by path.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const slot: Optimizer.Slot | undefined = Optimizer.trace(0.9).init({ w: T.of([1, 2]) })[0]
 * slot?.moments // => { trace: { w: T.of([0, 0]) } }
 */
export interface Slot {
  readonly count: Tensor<[]>
  readonly moments: { readonly [name: string]: ByPath }
}

/**
 * The state of an optimizer: one slot for each transformation in the chain that has a memory. It is a plain tree of tensors.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const state: Optimizer.State = Optimizer.sgd(0.1).init(T.of([1, 2]))
 * state // => []
 */
export type State = readonly Slot[]

/**
 * What an optimizer may need besides gradient and parameters: the value of the objective, and the objective itself.
 *
 * @example
 * import type { Need } from 'pullback/Optimizer'
 *
 * const needs: readonly Need[] = ['value', 'objective']
 * needs.length // => 2
 */
export type Need = keyof Extras<unknown>

/**
 * What optimizers may need besides gradient and parameters `P`.
 *
 * @example
 * import type { Extras } from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const extras: Extras<T.Tensor<[]>> = { value: T.scalar(4), objective: (x) => T.square(x) }
 * extras.objective(T.scalar(3)) // => T.scalar(9)
 */
export interface Extras<P> {
  /** The objective at the parameters. */
  readonly value: Tensor<[]>
  /** The objective, on the same batch and with the same draws. */
  readonly objective: (params: P) => Tensor<[]>
}

/** The last argument of `update`, where something is needed. */
type Given<N extends Need, P> = [N] extends [never] ? readonly [] : readonly [extras: Pick<Extras<P>, N>]

/**
 * A transformation of gradients: `init` makes its first state, `update` takes a gradient, a state, the parameters and what else it
 * needs, and returns updates, to be *added* to the parameters, and the next state. Both are pure, and work for every tree of parameters.
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
export interface Optimizer<Needs extends Need = never> {
  /** How many entries its state has. */
  readonly slots: number
  readonly init: <P>(params: P) => State
  readonly update: <P>(
    gradient: P,
    state: State,
    params: P,
    ...extras: Given<Needs, P>
  ) => readonly [updates: P, state: State]
}

// -----------------------------------------------------------------------------
// by path
// -----------------------------------------------------------------------------

/** What rules may look at besides the gradient. */
interface Surroundings {
  readonly params: ByPath
  readonly extras: Partial<Extras<ByPath>>
}

/** An optimizer on leaves by path. */
export interface Flat {
  readonly slots: number
  readonly needs: readonly Need[]
  readonly init: (params: ByPath) => State
  readonly update: (gradient: ByPath, state: State, around: Surroundings) => readonly [updates: ByPath, state: State]
}

const flats = /* @__PURE__ */ new WeakMap<object, Flat>()

/** The optimizer on leaves by path; one that was not made here is used through its own functions. */
export const flatOf = (optimizer: Optimizer<Need>): Flat => {
  const flat = flats.get(optimizer)
  if (flat === undefined) throw new TypeError(refusal('chain', 'an optimizer', optimizer, 'one from this module'))
  return flat
}

const byPath = (operation: string, tree: unknown): ByPath => {
  const { leaves, paths } = flattenAs(operation, tree)
  return Object.fromEntries(paths.map((path, i) => [path, leaves[i]!]))
}

/** The structure of a tree with other leaves, by path. */
const rebuilt = <P>(like: P, leaves: ByPath): P => mapAs('Optimizer.update', like, (_, path) => leaves[path]!)

/** Refuses a gradient of another structure than the parameters. */
const requireAlike = (gradient: unknown, params: unknown): void => {
  zipWithAs('Optimizer.update', gradient, params, (leaf) => leaf)
}

export const lift = <N extends Need>(flat: Flat): Optimizer<N> => {
  const { slots, needs, init } = flat
  const optimizer: Optimizer<N> = {
    slots,
    init: (params) => init(byPath('Optimizer.init', params)),
    update: <P>(gradient: P, state: State, params: P, ...given: readonly Partial<Extras<P>>[]) => {
      requireArguments(slots, state, params)
      requireAlike(gradient, params)
      const extras = given[0] ?? {}
      requireExtras(needs, extras)
      const { value, objective } = extras
      const [updates, next] = flat.update(byPath('Optimizer.update', gradient), state, {
        params: byPath('Optimizer.update', params),
        extras: {
          ...(value !== undefined && { value }),
          ...(objective !== undefined && { objective: (leaves: ByPath) => objective(rebuilt(params, leaves)) })
        }
      })
      return [rebuilt(gradient, updates), next]
    }
  }
  flats.set(optimizer, flat)
  return optimizer
}

const isSlot = (x: unknown): boolean => typeof x === 'object' && x !== null && 'moments' in x

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

const requireExtras = (needs: readonly Need[], extras: Partial<Extras<never>>): void => {
  const missing = needs.find((need) => extras[need] === undefined)
  if (missing === undefined) return
  throw new TypeError(
    `Optimizer.update: ${missing} is missing; this optimizer needs it, expected { ${needs.join(', ')} } as the fourth argument`
  )
}

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
export const stateless = (rule: (gradient: ByPath, params: ByPath) => ByPath): Optimizer =>
  lift({
    slots: 0,
    needs: [],
    init: () => [],
    update: (gradient, _state, { params }) => [rule(gradient, params), []]
  })

/** What a rule is given besides gradient and moments. */
type Around<N extends Need> = { readonly count: Tensor<[]>; readonly params: ByPath } & Pick<Extras<ByPath>, N>

/** Casts what is around a rule to what it needs, which `requireExtras` has checked. */
const around = <N extends Need>(count: Tensor<[]>, { params, extras }: Surroundings): Around<N> =>
  ({ ...extras, count, params }) as Around<N>

/** Casts the moments to those that this transformation itself made in `init`. */
const own = <Name extends string>(slot: Slot): Moments<Name> => slot.moments as Moments<Name>

/** Leaves by path, by name. */
type Moments<Name extends string> = { readonly [K in Name]: ByPath }

/**
 * A transformation with a memory, from its first moments, its rule, and what it needs. Gradients, moments and parameters are leaves by
 * path, which are trees. The rule receives the number of earlier updates, 0 for the first, and returns the next moments. That number is
 * a scalar int32 tensor, so that a rule in tensor operations works inside `vmap`, `checkpoint`, `scan` and `trace` too; it stops at
 * 2^31 - 1.
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
  rule: (
    gradient: ByPath,
    moments: Moments<Name>,
    around: Around<N>
  ) => readonly [updates: ByPath, moments: Moments<NoInfer<Name>>],
  needs: readonly N[] = []
): Optimizer<N> =>
  lift({
    slots: 1,
    needs,
    init: (params) => [{ count: fromNumber('int32', 0), moments: first(params) }],
    update: (gradient, state, surroundings) => {
      const slot = state[0]!
      const { count } = slot
      const [updates, moments] = rule(gradient, own<Name>(slot), around<N>(count, surroundings))
      return [updates, [{ count: next(count), moments }]]
    }
  })

/** One more update, as far as int32 counts. */
const next = (count: Tensor<[]>): Tensor<[]> =>
  isScalar(count) ? fromNumber('int32', Math.min(count.value + 1, 2 ** 31 - 1)) : add(count, 1)
