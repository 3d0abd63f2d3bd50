// Hyper-parameters by random search: each draw has a key of its own, and all draws are trained at once, on each fold.
//
// J. Bergstra and Y. Bengio, Random search for hyper-parameter optimization, Journal of Machine Learning Research 13 (2012).
import type * as Dataset from 'pullback/Dataset'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type WithAxis, vmap } from 'pullback/Vmap'

type Scalar = T.Tensor<[]>
export type Points = Dataset.Dataset<[number, 2]>

// -----------------------------------------------------------------------------
// draws
// -----------------------------------------------------------------------------

export interface Hyper {
  readonly rate: Scalar
  readonly decay: Scalar
}

/** A number whose logarithm is uniform. */
const logUniform = (key: Random.Key, from: number, to: number): Scalar =>
  T.exp(Random.uniform(key, [], { low: Math.log(from), high: Math.log(to) }))

/** Draw number i, which is the same however many others there are. */
const drawn = (key: Random.Key, i: number): Hyper => {
  const [forRate, forDecay] = Random.split(Random.foldIn(key, i))
  return { rate: logUniform(forRate, 1e-3, 10), decay: logUniform(forDecay, 1e-5, 1) }
}

export const draws = (key: Random.Key, count: number): readonly Hyper[] =>
  Array.from({ length: count }, (_, i) => drawn(key, i))

// -----------------------------------------------------------------------------
// a classifier
// -----------------------------------------------------------------------------

const model = Layer.sequential(Layer.dense(2, 16), Layer.lift(T.tanh), Layer.dense(16, 2))
type Params = Layer.ParamsOf<typeof model>
const [{ params: start, state: layerState }] = model.init(Random.key(0))

const scoresOf = (params: Params, features: T.Tensor<[number, 2]>): T.Tensor<[number, 2]> =>
  Layer.predict(model)(params, layerState)(features)

const lossOf = (params: Params, { features, labels }: Points): Scalar =>
  Loss.crossEntropy(scoresOf(params, features), labels)

/** The parameters after some steps on all of the data. */
const train = ({ rate, decay }: Hyper, data: Points, steps: number): Params => {
  const optimizer = Optimizer.chain(Optimizer.addDecayedWeights(decay), Optimizer.sgd(rate, { momentum: 0.9 }))
  const slope = grad(lossOf)
  let [params, state] = [start, optimizer.init(start)]
  for (let step = 0; step < steps; step++) {
    const [updates, next] = optimizer.update(slope(params, data), state, params)
    ;[params, state] = [Optimizer.applyUpdates(params, updates), next]
  }
  return params
}

export interface Score {
  readonly loss: Scalar
  readonly accuracy: Scalar
}

export type Scores = WithAxis<Score>

/** How well one does on other data after training. */
export const score = (hyper: Hyper, data: Points, others: Points, steps: number): Score => {
  const params = train(hyper, data, steps)
  const guesses = T.argmax(scoresOf(params, others.features), { axis: 1 })
  return { loss: lossOf(params, others), accuracy: T.mean(T.cast(T.equal(guesses, others.labels), 'float32')) }
}

// -----------------------------------------------------------------------------
// the search
// -----------------------------------------------------------------------------

/** A draw in numbers, with the mean of its scores over the folds, and how far they are spread. */
export interface Trial {
  readonly draw: number
  readonly rate: number
  readonly decay: number
  readonly loss: number
  readonly spread: number
  readonly accuracy: number
}

interface Columns {
  readonly rates: T.Tensor<[number]>
  readonly decays: T.Tensor<[number]>
}

const columnsOf = (all: readonly Hyper[]): Columns => ({
  rates: T.stack(all.map(({ rate }) => rate)),
  decays: T.stack(all.map(({ decay }) => decay))
})

/** The scores of all draws at once: [draws]. */
export const scores = (all: readonly Hyper[], data: Points, others: Points, steps: number): Scores => {
  const { rates, decays } = columnsOf(all)
  return vmap((rate: Scalar, decay: Scalar) => score({ rate, decay }, data, others, steps))(rates, decays)
}

/** Data sets of one size as one, with an axis in front. */
const stacked = (sets: readonly Points[]): WithAxis<Points> => ({
  features: T.stack(sets.map(({ features }) => features)),
  labels: T.stack(sets.map(({ labels }) => labels))
})

/** The draws as they came, each trained on every fold and scored on what it holds out: all folds and draws at once. */
export const search = (
  all: readonly Hyper[],
  folds: readonly Dataset.Fold<Points>[],
  steps: number
): readonly Trial[] => {
  const [trained, held] = [stacked(folds.map(([data]) => data)), stacked(folds.map(([, others]) => others))]
  const { loss, accuracy } = vmap((data: Points, others: Points) => scores(all, data, others, steps))(trained, held)
  const { rates, decays } = columnsOf(all)
  const columns = {
    rate: rates,
    decay: decays,
    loss: T.mean(loss, { axis: 0 }),
    spread: T.std(loss, { axis: 0 }),
    accuracy: T.mean(accuracy, { axis: 0 })
  }
  const at = (name: keyof typeof columns, i: number): number => T.item(T.at(columns[name], i))
  return all.map((_, i) => ({
    draw: i,
    rate: at('rate', i),
    decay: at('decay', i),
    loss: at('loss', i),
    spread: at('spread', i),
    accuracy: at('accuracy', i)
  }))
}
