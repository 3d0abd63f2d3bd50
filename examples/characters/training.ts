// A GPT of characters: its training, its loss on a text, and samples of it.
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { type Tokens, allWindows, drawWindows } from './text.js'

export const context = 32
const batchSize = 16
const rate = 4e-3

export type Gpt = ReturnType<typeof modelOf>

/** The return type is that of `Model.gpt` at these sizes. */
export const modelOf = (vocabulary: number) => Model.gpt({ vocabulary, width: 48, heads: 4, layers: 2, context })

export type State = Train.State<Layer.ParamsOf<Gpt>, Layer.StateOf<Gpt>>

type Failure = Train.Diverged<State> | Train.Aborted<State> | Train.Failed<State>

export interface Options {
  readonly steps: number
  readonly seed: number
  readonly signal?: AbortSignal
  /** Called after each step with its number and its loss; a promise is awaited. */
  readonly onStep?: (step: number, loss: number) => void | Promise<void>
}

/** Everything follows from the seed: first parameters, windows and what is dropped. */
export const trainGpt = (
  model: Gpt,
  tokens: readonly number[],
  { steps, seed, signal, onStep }: Options
): TE.TaskEither<Failure, State> => {
  const optimizer = Optimizer.adam(Schedule.cosine({ from: rate, over: steps }))
  const [forInit, forWindows] = Random.split(Random.key(seed))
  const batches = Random.split(forWindows, steps).map((key) => drawWindows(key, tokens, batchSize, context))
  const start: State = Train.init(model, optimizer)(forInit)
  return Train.run(Train.step(Train.objective(model, Loss.crossEntropy), optimizer))(start, batches, {
    onProgress: ({ step, loss }) => onStep?.(step, loss),
    ...(signal && { signal })
  })
}

/** The function of tokens to scores of the next ones, in evaluation. */
export const scoresOf = (model: Gpt, state: State): ((tokens: Tokens) => T.Tensor<[number, number, number]>) =>
  Layer.predict(model)(state.params, state.layerState)

/** The loss for each character of a text, in nats, of which it sees at most a context. */
export const lossOn = (model: Gpt, state: State, tokens: readonly number[]): number => {
  const { features, labels } = allWindows(tokens, context)
  return T.item(Loss.crossEntropy(scoresOf(model, state)(features), labels))
}

/** A text that goes on, character by character: each is drawn by its scores, divided by a temperature. */
export const sample = (
  model: Gpt,
  state: State,
  start: readonly number[],
  { count, temperature, seed }: { readonly count: number; readonly temperature: number; readonly seed: number }
): readonly number[] => {
  const scores = scoresOf(model, state)
  return Random.split(Random.key(seed), count).reduce<readonly number[]>((soFar, key) => {
    const last = T.at(T.at(scores(T.of([soFar.slice(-context)], 'int32')), 0), -1)
    return [...soFar, pipe(T.div(last, temperature), (logits) => T.item(Random.categorical(key, logits)))]
  }, start)
}
