// Gaussian Bayes: each class has a mean and a variance for each feature by itself, and a row belongs where it is most probable.
import * as T from 'pullback/Tensor'
import type { Learner } from './model.js'

/** The logarithms of the joint densities; the floor is added to variances, since pixels that are always white have none. */
export const gaussianBayes =
  (floor: number): Learner =>
  ({ features, labels }, classes) => {
    const counts = T.expandDims(T.bincount(labels, { length: classes }), 1)
    const meanByClass = (rows: typeof features) => T.div(T.segmentSum(rows, labels, { numSegments: classes }), counts)
    const means = meanByClass(features)
    const spread = meanByClass(T.square(T.sub(features, T.gather(means, labels))))
    const variances = T.add(spread, floor)
    const priors = T.log(T.div(T.bincount(labels, { length: classes }), labels.shape[0]))
    return (rows) => {
      const away = T.sub(T.expandDims(rows, 1), means)
      const terms = T.add(T.div(T.square(away), variances), T.log(variances))
      return T.sub(priors, T.div(T.sum(terms, { axis: 2 }), 2))
    }
  }
