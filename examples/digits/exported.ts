// The training of the digits example as one function to export: value, gradient, optimizer and schedule, and the split of the key.
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { model } from './training.js'

/** Rows of a step: many devices can share them. */
export const batchSize = 256

/** The steps that the schedule is made for. */
export const steps = 420

const optimizer = Optimizer.adam(Schedule.cosine({ from: 1e-2, over: steps }))

/** The step: [state, { loss }] from a state and a batch. */
export const update = Train.update(Train.objective(model, Loss.crossEntropy), optimizer)

/** The state to start from. */
export const begin = (seed: number): Parameters<typeof update>[0] => {
  const { step: _none, ...progress } = Train.init(model, optimizer)(Random.key(seed))
  return progress
}

/** A batch of zeros: a step is exported for its shapes. */
export const batch: Parameters<typeof update>[1] = {
  features: T.zeros([batchSize, 64]),
  labels: T.zeros([batchSize], 'int32')
}
