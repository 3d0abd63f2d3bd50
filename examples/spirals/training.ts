// Classifiers of the points of three spirals: a linear one, and networks with a hidden layer of any width, with weight decay or without.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Metric from 'pullback/Metric'
import * as Minimize from 'pullback/Minimize'
import * as Model from 'pullback/Model'
import * as Random from 'pullback/Random'
import * as Regularizer from 'pullback/Regularizer'
import * as T from 'pullback/Tensor'

export type Points = Dataset.Dataset<[number, 2]>

/** The scores of three classes for points of the plane. */
export type Scores = (points: T.Tensor<[number, 2]>) => T.Tensor<[number, number]>

export interface Choice {
  /** The number of hidden units; 0 for a linear classifier. */
  readonly width: number
  /** The strength of the penalty on the squares of the weights. */
  readonly decay: number
}

/** Noisy spirals: few points to learn from, and many others to test on. */
export const spirals = (count: number, held: number): readonly [train: Points, test: Points] => {
  const [forTrain, forTest] = Random.split(Random.key(0))
  const noise = 0.5
  return [Dataset.spirals(forTrain, count, { noise }), Dataset.spirals(forTest, held, { noise })]
}

/** Minimises cross-entropy plus penalty on all points, by so many iterations of L-BFGS; where they end is good enough. */
export const fit = ({ width, decay }: Choice, { features, labels }: Points, maxIterations: number): Scores => {
  const model = Model.mlp<readonly number[]>(width === 0 ? [2, 3] : [2, width, 3], { activation: T.tanh })
  const [{ params, state }] = model.init(Random.key(1))
  const scoresBy = (own: typeof params): Scores => Layer.predict(model)(own, state)
  const objective = pipe(
    (own: typeof params) => Loss.crossEntropy(scoresBy(own)(features), labels),
    Loss.regularized(Regularizer.l2(decay, { where: (path) => path.endsWith('.w') }))
  )
  const { point } = E.toUnion(Minimize.minimize(objective, params, Minimize.lbfgs(), { maxIterations }))
  return scoresBy(point)
}

export const accuracy = (scores: Scores, { features, labels }: Points): number =>
  Metric.accuracy(scores(features), labels)
