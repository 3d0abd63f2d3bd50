/** Transformations from rules of the library: without a memory, with one, leaf by leaf, and around another optimizer. */
import { describe } from '../internal/describe.js'
import { type Tensor, fromNumber, isScalar, isTensor } from '../tensor/model.js'
import { add } from '../tensor/arithmetic.js'
import { minimum } from '../tensor/minMaxOfTwo.js'
import { equals, show } from '../shape/model.js'
import { typed } from '../tensor/typed.js'
import { below } from '../tree/error.js'
import { type Surroundings, flatOf, lift, ownState } from './lift.js'
import type { ByPath, Extras, Need, Optimizer, Slot, State } from './model.js'

// -----------------------------------------------------------------------------
// slots
// -----------------------------------------------------------------------------

/** Leaves by path, by name. */
export type Moments<Name extends string> = { readonly [K in Name]: ByPath }

/** Casts moments of which a check has seen that they have these names. */
const moments = <Name extends string>(found: Slot['moments']): Moments<Name> => found as Moments<Name>

/** One more update, as far as int32 counts. */
const next = (count: Tensor<[]>): Tensor<[]> =>
  isScalar(count)
    ? fromNumber('int32', Math.min(count.value + 1, 2 ** 31 - 1))
    : typed(add(minimum(count, 2 ** 31 - 2), 1))

export const firstSlot = (first: ByName): Slot => ({ count: fromNumber('int32', 0), moments: first })

type ByName = Slot['moments']

export const nextSlot = (slot: Slot, found: ByName): Slot => ({ ...slot, count: next(slot.count), moments: found })

/** Throws that a state belongs to another optimizer or to other parameters. */
export const foreign = ({ at, name }: Surroundings, place: string, rule: string): never => {
  const whose = name === '' ? '' : ` of ${name}`
  throw new Error(`Optimizer.update: the state${whose} at [${at}]${place} ${rule}; pass ${ownState}`)
}

const keysDiffer = (given: object, expected: object): string | undefined => {
  const missing = Object.keys(expected).find((key) => !Object.hasOwn(given, key))
  if (missing !== undefined) return `is without ${missing === '' ? 'the one leaf' : missing}`
  const extra = Object.keys(given).find((key) => !Object.hasOwn(expected, key))
  return extra === undefined ? undefined : `has ${extra === '' ? 'one leaf' : extra}, which is not expected`
}

const leafAs = ({ dtype, shape }: Tensor): string => `${dtype} of shape ${show(shape)}`

