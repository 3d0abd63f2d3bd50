/** Optimizers on leaves by path, which is what rules are written in, and their way to trees of any structure. */
import { isFloat } from '../DType.js'
import { refusal } from '../internal/describe.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { flattenAs, mapAs, requireSameShape, zipWithAs } from '../tree/model.js'
import type { ByPath, Extras, Need, Optimizer, State } from './model.js'

/** What rules may look at besides the gradient. */
export interface Surroundings {
  readonly params: ByPath
  readonly extras: Partial<Extras<ByPath>>
  /** Where the state begins in the whole of it, and the name of the part that it belongs to: for errors. */
  readonly at: number
  readonly name: string
}

/** An optimizer on leaves by path. */
export interface Flat {
  readonly slots: number
  readonly needs: readonly Need[]
  readonly init: (params: ByPath) => State
  readonly update: (gradient: ByPath, state: State, around: Surroundings) => readonly [updates: ByPath, state: State]
}

const flats = /* @__PURE__ */ new WeakMap<object, Flat>()

/** The optimizer on leaves by path, of one that was made here. */
export const flatOf = (optimizer: Optimizer<Need>, operation: string = 'chain'): Flat => {
  const flat = typeof optimizer === 'object' && optimizer !== null ? flats.get(optimizer) : undefined
  if (flat === undefined) throw new TypeError(refusal(operation, 'an optimizer', optimizer, 'one from this module'))
  return flat
}

/** Whether a value is an optimizer that was made here. */
export const isOptimizer = (x: unknown): boolean => typeof x === 'object' && x !== null && flats.has(x)

const byPath = (operation: string, tree: unknown): ByPath => {
  const { leaves, paths } = flattenAs(operation, tree)
  return Object.fromEntries(paths.map((path, i) => [path, leaves[i]!]))
}

/** The structure of a tree with other leaves, by path. */
export const rebuilt = <P>(like: P, leaves: ByPath): P => mapAs('Optimizer.update', like, (_, path) => leaves[path]!)

/** A gradient in the element types of the parameters. One of another structure or of other shapes is refused. */
const alike = <P>(gradient: P, params: P): P =>
  zipWithAs('Optimizer.update', gradient, params, (g, p, path) => {
    requireSameShape('Optimizer.update', path, g, p)
    return isFloat(p.dtype) ? cast(g, p.dtype) : g
  })

export const lift = <N extends Need>(flat: Flat): Optimizer<N> => {
  const { slots, needs, init } = flat
  const optimizer: Optimizer<N> = {
    slots,
    init: (params) => init(byPath('Optimizer.init', params)),
    update: <P>(gradient: P, state: State, params: P, ...given: readonly Partial<Extras<P>>[]) => {
      requireArguments(slots, state, params)
      const same = alike(gradient, params)
      const extras = given[0] ?? {}
      requireExtras(needs, extras)
      const { value, objective } = extras
      const [updates, next] = flat.update(byPath('Optimizer.update', same), state, {
        params: byPath('Optimizer.update', params),
        extras: {
          ...(value !== undefined && { value }),
          ...(objective !== undefined && { objective: (leaves: ByPath) => objective(rebuilt(params, leaves)) })
        },
        at: 0,
        name: ''
      })
      return [rebuilt(gradient, updates), next]
    }
  }
  flats.set(optimizer, flat)
  return optimizer
}

/** The remedy for a state that is another's. */
export const ownState = "the state that this optimizer's init or update returned"

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null

const isSlot = (x: unknown): boolean =>
  isObject(x) && 'moments' in x && isObject(x.moments) && 'count' in x && isTensor(x.count)

/** Refuses a value that is not the state of an optimizer. */
export const requireState = (operation: string, name: string, state: unknown): void => {
  if (Array.isArray(state) && state.every(isSlot)) return
  throw new TypeError(refusal(operation, name, state, ownState))
}

/** Refuses a state that another optimizer made, another argument in its place, and missing parameters. */
const requireArguments = (slots: number, state: State, params: unknown): void => {
  const operation = 'Optimizer.update'
  requireState(operation, 'the second argument', state)
  if (state.length !== slots) {
    const entries = state.length === 1 ? 'entry' : 'entries'
    throw new Error(`${operation}: the state has ${state.length} ${entries}, expected ${slots}; pass ${ownState}`)
  }
  if (params === undefined) throw new TypeError(refusal(operation, 'the third argument', params, 'the parameters'))
}

const requireExtras = (needs: readonly Need[], extras: Partial<Extras<never>>): void => {
  const missing = needs.find((need) =>
    need === 'value' ? !isTensor(extras[need]) : typeof extras[need] !== 'function'
  )
  if (missing === undefined) return
  const expected = `{ ${needs.join(', ')} } as the fourth argument, which this optimizer needs`
  throw new TypeError(refusal('Optimizer.update', missing, extras[missing], expected))
}

/** Leaves by path, from a function of each leaf and its path. */
export const mapLeaves = (leaves: ByPath, f: (leaf: Tensor, path: string) => Tensor): ByPath =>
  Object.fromEntries(Object.entries(leaves).map(([path, leaf]) => [path, f(leaf, path)]))
