/** Training steps as users write them: softmax regression and a perceptron on batches of 128 digits, with Adam. */
import type * as Layer from 'pullback/Layer'
import type * as Loss from 'pullback/Loss'
import type * as Optimizer from 'pullback/Optimizer'
import type * as Random from 'pullback/Random'
import type * as T from 'pullback/Tensor'
import type * as Train from 'pullback/Train'
import { bestOf } from './best.js'

export interface Ours {
  readonly Layer: typeof Layer
  readonly Loss: typeof Loss
  readonly Optimizer: typeof Optimizer
  readonly Random: typeof Random
  readonly Tensor: typeof T
  readonly Train: typeof Train
}

const batch = 128

export const trainingSteps = ({
  Layer,
  Loss,
  Optimizer,
  Random,
  Tensor: T,
  Train
}: Ours): Readonly<Record<string, number>> => {
  const features = Random.uniform(Random.key(1), [batch, 784])
  const labels = T.cast(T.floor(T.mul(Random.uniform(Random.key(2), [batch]), 10)), 'int32')
  const optimizer = Optimizer.adam(0.001)
  const regression = Layer.dense(784, 10)
  const perceptron = Layer.sequential(
    Layer.dense(784, 256),
    Layer.lift(T.relu),
    Layer.dense(256, 128),
    Layer.lift(T.relu),
    Layer.dense(128, 10)
  )
  /** Each step starts from the same state, so that all take the same way. */
  const timed = <P, S>(model: Layer.Layer<Layer.Rowwise<784, 10>, P, S>): number => {
    const step = Train.step(Train.objective(model, Loss.crossEntropy), optimizer)
    const state = Train.init(model, optimizer)(Random.key(3))
    return bestOf(() => step(state, { features, labels }), 1.5)
  }
  return { 'softmax regression 784-10': timed(regression), 'perceptron 784-256-128-10': timed(perceptron) }
}
