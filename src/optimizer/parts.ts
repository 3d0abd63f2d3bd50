/** Parts of optimizers that can be found in the state: by name, and as hyper-parameters. */
import { describe, either, refusal } from '../internal/describe.js'
import { requireFunction } from '../internal/check.js'
import { requireKind, text } from '../internal/options.js'
import { isRecord } from '../tree/error.js'
import type { Schedule } from '../Schedule.js'
import { cast } from '../tensor/structural.js'
import { type Tensor, fromNumber, isTensor } from '../tensor/model.js'
import { requireCoefficient, scheduled, wide } from './coefficient.js'
import { type Flat, flatOf, lift, mapLeaves, requireState } from './lift.js'
import type { ByPath, Need, Optimizer, Slot, State } from './model.js'
import { foreign, firstSlot, momentsOf, nextSlot } from './rule.js'

// -----------------------------------------------------------------------------
// names
// -----------------------------------------------------------------------------

const isNamed = ({ names }: Slot, name: string): boolean => names !== undefined && Object.hasOwn(names, name)

/**
 * Names a part of an optimizer: errors about its state have the name, and `partOf` finds its state.
 *
 * @throws TypeError when the name is not a string
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.chain(
 *   Optimizer.named('momentum', Optimizer.trace(0.9)),
 *   Optimizer.scaleByLearningRate(0.1)
 * )
 * const [slot] = Optimizer.partOf(optimizer.init(T.of([1, 2])), 'momentum')
 * slot?.moments // => { trace: { '': T.of([0, 0]) } }
 */
/* @__NO_SIDE_EFFECTS__ */
export const named = <N extends Need>(name: string, optimizer: Optimizer<N>): Optimizer<N> => {
  requireKind('named', 'the name', name, text)
  const { slots, needs, init, update } = flatOf(optimizer, 'named')
  const marked = (state: State): State => state.map((slot) => ({ ...slot, names: { ...slot.names, [name]: {} } }))
  return lift({
    slots,
    needs,
    init: (params) => marked(init(params)),
    update: (gradient, state, around) => {
      const inside = { ...around, name: around.name === '' ? name : `${around.name}.${name}` }
      const other = state.findIndex((slot) => !isNamed(slot, name))
      if (other >= 0) foreign({ ...around, at: around.at + other }, '.names', `is without ${name}`)
      const [updates, after] = update(gradient, state, inside)
      return [updates, marked(after)]
    }
  })
}

/**
 * The part of a state that belongs to what `named` has named, as a state of its own.
 *
 * @throws Error when no part has the name
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const state = Optimizer.named('adam', Optimizer.adam(0.1)).init(T.of([1]))
 * Optimizer.partOf(state, 'adam').length // => 1
 * Optimizer.partOf(state, 'decay') // throws partOf: no part is named 'decay'; expected adam
 */
export const partOf = (state: State, name: string): State => {
  requireState('partOf', 'the first argument', state)
  const found = state.filter((slot) => isNamed(slot, name))
  if (found.length > 0) return found
  const names = [...new Set(state.flatMap((slot) => Object.keys(slot.names ?? {})))]
  const expected = names.length === 0 ? 'a part made with named' : either(names)
  throw new Error(`partOf: no part is named ${describe(name)}; expected ${expected}`)
}

// -----------------------------------------------------------------------------
// hyper-parameters
// -----------------------------------------------------------------------------

/**
 * Hyper-parameters by name, as they are given: numbers, scalar tensors and schedules.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const given: Optimizer.Hyperparams = { rate: 0.1, beta1: (step: number) => 0.9 - 0.1 / (step + 1) }
 * given['rate'] // => 0.1
 */
export interface Hyperparams {
  readonly [name: string]: number | Tensor<[]> | Schedule
}

const requireRecord = (operation: string, name: string, values: unknown): void => {
  if (isRecord(values)) return
  throw new TypeError(refusal(operation, name, values, 'an object of hyper-parameters'))
}

/** Hyper-parameters as an optimizer is made from them. */
type Values<H> = { readonly [K in keyof H]: Tensor<[]> }

/** Casts values of which each name of `H` has one. */
const asValues = <H>(values: ByPath): Values<H> => values as Values<H>

