/** A factor that falls when a measured value has stopped getting better, as a pure state transition. */
import { count, notNegative, number, oneOf, options, share } from '../internal/options.js'
import { add, cast, greater, less, maximum, mul, scalar, sub, where } from '../Tensor.js'
import { refusal } from '../internal/describe.js'
import { requireTensor } from '../internal/require.js'
import { type Tensor, isTensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What `reduceOnPlateau` remembers: the factor so far, the best value, the number of values since then, and for how many more values it
 * does not count. It is a plain tree of scalars.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 * import * as T from 'pullback/Tensor'
 *
 * const state: Schedule.PlateauState = Schedule.reduceOnPlateau().init
 * state.scale // => T.scalar(1, 'float64')
 */
export interface PlateauState {
  readonly scale: Tensor<[]>
  readonly best: Tensor<[]>
  readonly bad: Tensor<[]>
  readonly cooldown: Tensor<[]>
}

/**
 * How a plateau is recognised, and what happens then.
 *
 * @example
 * import type * as Schedule from 'pullback/Schedule'
 *
 * const options: Schedule.PlateauOptions = { factor: 0.5, patience: 3, minimum: 0.01 }
 * options.patience // => 3
 */
export interface PlateauOptions {
  /** What the factor is multiplied by on a plateau; 0.1 by default. */
  readonly factor?: number
  /** How many values in a row may be no better than the best; one more is a plateau. 10 by default. */
  readonly patience?: number
  /** By how much a value must be better than the best, 1e-4 by default: as a part of the best, or absolutely. */
  readonly threshold?: number
  /** `'relative'` by default. */
  readonly thresholdMode?: 'relative' | 'absolute'
  /** How many values after a plateau are not counted; 0 by default. */
  readonly cooldown?: number
  /** Below which the factor does not fall; 0 by default. */
  readonly minimum?: number
  /** Whether smaller or larger values are better; `'min'` by default. */
  readonly mode?: 'min' | 'max'
}

/**
 * A state transition: the first state, and the next one from a measured value. Both are pure, and work inside every transformation.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const plateau: Schedule.Plateau = Schedule.reduceOnPlateau({ factor: 0.5, patience: 0 })
 * plateau.update(plateau.init, 3).best.shape // => []
 */
export interface Plateau {
  readonly init: PlateauState
  readonly update: (state: PlateauState, value: number | Tensor<[]>) => PlateauState
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const requireState = (state: unknown): void => {
  if (typeof state === 'object' && state !== null && 'best' in state && 'scale' in state) return
  throw new TypeError(refusal('reduceOnPlateau', 'the state', state, 'one that init or update gave'))
}

const plateauOptions = options<PlateauOptions>('reduceOnPlateau', {
  factor: number('a number of 0 or more and below 1', (n) => n >= 0 && n < 1),
  patience: count,
  threshold: notNegative,
  thresholdMode: oneOf('relative', 'absolute'),
  cooldown: count,
  minimum: share,
  mode: oneOf('min', 'max')
})

/**
 * A factor that starts at 1 and is multiplied by `factor` when more than `patience` values in a row were no better than the best before
 * them. NaN is never better. The rules and defaults are those of PyTorch's `ReduceLROnPlateau`, of a factor instead of a rate.
 *
 * Its state composes with that of a fold: it may follow the loss of each step, or what a validation measures after each epoch, see
 * `afterEpoch` of `Train.epochs`.
 *
 * @throws RangeError when an option is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as Schedule from 'pullback/Schedule'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const plateau = Schedule.reduceOnPlateau({ factor: 0.5, patience: 1 })
 * const [first, second, third, fourth] = [5, 6, 7, 8].reduce<readonly Schedule.PlateauState[]>(
 *   (states, value) => [...states, plateau.update(states.at(-1) ?? plateau.init, value)],
 *   []
 * )
 * second?.scale // => T.scalar(1, 'float64')
 * third?.scale // => T.scalar(0.5, 'float64')
 * fourth?.bad // => T.scalar(1, 'int32')
 * first?.best // => T.scalar(5, 'float64')
 *
 * // beside the state of training: each step scales its learning rate by the factor
 * const objective: Train.Objective<T.Tensor<[]>, readonly [], number> = (p, s, x) => [T.square(T.sub(p, x)), s]
 * interface State extends Train.State<T.Tensor<[]>, readonly []> {
 *   readonly plateau: Schedule.PlateauState
 * }
 * const step: Train.Step<State, number> = ({ plateau: before, ...state }, batch) => {
 *   const rate = T.mul(before.scale, 0.25)
 *   const [next, report] = Train.step(objective, Optimizer.sgd(rate))(state, batch)
 *   return [{ ...next, plateau: plateau.update(before, report.loss) }, report]
 * }
 * const params = T.scalar(4)
 * const start = { params, layerState: [], optimizerState: [], key: Random.key(0), step: 0 } as const
 * const [next] = step({ ...start, plateau: plateau.init }, 0)
 * next.plateau.best // => T.scalar(16, 'float64')
 */
/* @__NO_SIDE_EFFECTS__ */
export const reduceOnPlateau = (options: PlateauOptions = {}): Plateau => {
  plateauOptions(options)
  const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, minimum = 0 } = options
  const { mode = 'min', thresholdMode = 'relative' } = options
  const isMin = mode === 'min'
  /** What a value must be beyond. */
  const limit = (best: Tensor<[]>): Tensor<[]> => {
    const by = isMin ? -threshold : threshold
    return thresholdMode === 'relative' ? mul(best, 1 + by) : add(best, by)
  }
  return {
    init: {
      scale: scalar(1, 'float64'),
      best: scalar(isMin ? Infinity : -Infinity, 'float64'),
      bad: scalar(0, 'int32'),
      cooldown: scalar(0, 'int32')
    },
    update: (state, given) => {
      requireState(state)
      if (typeof given !== 'number') requireTensor('reduceOnPlateau', given, 'the value')
      const value = isTensor(given) ? cast(given, 'float64') : scalar(given, 'float64')
      const better = isMin ? less(value, limit(state.best)) : greater(value, limit(state.best))
      const cooling = greater(state.cooldown, 0)
      const bad = where(cooling, 0, where(better, 0, add(state.bad, 1)))
      const reduced = greater(bad, patience)
      return {
        scale: where(reduced, maximum(mul(state.scale, factor), minimum), state.scale),
        best: where(better, value, state.best),
        bad: cast(where(reduced, 0, bad), 'int32'),
        cooldown: cast(where(reduced, cooldown, maximum(sub(state.cooldown, 1), 0)), 'int32')
      }
    }
  }
}
