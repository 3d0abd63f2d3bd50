// The model and the training of the digits example, without a word on the terminal, in any engine.
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
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import type { Digits } from './data.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

// The sizes and rates below were chosen by the accuracy on validation rows, held back from the training rows.
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

const batchSize = 32

/** The share of the training rows that is learnt from; the others choose the epoch at which training was best. */
const learnt = 0.9

export interface Options {
  readonly epochs: number
  readonly seed: number
  readonly signal?: AbortSignal
  readonly reporter?: Train.Reporter
}

/** What each epoch measures on the validation rows. */
interface Validation {
  readonly [name: string]: number
  readonly accuracy: number
  readonly validationLoss: number
}

/** A run by epochs. */
export type Trained = Train.Run<State, Validation>

type Failure = Train.Diverged<Trained> | Train.Aborted<Trained> | Train.Failed<Trained>

/** Everything that follows from a seed: what is held back, first parameters, shuffling, what is dropped. */
export const trainDigits = (rows: Digits, { epochs, seed, ...options }: Options): TE.TaskEither<Failure, Trained> => {
  const [forSplit, forInit, forRun] = Random.split(Random.key(seed), 3)
  const [train, validation] = pipe(rows, Dataset.stratifiedSplit(learnt, forSplit))
  const perEpoch = Math.ceil(Dataset.size(train) / batchSize)
  const optimizer = Optimizer.adam(Schedule.cosine({ from: 5e-3, over: epochs * perEpoch }))
  const run = Train.runEpochs(Train.step(Train.objective(model, Loss.crossEntropy), optimizer), {
    epochs,
    batches: (_, key) => pipe(train, Dataset.shuffle(key), Dataset.batches(batchSize)),
    validate: (state: State): Validation => {
      const scores = scoresOf(state)(validation.features)
      const loss = Loss.crossEntropy(scores, validation.labels)
      return { accuracy: Metric.accuracy(scores, validation.labels), validationLoss: T.item(loss) }
    },
    monitor: 'validationLoss',
    patience: 10
  })
  return run(Train.begin(Train.init(model, optimizer)(forInit), forRun), options)
}

/** The state of the epoch that was best on the validation rows. */
export const bestOf = ({ best, state }: Trained): State => best?.state ?? state