/**
 * An optimizer that is made anew at each step from hyper-parameters in its state, where they can be read with `hyperparamsOf` and
 * changed with `withHyperparams`. A schedule gives its value at each step.
 *
 * @throws TypeError when what makes the optimizer is not a function
 * @throws RangeError when a hyper-parameter is neither a finite number nor a float scalar nor a schedule
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.injectHyperparams(({ rate }) => Optimizer.sgd(rate, { momentum: 0.9 }), { rate: 0.5 })
 * const params = T.of([0])
 * const state = Optimizer.withHyperparams(optimizer.init(params), { rate: 0.25 })
 * optimizer.update(T.of([4]), state, params)[0] // => T.of([-1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const injectHyperparams = <H extends Hyperparams, N extends Need = never>(
  make: (values: { readonly [K in keyof H]: Tensor<[]> }) => Optimizer<N>,
  hyperparams: H
): Optimizer<N> => {
  requireFunction('injectHyperparams', make, 'what makes the optimizer')
  requireRecord('injectHyperparams', 'the second argument', hyperparams)
  const given: Hyperparams = hyperparams
  const names = Object.keys(given)
  for (const name of names) {
    const value = given[name]
    if (typeof value === 'function') continue
    requireCoefficient('injectHyperparams', name, value, 'a finite number or a schedule', Number.isFinite)
  }
  const at = (count: Tensor<[]>, before: ByPath): ByPath =>
    Object.fromEntries(
      names.map((name) => {
        const value = given[name]!
        if (typeof value === 'function') return [name, wide(scheduled(value, count))]
        return [name, before[name] ?? (isTensor(value) ? value : wide(value))]
      })
    )
  const makeFrom = (values: ByPath): Flat => flatOf(make(asValues<H>(values)), 'injectHyperparams')
  const first = at(fromNumber('int32', 0), {})
  const { slots, needs } = makeFrom(first)
  return lift({
    slots: slots + 1,
    needs,
    init: (params) => [firstSlot({ hyperparams: first }), ...makeFrom(first).init(params)],
    update: (gradient, [slot, ...inner], around) => {
      const before = momentsOf(slot!, { hyperparams: first }, around).hyperparams
      const values = at(slot!.count, before)
      const [updates, after] = makeFrom(values).update(gradient, inner, { ...around, at: around.at + 1 })
      return [updates, [nextSlot(slot!, { hyperparams: values }), ...after]]
    }
  })
}

/**
 * The hyper-parameters in the state of an optimizer with `injectHyperparams`, by name.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.injectHyperparams(({ rate }) => Optimizer.adam(rate), { rate: 0.5 })
 * Optimizer.hyperparamsOf(optimizer.init(T.of([0]))) // => { rate: T.scalar(0.5, 'float64') }
 */
export const hyperparamsOf = (state: State): ByPath => {
  requireState('hyperparamsOf', 'the argument', state)
  return state.reduce<ByPath>((sum, { moments }) => ({ ...sum, ...moments['hyperparams'] }), {})
}

/**
 * The state with other hyper-parameters, by name: numbers or scalar tensors, which take the element type of those before. One that
 * follows a schedule goes back to it at the next step.
 *
 * @throws TypeError when the state has no hyper-parameter of a name
 * @throws RangeError when a value is neither a finite number nor a float scalar
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.injectHyperparams(({ rate }) => Optimizer.sgd(rate), { rate: 0.5 })
 * const state = optimizer.init(T.of([0]))
 * Optimizer.hyperparamsOf(Optimizer.withHyperparams(state, { rate: 0.1 })) // => { rate: T.scalar(0.1, 'float64') }
 * Optimizer.withHyperparams(state, { decay: 0.1 }) // throws withHyperparams: unknown hyper-parameter decay; expected rate
 */
export const withHyperparams = (state: State, values: { readonly [name: string]: number | Tensor<[]> }): State => {
  requireState('withHyperparams', 'the first argument', state)
  requireRecord('withHyperparams', 'the second argument', values)
  const known = Object.keys(hyperparamsOf(state))
  for (const [name, value] of Object.entries(values)) {
    if (!known.includes(name)) {
      const expected = known.length === 0 ? 'a state of injectHyperparams' : either(known)
      throw new TypeError(`withHyperparams: unknown hyper-parameter ${name}; expected ${expected}`)
    }
    requireCoefficient('withHyperparams', name, value, 'a finite number', Number.isFinite)
  }
  const changed = (before: ByPath): ByPath =>
    mapLeaves(before, (leaf, name) => (Object.hasOwn(values, name) ? cast(wide(values[name]!), leaf.dtype) : leaf))
  return state.map((slot) => {
    const before = slot.moments['hyperparams']
    return before === undefined ? slot : { ...slot, moments: { ...slot.moments, hyperparams: changed(before) } }
  })
}
