// What the classics have in common: rows of features, in float64; learners, which are shown labels, and clusterings, which are not.
import * as T from 'pullback/Tensor'

export type Rows = T.Tensor<[number, number]>
export type Labels = T.Tensor<[number]>

export interface Examples {
  readonly features: Rows
  readonly labels: Labels
}

/** A score for each of some classes or clusters; a row belongs to the one with the highest. */
export type Scores = (rows: Rows) => Rows

export type Learner = (train: Examples, classes: number) => Scores

export interface Clustering {
  readonly scores: Scores
  /** What is improved, from step to step. */
  readonly history: readonly number[]
}

/** The squared distances of each row of x and each row of y: |x|^2 - 2 x y + |y|^2. */
export const squaredDistances = (x: Rows, y: Rows): Rows => {
  const squares = (rows: Rows): T.Tensor<[number]> => T.sum(T.square(rows), { axis: 1 })
  const products = T.matmul(x, T.transpose(y))
  return T.add(T.sub(T.expandDims(squares(x), 1), T.mul(2, products)), squares(y))
}

/** As many clusters as classes, each named after the class that most of its rows have: its scores are their counts. */
export const named =
  (cluster: (rows: Rows, k: number) => Clustering): Learner =>
  ({ features, labels }, classes) => {
    const { scores } = cluster(features, classes)
    const clusterOf = (rows: Rows): Labels => T.argmax(scores(rows), { axis: 1 })
    const members = T.oneHot(clusterOf(features), classes)
    const counts = T.matmul(T.transpose(members), T.oneHot(labels, classes))
    return (rows) => T.gather(counts, clusterOf(rows))
  }

export const inDoubles = ({ features, labels }: Examples): Examples => ({
  features: T.cast(features, 'float64'),
  labels
})
