/** Optimizers around others: that wait for several gradients, skip those that are not finite, or follow with slow parameters. */
import { count as countKind, options as optionsOf, positiveCount, requireKind, share } from '../internal/options.js'
import {
  add,
  all,
  equal,
  greater,
  isFinite,
  logicalAnd,
  logicalNot,
  logicalOr,
  minimum,
  mul,
  sub,
  where,
  cast,
  div
} from '../Tensor.js'
import { type Tensor, fill, fromNumber, isScalar } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { zipWithAs } from '../tree/model.js'
import { times, zerosOf } from './coefficient.js'
import { mapLeaves } from './lift.js'
import type { ByPath, Need, Optimizer, State } from './model.js'
import { wrapping } from './rule.js'

/** One of two trees of one structure: only that one is computed, where the condition is a number. */
const choose = <A>(condition: Tensor<[]>, yes: () => A, no: () => A): A => {
  if (isScalar(condition)) return condition.value === 0 ? no() : yes()
  return zipWithAs('Optimizer.update', yes(), no(), (a, b) => where(condition, a, b))
}

const zeroCount: ByPath = { '': /* @__PURE__ */ fromNumber('int32', 0) }

const zeros = (leaves: ByPath): ByPath => mapLeaves(leaves, zerosOf)

/** What a rule around another optimizer returns. */
type Outcome<Name extends string> = readonly [updates: ByPath, moments: { readonly [K in Name]: ByPath }, inner: State]

/**
 * An optimizer that updates once in so many steps, from the mean of their gradients: as many equal gradients give the update of one.
 * The updates between are 0, and the state of the optimizer inside stays.
 *
 * @throws RangeError when the number of steps is not an integer of 1 or more
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = T.of([0])
 * const optimizer = Optimizer.accumulate(Optimizer.sgd(1), 2)
 * const [first, state] = optimizer.update(T.of([1]), optimizer.init(params), params)
 * first // => T.of([0])
 * optimizer.update(T.of([3]), state, params)[0] // => T.of([-2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const accumulate = <N extends Need>(optimizer: Optimizer<N>, steps: number): Optimizer<N> => {
  requireKind('accumulate', 'the number of steps', steps, positiveCount)
  return wrapping(
    'accumulate',
    optimizer,
    (params) => ({ mean: zeros(params), seen: zeroCount }),
    (gradient, { moments, inner, update }): Outcome<'mean' | 'seen'> => {
      const seen = add(moments.seen['']!, 1)
      const part = div(1, cast(typed<[]>(seen), 'float64'))
      const mean = mapLeaves(gradient, (leaf, path) => {
        const before = moments.mean[path]!
        return add(before, times(sub(leaf, before), part))
      })
      return choose<Outcome<'mean' | 'seen'>>(
        typed(equal(seen, steps)),
        () => {
          const [updates, after] = update(mean)
          return [updates, { mean: zeros(gradient), seen: zeroCount }, after]
        },
        () => [zeros(gradient), { mean, seen: { '': seen } }, inner]
      )
    }
  )
}

/**
 * An optimizer that skips gradients with an element that is not finite: the update is 0, and the state of the optimizer inside stays.
 * After `most` of them in a row, the next ones go through. The state counts them: `failures` in a row, and `total`.
 *
 * @throws RangeError when `most` is not an integer of 0 or more
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = T.of([0, 0])
 * const optimizer = Optimizer.applyIfFinite(Optimizer.sgd(1), 3)
 * const [updates, state] = optimizer.update(T.of([NaN, 1]), optimizer.init(params), params)
 * updates // => T.of([0, 0])
 * state[0]?.moments['total']?.[''] // => T.scalar(1, 'int32')
 * optimizer.update(T.of([2, 1]), state, params)[0] // => T.of([-2, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const applyIfFinite = <N extends Need>(optimizer: Optimizer<N>, most: number): Optimizer<N> => {
  requireKind('applyIfFinite', 'the number of failures', most, countKind)
  return wrapping(
    'applyIfFinite',
    optimizer,
    () => ({ failures: zeroCount, total: zeroCount }),
    (gradient, { moments, inner, update }) => {
      const isFine = Object.values(gradient).reduce<Tensor>(
        (fine, leaf) => logicalAnd(fine, all(isFinite(leaf))),
        fill([], 'bool', 1)
      )
      const failed = cast(logicalNot(isFine), 'int32')
      const failures = mul(add(minimum(moments.failures['']!, lastCount), 1), failed)
      const total = add(minimum(moments.total['']!, lastCount), failed)
      const [updates, after] = choose<readonly [ByPath, State]>(
        typed(logicalOr(isFine, greater(failures, most))),
        () => update(gradient),
        () => [zeros(gradient), inner]
      )
      return [updates, { failures: { '': failures }, total: { '': total } }, after]
    }
  )
}

/** The last number to which one can be added in int32. */
const lastCount = 2 ** 31 - 2

const lookaheadOptions = optionsOf<LookaheadOptions>('lookahead', { every: positiveCount, stepSize: share })

/**
 * The constants of lookahead.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.LookaheadOptions = { every: 5, stepSize: 0.5 }
 * options.every // => 5
 */
export interface LookaheadOptions {
  /** How many steps lie between two synchronisations; 5 by default. */
  readonly every?: number
  /** How far the slow parameters follow, from 0 to 1; 0.5 by default. */
  readonly stepSize?: number
}

/**
 * An optimizer whose parameters return, every few steps, to slow ones that follow part of the way: slow <- slow + stepSize (p - slow),
 * p <- slow. The slow parameters are in the state.
 *
 * M. Zhang et al., Lookahead Optimizer: k steps forward, 1 step back, NeurIPS 2019.
 *
 * @throws RangeError when `every` is not an integer of 1 or more, or the step size is not from 0 to 1
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = T.of([0])
 * const optimizer = Optimizer.lookahead(Optimizer.sgd(1), { every: 1, stepSize: 0.25 })
 * optimizer.update(T.of([-8]), optimizer.init(params), params)[0] // => T.of([2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const lookahead = <N extends Need>(optimizer: Optimizer<N>, options: LookaheadOptions = {}): Optimizer<N> => {
  lookaheadOptions(options)
  const { every = 5, stepSize = 0.5 } = options
  return wrapping(
    'lookahead',
    optimizer,
    (params) => ({ slow: params, seen: zeroCount }),
    (gradient, { moments, params, update }) => {
      const [updates, after] = update(gradient)
      const seen = add(moments.seen['']!, 1)
      const [given, slow, since] = choose<readonly [ByPath, ByPath, ByPath]>(
        typed(equal(seen, every)),
        () => {
          const synchronised = mapLeaves(params, (leaf, path) => {
            const before = moments.slow[path]!
            return add(before, mul(sub(add(leaf, updates[path]!), before), stepSize))
          })
          return [mapLeaves(params, (leaf, path) => sub(synchronised[path]!, leaf)), synchronised, zeroCount]
        },
        () => [updates, moments.slow, { '': seen }]
      )
      return [given, { slow, seen: since }, after]
    }
  )
}
