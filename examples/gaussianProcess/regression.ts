// Gaussian-process regression: a distribution over functions, its marginal likelihood, and what it predicts.
//
// C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, chapters 2 and 5.
import { grad, hessian } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

type Scalar = T.Tensor<[]>
type Vector = T.Tensor<[number]>
type Matrix = T.Tensor<[number, number]>

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The logarithms of the length scale, the amplitude and the standard deviation of the noise, in this order. */
export type Hyper = T.Tensor<[3]>

/** What was measured where. */
export interface Samples {
  readonly x: Vector
  readonly y: Vector
}

/** A function of two points. */
type Kernel = (a: Scalar, b: Scalar) => Scalar

/** The squared exponential, amplitude^2 exp(-(a - b)^2 / (2 length^2)): how values at two points covary. */
const kernel =
  (hyper: Hyper): Kernel =>
  (a, b) => {
    const distance = T.div(T.sub(a, b), T.exp(T.at(hyper, 0)))
    return T.exp(T.sub(T.mul(T.at(hyper, 1), 2), T.mul(T.square(distance), 0.5)))
  }

/** A function of two points at all pairs of points: rows by those of `a`, columns by those of `b`. */
const pairs =
  (k: Kernel) =>
  (a: Vector, b: Vector): Matrix =>
    vmap((each: Scalar) => vmap((other: Scalar) => k(each, other))(b))(a)

/** The covariance of noisy measurements. */
export const covariance = (hyper: Hyper, x: Vector): Matrix => {
  const noise = T.exp(T.mul(T.at(hyper, 2), 2))
  return T.add(pairs(kernel(hyper))(x, x), T.mul(T.eye(x.shape[0], 'float64'), noise))
}

/** Measurements that the process itself might have made, at given points. */
export const drawSamples = (key: Random.Key, hyper: Hyper, x: Vector): Samples => {
  const factor = Linalg.cholesky(covariance(hyper, x))
  return { x, y: T.matmul(factor, Random.normal(key, x.shape, 'float64')) }
}

// -----------------------------------------------------------------------------
// learning
// -----------------------------------------------------------------------------

/** log p(y | x, hyper) = -(y^T K^-1 y + log det K + n log 2 pi) / 2, by the Cholesky factor of K. */
export const logMarginal = (hyper: Hyper, { x, y }: Samples): Scalar => {
  const factor = Linalg.cholesky(covariance(hyper, x))
  const misfit = T.sum(T.square(Linalg.triangularSolve(factor, y)))
  const logDet = T.mul(T.sum(T.log(T.diagonal(factor))), 2)
  return T.mul(T.add(T.add(misfit, logDet), x.shape[0] * Math.log(2 * Math.PI)), -0.5)
}

/** The gradient by the book's formula (5.9), for holding against: tr((a a^T - K^-1) dK) / 2 where a = K^-1 y. */
export const textbookGradient = (hyper: Hyper, { x, y }: Samples): Hyper => {
  const inverse = Linalg.inverse(covariance(hyper, x))
  const a = T.matmul(inverse, y)
  const smooth = pairs(kernel(hyper))(x, x)
  const distances = pairs(T.sub)(x, x)
  const [logLength, logNoise] = [T.at(hyper, 0), T.at(hyper, 2)]
  const slopes = T.stack([
    T.mul(smooth, T.square(T.div(distances, T.exp(logLength)))),
    T.mul(smooth, 2),
    T.mul(T.eye(x.shape[0], 'float64'), T.mul(T.exp(T.mul(logNoise, 2)), 2))
  ])
  const weight = T.sub(T.outer(a, a), inverse)
  return T.mul(T.sum(T.mul(slopes, weight), { axis: [1, 2] }), 0.5)
}

/** The most likely hyper-parameters: gradient ascent to come near, and Newton's method to arrive. */
export const fit = (samples: Samples, start: Hyper): Hyper => {
  const cost = (hyper: Hyper): Scalar => T.neg(logMarginal(hyper, samples))
  const optimizer = Optimizer.adam(0.1)
  let hyper = start
  let memory = optimizer.init(start)
  for (let i = 0; i < 40; i++) {
    const [updates, next] = optimizer.update(grad(cost)(hyper), memory, hyper)
    hyper = Optimizer.applyUpdates(hyper, updates)
    memory = next
  }
  for (let i = 0; i < 4; i++) hyper = T.sub(hyper, Linalg.solve(hessian(cost)(hyper), grad(cost)(hyper)))
  return hyper
}

/** How well the samples determine the hyper-parameters: their standard deviations, by the curvature at the maximum. */
export const uncertainty = (hyper: Hyper, samples: Samples): Vector =>
  T.sqrt(T.diagonal(Linalg.inverse(T.neg(hessian(logMarginal)(hyper, samples)))))

// -----------------------------------------------------------------------------
// prediction
// -----------------------------------------------------------------------------

/** What is expected of measurements at other points, one by one. */
export interface Prediction {
  readonly mean: Vector
  readonly variance: Vector
}

export const predict = (hyper: Hyper, { x, y }: Samples, at: Vector): Prediction => {
  const factor = Linalg.cholesky(covariance(hyper, x))
  const half = Linalg.triangularSolve(factor, pairs(kernel(hyper))(x, at))
  const prior = T.diagonal(covariance(hyper, at))
  return {
    mean: T.matmul(Linalg.triangularSolve(factor, y), half),
    variance: T.sub(prior, T.sum(T.square(half), { axis: 0 }))
  }
}
