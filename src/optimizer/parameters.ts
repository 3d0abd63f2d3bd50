/** Transformations that follow the parameters, or look at the objective around them. */
import { grad } from '../calculus/reverse.js'
import { options as optionsOf, requireKind } from '../internal/options.js'
import { add, div, equal, sub, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { mapAs } from '../tree/model.js'
import { decayed, positive, running, stepsAt, times, wide } from './coefficient.js'
import { globalNorm } from './clipping.js'
import { mapLeaves, requireState } from './lift.js'
import type { ByPath, Optimizer, State } from './model.js'
import { stateful } from './rule.js'

const averagedOptions = optionsOf<{ readonly decay?: unknown }>('averaged', { decay: decayed })

/**
 * Keeps an average of the parameters in the state, and leaves updates as they are: at the end of a chain. It is the mean of the
 * parameters after each step, or with a `decay` their exponential average, which begins at the first parameters. `averageOf` reads it.
 *
 * B. T. Polyak and A. B. Juditsky, Acceleration of Stochastic Approximation by Averaging, SIAM J. Control and Optimization, 1992.
 *
 * @throws RangeError when the decay is not from 0 up to but not including 1
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.chain(Optimizer.sgd(1), Optimizer.averaged({ decay: 0.75 }))
 * const params = { w: T.of([8]) }
 * const [, state] = optimizer.update({ w: T.of([4]) }, optimizer.init(params), params)
 * Optimizer.averageOf(state, params) // => { w: T.of([7]) }
 */
/* @__NO_SIDE_EFFECTS__ */
export const averaged = (options: { readonly decay?: number | Tensor<[]> } = {}): Optimizer => {
  averagedOptions(options)
  const { decay } = options
  const mixed = decay === undefined ? undefined : running(decay)
  return stateful(
    (params) => ({ average: params }),
    (updates, { average }, { count, params }) => {
      const part = div(1, stepsAt(count))
      const next = mapLeaves(params, (leaf, path) => {
        const [before, now] = [average[path]!, add(leaf, updates[path]!)]
        return mixed === undefined ? add(before, times(sub(now, before), part)) : mixed(before, now)
      })
      return [updates, { average: next }]
    }
  )
}

/**
 * The averages of the parameters in the state of an optimizer with `averaged`; leaves that are not averaged are those of the parameters.
 *
 * @throws Error when the state has no average
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = T.of([1, 2])
 * Optimizer.averageOf(Optimizer.averaged().init(params), params) // => T.of([1, 2])
 * Optimizer.averageOf([], params) // throws averageOf: the state has no average; expected that of an optimizer with averaged
 */
export const averageOf = <P>(state: State, params: P): P => {
  requireState('averageOf', 'the first argument', state)
  const averages = state.flatMap(({ moments: { average } }) => (average === undefined ? [] : [average]))
  if (averages.length === 0) {
    throw new Error('averageOf: the state has no average; expected that of an optimizer with averaged')
  }
  const found = averages.reduce<ByPath>((sum, each) => ({ ...sum, ...each }), {})
  return mapAs('averageOf', params, (leaf, path) => found[path] ?? leaf)
}

/**
 * Sharpness-aware minimisation: the gradient at the parameters plus `rho` times the direction of the gradient, where the objective is
 * about the largest near by. It comes first in a chain, and needs the objective.
 *
 * P. Foret et al., Sharpness-Aware Minimization for Efficiently Improving Generalization, ICLR 2021.
 *
 * @throws RangeError when rho is not a number above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const optimizer = Optimizer.chain(Optimizer.sharpness(0.5), Optimizer.sgd(1))
 * const x = T.scalar(3)
 * optimizer.update(T.scalar(6), optimizer.init(x), x, { objective: (y) => T.square(y) })[0] // => T.scalar(-7)
 */
/* @__NO_SIDE_EFFECTS__ */
export const sharpness = (rho: number | Tensor<[]> = 0.05): Optimizer<'objective'> => {
  requireKind('sharpness', 'rho', rho, positive)
  return stateful(
    () => ({}),
    (gradient, moments, { params, objective }) => {
      const norm = globalNorm(gradient)
      const isZero = equal(norm, 0)
      const factor = where(isZero, 0, div(wide(rho), where(isZero, 1, norm)))
      const worst = mapLeaves(params, (leaf, path) => add(leaf, times(gradient[path]!, factor)))
      return [grad(objective)(worst), moments]
    },
    ['objective']
  )
}
