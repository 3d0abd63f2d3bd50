// A mixture of Gaussians by expectation and maximisation: k-means whose clusters are soft, and have a size and a shape of their own.
import * as Linalg from 'pullback/Linalg'
import type * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { kMeans } from './kMeans.js'
import type { Clustering, Rows } from './model.js'

export interface Mixture {
  readonly weights: T.Tensor<[number]>
  readonly means: Rows
  readonly covariances: T.Tensor<[number, number, number]>
}

/** The rows seen from each mean, [k, n, d]. */
const awayFrom = (means: Rows, rows: Rows): T.Tensor<[number, number, number]> => T.sub(rows, T.expandDims(means, 1))

/** For each row and each Gaussian the logarithm of its weight times its density, by a Cholesky factor L: x^T C^-1 x = |L^-1 x|^2. */
export const logJoint =
  ({ weights, means, covariances }: Mixture) =>
  (rows: Rows): Rows => {
    const factors = Linalg.cholesky(covariances)
    const white = Linalg.triangularSolve(factors, T.swapAxes(awayFrom(means, rows), 1, 2))
    const squares = T.add(T.sum(T.square(white), { axis: 1 }), rows.shape[1] * Math.log(2 * Math.PI))
    const volumes = T.sum(T.log(T.diagonal(factors)), { axis: 1 })
    return T.transpose(T.sub(T.expandDims(T.sub(T.log(weights), volumes), 1), T.div(squares, 2)))
  }

/** The mixture that is most likely when each Gaussian has these shares of the rows. */
export const maximised = (rows: Rows, shares: Rows): Mixture => {
  const counts = T.sum(shares, { axis: 0 })
  const means = T.div(T.matmul(T.transpose(shares), rows), T.expandDims(counts, 1))
  const away = awayFrom(means, rows)
  const weighted = T.mul(away, T.expandDims(T.transpose(shares), 2))
  const scatter = T.matmul(T.swapAxes(weighted, 1, 2), away)
  return {
    weights: T.div(counts, rows.shape[0]),
    means,
    covariances: T.div(scatter, T.reshape(counts, [-1, 1, 1]))
  }
}

/** From the clusters of k-means on; its history are the mean log-likelihoods of rows, until one is higher than the last by less than 1e-3. */
export const gaussianMixture =
  (key: Random.Key) =>
  (rows: Rows, k: number): Clustering => {
    const history: number[] = []
    let shares: Rows = T.oneHot(T.argmax(kMeans(key)(rows, k).scores(rows), { axis: 1 }), k, 'float64')
    for (;;) {
      const mixture = maximised(rows, shares)
      const joint = logJoint(mixture)(rows)
      const logLikelihoods = T.logSumExp(joint, { axis: 1, keepDims: true })
      const [before, now] = [history.at(-1) ?? -Infinity, T.item(T.mean(logLikelihoods))]
      history.push(now)
      if (now - before < 1e-3) return { scores: logJoint(mixture), history }
      shares = T.exp(T.sub(joint, logLikelihoods))
    }
  }
