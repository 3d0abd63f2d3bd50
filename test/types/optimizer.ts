// What the compiler knows of coefficients and schedules. This file is compiled, not run.
import * as Optimizer from 'pullback/Optimizer'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'

declare const rate: T.Tensor<[]>
declare const rates: T.Tensor<[2]>

export const allowed: readonly Optimizer.Optimizer[] = [
  Optimizer.sgd(rate, { momentum: rate }),
  Optimizer.adam(rate, { beta1: rate, beta2: rate, epsilon: rate }),
  Optimizer.adam((step) => 0.1 / (step + 1)),
  Optimizer.sgd(Schedule.make((step) => T.div(rate, T.add(step, 1)))),
  Optimizer.chain(Optimizer.trace(rate), Optimizer.addDecayedWeights(rate), Optimizer.scale(rate))
]
export const halving: Schedule.Schedule = (step) => 0.5 ** step
// @ts-expect-error a rate for each parameter, not one for all
Optimizer.sgd(rates)
// @ts-expect-error a momentum for each parameter
Optimizer.sgd(rate, { momentum: rates })
// @ts-expect-error a schedule has one value
Schedule.make((step) => T.stack([step, step]))
