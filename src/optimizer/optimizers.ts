/** The optimizers by name, as chains of transformations that end in a learning rate. */
import { checkedLater, flag, options } from '../internal/options.js'
import type { Schedule } from '../Schedule.js'
import type { Tensor } from '../tensor/model.js'
import { requireCoefficient } from './coefficient.js'
import { chain } from './combinators.js'
import type { Optimizer } from './model.js'
import {
  type AdamOptions,
  requireAdamOptions,
  requireRate,
  scaleByAdam,
  scaleByLearningRate,
  trace
} from './transformations.js'

const sgdOptions = options<{ readonly momentum?: unknown; readonly nesterov?: boolean }>('sgd', {
  momentum: checkedLater,
  nesterov: flag
})

/**
 * Stochastic gradient descent, p <- p - lr g; with `momentum`, g is replaced by the decayed sum v <- momentum v + g, and
 * with `nesterov` by g + momentum v.
 *
 * The learning rate is a number, a scalar tensor or a schedule. Rates and momenta that are tensors may be differentiated
 * through. As in PyTorch and Optax, the rate is not part of the velocity. In some textbooks the velocity contains the
 * rates of earlier steps; that is the chain in the other order:
 * `chain(scaleByLearningRate(rate), trace(0.9, { nesterov: true }))`.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or the momentum not from 0 to 1
 * @throws TypeError for an unknown option
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const sgd = Optimizer.sgd(0.5)
 * const params = T.of([1, 2])
 * const [updates] = sgd.update(T.of([1, -1]), sgd.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.5, 2.5])
 *
 * // how the loss after a step changes with the learning rate
 * const loss = (p: T.Tensor<[2]>) => T.sum(T.square(p))
 * const after = (rate: T.Tensor<[]>) => {
 *   const [descent] = Optimizer.sgd(rate).update(grad(loss)(params), [], params)
 *   return loss(Optimizer.applyUpdates(params, descent))
 * }
 * grad(after)(T.scalar(0.25)) // => T.scalar(-10)
 */
/* @__NO_SIDE_EFFECTS__ */
export const sgd = (
  rate: number | Tensor<[]> | Schedule,
  options: { readonly momentum?: number | Tensor<[]>; readonly nesterov?: boolean } = {}
): Optimizer => {
  requireRate('sgd', rate)
  sgdOptions(options)
  const { momentum, nesterov = false } = options
  requireCoefficient('sgd', 'momentum', momentum ?? 0, 'a number from 0 to 1', (m) => m >= 0 && m <= 1)
  if (momentum !== undefined) return chain(trace(momentum, { nesterov }), scaleByLearningRate(rate))
  if (nesterov) throw new RangeError('sgd: nesterov is true without momentum; expected a momentum')
  return scaleByLearningRate(rate)
}

/**
 * Adam, p <- p - lr m / (sqrt(v) + eps) with the bias-corrected moments of `scaleByAdam`. The learning rate is a number, a
 * scalar tensor or a schedule.
 *
 * D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
 *
 * @throws RangeError when the rate is neither a number of 0 or more nor a tensor nor a schedule, or a constant is out of its range
 * @throws TypeError for an unknown option
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const adam = Optimizer.adam(0.25)
 * const params = T.of([1, 2])
 * const [updates] = adam.update(T.of([0.5, -20]), adam.init(params), params)
 * Optimizer.applyUpdates(params, updates) // => T.of([0.75, 2.25])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adam = (rate: number | Tensor<[]> | Schedule, options: AdamOptions = {}): Optimizer => {
  requireRate('adam', rate)
  requireAdamOptions('adam', options)
  return chain(scaleByAdam(options), scaleByLearningRate(rate))
}
