// Principal components: the axes of the covariance, the one with the largest variance first.
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import type { Learner, Rows } from './model.js'

export interface Components {
  readonly centre: T.Tensor<[number]>
  /** The variance along each axis, which fall. */
  readonly variances: T.Tensor<[number]>
  /** An axis in each column. */
  readonly axes: Rows
}

export const components = (rows: Rows): Components => {
  const centre = T.mean(rows, { axis: 0 })
  const away = T.sub(rows, centre)
  const covariance = T.div(T.matmul(T.transpose(away), away), rows.shape[0])
  const [variances, axes] = Linalg.eigh(covariance)
  return { centre, variances: T.flip(variances), axes: T.flip(axes, { axis: 1 }) }
}

/** The first k coordinates of rows in the axes. */
export const project =
  ({ centre, axes }: Components, k: number) =>
  (rows: Rows): Rows =>
    T.matmul(T.sub(rows, centre), T.slice(axes, [null, [0, k]]))

/** The rows that have these first coordinates, and 0 in the others. */
export const restore =
  ({ centre, axes }: Components) =>
  (coordinates: Rows): Rows =>
    T.add(T.matmul(coordinates, T.transpose(T.slice(axes, [null, [0, coordinates.shape[1]]]))), centre)

/** A learner that sees the first k coordinates alone, or all where there are fewer. */
export const inComponents =
  (k: number, learner: Learner): Learner =>
  ({ features, labels }, classes) => {
    const coordinates = project(components(features), Math.min(k, features.shape[1]))
    const scores = learner({ features: coordinates(features), labels }, classes)
    return (rows) => scores(coordinates(rows))
  }
