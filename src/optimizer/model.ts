/**
 * The type of optimizers: pure transformations of gradients into updates, with a state of their own.
 */
import type { Tensor } from '../tensor/model.js'

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
 * The memory of one transformation: how many updates it has made (int32), its moments, by path, and the names that `named` gave
 * it, as keys of empty records, so that a state is a tree of tensors.
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
  readonly names?: { readonly [name: string]: Readonly<Record<string, never>> }
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
export type Given<N extends Need, P> = [N] extends [never] ? readonly [] : readonly [extras: Pick<Extras<P>, N>]

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
