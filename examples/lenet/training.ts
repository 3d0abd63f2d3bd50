// LeNet-5 and its training on digits that are shifted at random, without a word on the terminal.
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as Activation from 'pullback/Activation'
import * as Augment from 'pullback/Augment'
import * as Dataset from 'pullback/Dataset'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Metric from 'pullback/Metric'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import type * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import type { Images, ImageSet } from './data.js'

export const model = Model.lenet5({ activation: Activation.relu, pooling: 'max', init: Init.heNormal })

const batchSize = 32
const rate = 4e-3
const shift = 3
/** How often all digits are seen in the whole training. */
export const fullEpochs = 30

export type State = Train.State<Layer.ParamsOf<typeof model>, Layer.StateOf<typeof model>>

type Failure = Train.Diverged<State> | Train.Aborted<State> | Train.Failed<State>

/** The scores of images, in evaluation. */
export const scoresOf = (state: State): ((images: Images) => T.Tensor<[number, 10]>) =>
  Layer.predict(model)(state.params, state.layerState)

export interface Options {
  readonly epochs: number
  readonly seed: number
  readonly signal?: AbortSignal
  /** Called after each step with the share of all steps that are done; a promise is awaited. */
  readonly onStep?: (share: number) => void | Promise<void>
  /** Called after each epoch with the mean of its losses. */
  readonly onEpoch?: (epoch: number, loss: number) => void
}

/** The batches of all epochs: each of these has its own order, and its own shift of each image. */
function* batchesOf(train: ImageSet, keys: readonly Random.Key[]): Generator<ImageSet> {
  for (const key of keys) {
    const [forOrder, forShifts] = Random.split(key)
    const shifted = (images: Images): Images => Augment.randomShift(forShifts, images, { by: shift })
    yield* pipe(train, Dataset.shuffle(forOrder), Dataset.map(shifted), Dataset.batches(batchSize))
  }
}

/** Everything follows from the seed: first parameters, order and shifts. */
export const trainLeNet = (train: ImageSet, options: Options): TE.TaskEither<Failure, State> => {
  const { epochs, seed, signal, onStep, onEpoch } = options
  const perEpoch = Math.ceil(Dataset.size(train) / batchSize)
  const steps = epochs * perEpoch
  const optimizer = Optimizer.adam(Schedule.cosine({ from: rate, over: steps }))
  const run = Train.run(Train.step(Train.objective(model, Loss.crossEntropy), optimizer))
  const [forInit, forBatches] = Random.split(Random.key(seed))
  let losses = Metric.MonoidMean.empty
  const onProgress = ({ step, loss }: Train.Report): void | Promise<void> => {
    losses = Metric.MonoidMean.concat(losses, Metric.mean(loss))
    if (losses.count === perEpoch) {
      onEpoch?.((step + 1) / perEpoch, Metric.value(losses))
      losses = Metric.MonoidMean.empty
    }
    return onStep?.((step + 1) / steps)
  }
  const start: State = Train.init(model, optimizer)(forInit)
  const batches = batchesOf(train, Random.split(forBatches, epochs))
  return run(start, batches, { onProgress, ...(signal && { signal }) })
}
