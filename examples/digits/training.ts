// The model and the training of the digits example, without a word on the terminal, in any engine.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as Activation from 'pullback/Activation'
import * as Dataset from 'pullback/Dataset'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Metric from 'pullback/Metric'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import type * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import type { Digits } from './data.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

// The sizes and rates below were chosen by the accuracy on the last 300 of the training rows, when trained on the others.
const hiddenUnits = 128

const network = Layer.sequential(
  Layer.dense(64, hiddenUnits, { init: Init.heNormal }),
  Layer.lift(Activation.relu),
  Layer.dropout(0.3),
  Layer.dense(hiddenUnits, 10)
)

export const model = pipe(network, Layer.named('hidden', 'relu', 'dropout', 'output'))

export type State = Train.State<Layer.ParamsOf<typeof model>, Layer.StateOf<typeof model>>

/** The scores of images, in evaluation. */
export const scoresOf = (state: State): ((images: T.Tensor<[number, 64]>) => T.Tensor<[number, 10]>) =>
  Layer.predict(model)(state.params, state.layerState)

// -----------------------------------------------------------------------------
// training
// -----------------------------------------------------------------------------

export const batchSize = 32

export interface Epoch {
  readonly epoch: number
  readonly loss: number
  readonly trainAccuracy: number
  readonly testAccuracy: number
}

export interface Options {
  readonly epochs: number
  readonly seed: number
  readonly signal?: AbortSignal
  readonly onStep?: (epoch: number, fraction: number, report: Train.Report) => void | Promise<void>
  readonly onEpoch?: (epoch: Epoch) => void
}

export interface Trained {
  readonly state: State
  readonly history: readonly Epoch[]
}

type Failure = Train.Diverged<State> | Stopped
type Stopped = Train.Aborted<State> | Train.Failed<State>

/** Everything that follows from a seed: shuffling, first parameters, what is dropped. */
export const trainDigits =
  (train: Digits, test: Digits, options: Options): TE.TaskEither<Failure, Trained> =>
  async () => {
    const { epochs, seed, signal, onStep, onEpoch } = options
    const perEpoch = Math.ceil(Dataset.size(train) / batchSize)
    const optimizer = Optimizer.adam(Schedule.cosine({ from: 5e-3, over: epochs * perEpoch }))
    const run = Train.run(Train.step(Train.objective(model, Loss.crossEntropy), optimizer))
    const [forInit, forShuffling] = Random.split(Random.key(seed))
    const shuffles = Random.split(forShuffling, epochs)
    const history: Epoch[] = []
    let state: State = Train.init(model, optimizer)(forInit)
    for (const [index, key] of shuffles.entries()) {
      const epoch = index + 1
      let losses = Metric.MonoidMean.empty
      const onProgress = (report: Train.Report): void | Promise<void> => {
        losses = Metric.MonoidMean.concat(losses, Metric.mean(report.loss))
        return onStep?.(epoch, losses.count / perEpoch, report)
      }
      const batches = pipe(train, Dataset.shuffle(key), Dataset.batches(batchSize))
      const result = await run(state, batches, { onProgress, ...(signal && { signal }) })()
      if (E.isLeft(result)) return result
      state = result.right
      const accuracy = (data: Digits): number => Metric.accuracy(scoresOf(state)(data.features), data.labels)
      const report = {
        epoch,
        loss: Metric.value(losses),
        trainAccuracy: accuracy(train),
        testAccuracy: accuracy(test)
      }
      history.push(report)
      onEpoch?.(report)
    }
    return E.right({ state, history })
  }
