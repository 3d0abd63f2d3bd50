// Two tasks that need a memory, and how well a recurrent network does after learning them from a seed.
import * as E from 'fp-ts/lib/Either.js'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'

const batch = 32
const hidden = 16

interface Example {
  readonly features: T.Tensor<[number, number, number]>
  readonly labels: T.Tensor
}

interface Task {
  readonly draw: (key: Random.Key) => Example
  /** Which of the outputs of all steps are answers. */
  readonly answers: (outputs: T.Tensor<[number, number, 1]>) => T.Tensor
  /** The squared error of the best answer that knows nothing of the sequence: the variance of the labels. */
  readonly without: number
  readonly inputs: number
  readonly steps: number
  readonly rate: number
}

const delay = 3
const time = 8

/** Random signs, each of which is to be said three steps later. */
const echo: Task = {
  draw: (key) => {
    const signs = T.sub(T.mul(T.cast(Random.bernoulli(key, 0.5, [batch, time, 1]), 'float32'), 2), 1)
    return { features: signs, labels: T.slice(signs, [null, [0, time - delay]]) }
  },
  answers: (outputs) => T.slice(outputs, [null, [delay, time]]),
  without: 1,
  inputs: 1,
  steps: 150,
  rate: 0.03
}

const half = 3

/** Numbers from 0 to 1, one of which is marked in each half; the sum of these two is to be said at the end. */
const adding: Task = {
  draw: (key) => {
    const [forNumbers, forPlaces] = Random.split(key)
    const numbers = Random.uniform(forNumbers, [batch, 2 * half])
    const places = T.cast(T.floor(Random.uniform(forPlaces, [batch, 2], { high: half })), 'int32')
    const marks = T.reshape(T.oneHot(places, half), [batch, 2 * half])
    const labels = T.sum(T.mul(numbers, marks), { axis: 1, keepDims: true })
    return { features: T.stack([numbers, marks], { axis: 2 }), labels }
  },
  answers: (outputs) => T.at(outputs, -1, { axis: 1 }),
  without: 1 / 6,
  inputs: 2,
  steps: 200,
  rate: 0.05
}

export const tasks = { echo, adding }

type Along = Layer.Layer<(x: Example['features']) => T.Tensor<[number, number, 16]>, Layer.CellParams<number, 16>>
type Kind = 'gru' | 'lstm'
const recurrent: Readonly<Record<Kind, (inputs: number) => Along>> = {
  gru: (inputs) => Layer.gru(inputs, hidden),
  lstm: (inputs) => Layer.lstm(inputs, hidden)
}

/** The mean squared error on sequences that it has not seen, over that of an answer that knows nothing of the sequence. */
export const errorAfter = (kind: Kind, name: keyof typeof tasks, seed: number): number => {
  const { draw, answers, without, inputs, steps, rate } = tasks[name]
  const model = Layer.sequential(recurrent[kind](inputs), Layer.dense(hidden, 1), answers)
  const optimizer = Optimizer.adam(Schedule.cosine({ from: rate, over: steps }))
  const [forInit, forData] = Random.split(Random.key(seed))
  const [forTest, ...keys] = Random.split(forData, steps + 1)
  const step = Train.step(Train.objective(model, Loss.meanSquaredError), optimizer)
  const result = Train.fold(step)(Train.init(model, optimizer)(forInit), keys.map(draw))
  if (E.isLeft(result)) throw new Error(result.left.message)
  const { features, labels } = draw(forTest!)
  const { params, layerState } = result.right
  return T.item(Loss.meanSquaredError(Layer.predict(model)(params, layerState)(features), labels)) / without
}
