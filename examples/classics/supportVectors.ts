// The linear support vector machine: the score of the right class is to lead each other by 1, and weights are to be small; by subgradient descent.
import { grad } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import type { Examples, Learner, Rows, Scores } from './model.js'

export interface Planes {
  readonly w: Rows
  readonly b: T.Tensor<[number]>
}

export const scoresBy =
  ({ w, b }: Planes): Scores =>
  (rows) =>
    T.add(T.matmul(rows, w), b)

/** The mean hinge loss, sum over j != y of max(0, s_j - s_y + 1), and a penalty on the weights, which makes margins wide. */
export const objective =
  ({ features, labels }: Examples, penalty: number) =>
  (planes: Planes): T.Tensor<[]> =>
    T.add(Loss.multiclassHinge(scoresBy(planes)(features), labels), T.mul(penalty, T.sum(T.square(planes.w))))

export interface Descent {
  readonly rate: number
  readonly steps: number
  readonly penalty: number
}

/** Steps against a subgradient; since the objective has kinks, their rate falls, with the square root of their number. Features are centred first. */
export const linearSvm =
  ({ rate, steps, penalty }: Descent): Learner =>
  ({ features, labels }, classes) => {
    const centre = T.mean(features, { axis: 0 })
    const subgradient = grad(objective({ features: T.sub(features, centre), labels }, penalty))
    let planes: Planes = { w: T.zeros([features.shape[1], classes], 'float64'), b: T.zeros([classes], 'float64') }
    for (let step = 1; step <= steps; step++) {
      planes = Tree.sub(planes, Tree.scale(subgradient(planes), rate / Math.sqrt(step)))
    }
    return (rows) => scoresBy(planes)(T.sub(rows, centre))
  }