/** The moments of a slot, whose names, paths, shapes and element types are those of the first moments. */
export const momentsOf = <Name extends string>(
  slot: Slot,
  expected: Moments<Name>,
  around: Surroundings
): Moments<Name> => {
  const given = slot.moments
  const wanted: ByName = expected
  const names = keysDiffer(given, wanted)
  if (names !== undefined) return foreign(around, '.moments', names)
  for (const name of Object.keys(wanted)) {
    const paths = keysDiffer(given[name]!, wanted[name]!)
    if (paths !== undefined) return foreign(around, below('.moments', name), paths)
    for (const path of Object.keys(wanted[name]!)) {
      const [leaf, like] = [given[name]![path]!, wanted[name]![path]!]
      if (isTensor(leaf) && leaf.dtype === like.dtype && equals(leaf.shape, like.shape)) continue
      const place = path === '' ? '' : `: ${path}`
      return foreign(
        around,
        `${below('.moments', name)}${place}`,
        `is ${isTensor(leaf) ? leafAs(leaf) : describe(leaf)}, expected ${leafAs(like)}`
      )
    }
  }
  return moments<Name>(given)
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** A rule without a memory: from gradient and parameters to updates. */
export type Stateless = (gradient: ByPath, params: ByPath) => ByPath

/** A transformation without a memory, from its rule. */
/* @__NO_SIDE_EFFECTS__ */
export const stateless = (rule: Stateless): Optimizer =>
  lift({
    slots: 0,
    needs: [],
    init: () => [],
    update: (gradient, _state, { params }) => [rule(gradient, params), []]
  })

/** What a rule is given besides gradient and moments. */
export type Around<N extends Need> = { readonly count: Tensor<[]>; readonly params: ByPath } & Pick<Extras<ByPath>, N>

/** A rule with a memory: from gradient and moments to updates and next moments. */
export type Rule<Name extends string, N extends Need> = (
  gradient: ByPath,
  moments: Moments<Name>,
  around: Around<N>
) => readonly [updates: ByPath, moments: Moments<NoInfer<Name>>]

/** Casts what is around a rule to what it needs, which `lift` has checked. */
const aroundRule = <N extends Need>(count: Tensor<[]>, { params, extras }: Surroundings): Around<N> =>
  ({ ...extras, count, params }) as Around<N>

/** A transformation with a memory, from its first moments, its rule, and what it needs. */
/* @__NO_SIDE_EFFECTS__ */
export const stateful = <Name extends string, N extends Need = never>(
  first: (params: ByPath) => Moments<Name>,
  rule: Rule<Name, N>,
  needs: readonly N[] = []
): Optimizer<N> =>
  lift({
    slots: 1,
    needs,
    init: (params) => [firstSlot(first(params))],
    update: (gradient, state, around) => {
      const slot = state[0]!
      const before = momentsOf(slot, first(around.params), around)
      const [updates, after] = rule(gradient, before, aroundRule<N>(slot.count, around))
      return [updates, [nextSlot(slot, after)]]
    }
  })

/** The moments of one leaf, by name. */
export type LeafMoments<Name extends string> = { readonly [K in Name]: Tensor }

/** Moments by name and path, from those of each leaf. */
const gathered = <Name extends string>(paths: readonly string[], each: readonly LeafMoments<Name>[]): Moments<Name> =>
  moments<Name>(
    Object.fromEntries(
      Object.keys(each[0] ?? {}).map((name) => [
        name,
        Object.fromEntries(paths.map((path, i) => [path, (each[i] as Readonly<Record<string, Tensor>>)[name]!]))
      ])
    )
  )

/** The moments of the leaf at a path. */
const momentsAt = <Name extends string>(all: ByName, path: string): LeafMoments<Name> =>
  Object.fromEntries(Object.keys(all).map((name) => [name, all[name]![path]!])) as LeafMoments<Name>

/** A rule for one leaf: from its gradient, moments and parameter to its update and next moments. */
type LeafRule<Name extends string> = (
  gradient: Tensor,
  moments: LeafMoments<Name>,
  param: Tensor
) => readonly [update: Tensor, moments: LeafMoments<NoInfer<Name>>]

/** A transformation that treats each leaf by itself: from its first moments, and its rule at a count. */
/* @__NO_SIDE_EFFECTS__ */
export const leafwise = <Name extends string>(
  first: (leaf: Tensor) => LeafMoments<Name>,
  rule: (count: Tensor<[]>) => LeafRule<Name>
): Optimizer =>
  stateful<Name>(
    (params) => gathered(Object.keys(params), Object.values(params).map(first)),
    (gradient, before, { count, params }) => {
      const paths = Object.keys(gradient)
      const step = rule(count)
      const done = paths.map((path) => step(gradient[path]!, momentsAt<Name>(before, path), params[path]!))
      return [
        Object.fromEntries(paths.map((path, i) => [path, done[i]![0]])),
        gathered(
          paths,
          done.map(([, after]) => after)
        )
      ]
    }
  )

/** What a rule around another optimizer is given: its own moments, the inner state, and the inner update from it. */
interface Inside<Name extends string> {
  readonly moments: Moments<Name>
  readonly count: Tensor<[]>
  readonly params: ByPath
  readonly inner: State
  readonly update: (gradient: ByPath) => readonly [updates: ByPath, inner: State]
}

/** An optimizer around another one, with moments of its own. Its slot comes first. */
/* @__NO_SIDE_EFFECTS__ */
export const wrapping = <Name extends string, N extends Need>(
  operation: string,
  optimizer: Optimizer<N>,
  first: (params: ByPath) => Moments<Name>,
  rule: (
    gradient: ByPath,
    inside: Inside<Name>
  ) => readonly [updates: ByPath, moments: Moments<NoInfer<Name>>, inner: State]
): Optimizer<N> => {
  const { slots, needs, init, update } = flatOf(optimizer, operation)
  return lift({
    slots: slots + 1,
    needs,
    init: (params) => [firstSlot(first(params)), ...init(params)],
    update: (gradient, [slot, ...inner], around) => {
      const [updates, after, innerAfter] = rule(gradient, {
        moments: momentsOf(slot!, first(around.params), around),
        count: slot!.count,
        params: around.params,
        inner,
        update: (given) => update(given, inner, { ...around, at: around.at + 1 })
      })
      return [updates, [nextSlot(slot!, after), ...innerAfter]]
    }
  })
}
