/** What the fold of the library costs beside a loop that is written by hand: 784-256-128-10, batches of 128, clipped AdamW. */
import { valueAndGrad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { sideBySide, table } from './measure.js'

const batch = 128
const steps = 4

export const folds = (rounds = 15): string => {
  const model = Layer.sequential(
    Layer.dense(784, 256),
    Layer.lift(T.relu),
    Layer.dense(256, 128),
    Layer.lift(T.relu),
    Layer.dense(128, 10)
  )
  const optimizer = Optimizer.chain(Optimizer.clipByGlobalNorm(1), Optimizer.adamw(0.001, { weightDecay: 0.01 }))
  const batches = Array.from({ length: steps }, (_, i) => ({
    features: Random.uniform(Random.key(2 * i), [batch, 784]),
    labels: T.cast(T.floor(T.mul(Random.uniform(Random.key(2 * i + 1), [batch]), 10)), 'int32')
  }))
  const start = Train.init(model, optimizer)(Random.key(3))
  const fold = Train.fold(Train.step(Train.objective(model, Loss.crossEntropy), optimizer))

  type Params = Layer.ParamsOf<typeof model>
  const loss = (params: Params, { features, labels }: (typeof batches)[number]): T.Tensor<[]> => {
    const [first, , second, , third] = params
    const dense = (x: T.Tensor<[number, number]>, w: T.Tensor<[number, number]>, b: T.Tensor<[number]>) =>
      T.add(T.matmul(x, T.transpose(w)), b)
    const hidden = T.relu(dense(T.relu(dense(features, first.w, first.b)), second.w, second.b))
    return Loss.crossEntropy(dense(hidden, third.w, third.b), labels)
  }
  const byHand = (): Params => {
    let params = start.params
    let state = start.optimizerState
    for (const each of batches) {
      const [value, gradient] = valueAndGrad((p: Params) => loss(p, each))(params)
      if (!Number.isFinite(T.item(value))) throw new Error('the loss is not finite')
      const [updates, next] = optimizer.update(gradient, state, params)
      params = Optimizer.applyUpdates(params, updates)
      state = next
    }
    return params
  }
  const timings = sideBySide(
    [
      ['a loop by hand', byHand],
      ['Train.fold', () => fold(start, batches)]
    ],
    rounds
  )
  return table(
    `${steps} steps of a 784-256-128-10 perceptron, batches of ${batch}; the fold is to cost at most 1.1`,
    timings
  )
}
