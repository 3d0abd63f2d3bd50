// Polynomials fitted to a few noisy points, by least squares with a penalty on the size of the coefficients.
import * as Dataset from 'pullback/Dataset'
import * as Linalg from 'pullback/Linalg'
import type * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

export type Scalar = T.Tensor<[]>
export type Vector = T.Tensor<[number]>

/** Points x from -1 to 1, and a noisy value at each. */
export interface Points {
  readonly x: Vector
  readonly y: Vector
}

const precise = (x: Vector): Vector => T.cast(x, 'float64')

/** A period of a sine with noise, over [-1, 1]. */
export const noisyPoints = (key: Random.Key, count: number): Points => {
  const { features, labels } = Dataset.noisySine(key, count, { noise: 0.25 })
  return { x: T.sub(T.mul(precise(T.ravel(features)), 2), 1), y: precise(labels) }
}

/** The powers 1, x, ..., x^degree as columns. */
const powers = (x: Vector, degree: number): T.Tensor<[number, number]> =>
  T.pow(T.expandDims(x, 1), T.arange(degree + 1, 'float64'))

export const predict = (coefficients: Vector, x: Vector): Vector =>
  T.matmul(powers(x, T.size(coefficients) - 1), coefficients)

/** The mean of the squared errors. */
export const meanError = (coefficients: Vector, { x, y }: Points): Scalar =>
  T.mean(T.square(T.sub(predict(coefficients, x), y)))

/** The mean of the squared errors plus the penalty times the sum of the squared coefficients. */
export const ridgeLoss = (coefficients: Vector, points: Points, penalty: Scalar): Scalar =>
  T.add(meanError(coefficients, points), T.mul(penalty, T.sum(T.square(coefficients))))

/**
 * The coefficients of the least loss. The penalty is as good as further points: |A w - y|^2 / n + p |w|^2 is the squared error of w on the rows of A and
 * of sqrt(n p) I, whose values are 0.
 */
export const fit = ({ x, y }: Points, degree: number, penalty?: Scalar): Vector => {
  const rows = powers(x, degree)
  if (penalty === undefined) return Linalg.lstsq(rows, y)
  const weights = T.mul(T.eye(degree + 1, 'float64'), T.sqrt(T.mul(penalty, T.size(x))))
  return Linalg.lstsq(T.concat([rows, weights]), T.concat([y, T.zeros([degree + 1], 'float64')]))
}

/** The errors of a fit on the points that it has seen, and on others. */
export const errorsOf = (
  coefficients: Vector,
  train: Points,
  validation: Points
): { training: number; validation: number } => ({
  training: T.item(meanError(coefficients, train)),
  validation: T.item(meanError(coefficients, validation))
})
