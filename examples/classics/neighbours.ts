// k-nearest neighbours: nothing is learnt, the training rows are kept.
import * as T from 'pullback/Tensor'
import { type Learner, squaredDistances } from './model.js'

/** The votes of the k training rows that are nearest. */
export const neighbours =
  (k: number): Learner =>
  ({ features, labels }, classes) => {
    const votes = T.oneHot(labels, classes)
    return (rows) => {
      const [, nearest] = T.topK(T.neg(squaredDistances(rows, features)), k)
      return T.sum(T.gather(votes, nearest), { axis: 1 })
    }
  }
