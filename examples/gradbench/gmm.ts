// GradBench's `gmm`, which is ADBench's: the posterior density of a mixture of Gaussians.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Vector = T.Tensor<[number]>
type Matrix = T.Tensor<[number, number]>

/**
 * A mixture of k Gaussians in d dimensions.
 *
 * Component k has the weight exp(alpha_k) / sum_j exp(alpha_j), the mean mu_k and the precision matrix Q_k^T Q_k, where
 * Q_k is lower triangular: exp(q_k) on the diagonal, and below it the d (d - 1) / 2 numbers of l_k, column by column.
 */
export interface Mixture {
  /** `[k]` */
  readonly alpha: Vector
  /** `[k, d]` */
  readonly mu: Matrix
  /** `[k, d]` */
  readonly q: Matrix
  /** `[k, d (d - 1) / 2]` */
  readonly l: Matrix
}

/** The prior of the precision matrices: gamma is the scale of the Wishart distribution, m its degrees of freedom over d + 1. */
export interface Wishart {
  readonly gamma: number
  readonly m: number
}

/** What stays constant: n points in d dimensions, `[n, d]`, and the prior. */
export interface Data {
  readonly x: Matrix
  readonly wishart: Wishart
}

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** The positions of the entries of l in a flat matrix of d by d: below the diagonal, column by column. */
const below = (d: number): readonly number[] => {
  const indices = Array.from({ length: d }, (_, i) => i)
  return indices.flatMap((column) => indices.filter((row) => row > column).map((row) => row * d + column))
}

/** The lower triangular factors, `[k, d, d]`. */
const factors = ({ q, l }: Mixture): T.Tensor<[number, number, number]> => {
  const [k, d] = q.shape
  const flat = T.scatterAdd(T.zeros([k, d * d], 'float64'), below(d), l, { axis: 1 })
  return T.add(T.diagEmbed(T.exp(q)), T.reshape(flat, [k, d, d]))
}

/** log Gamma_d(a), the multivariate gamma function: (d (d - 1) / 4) log pi + sum_{j < d} log Gamma(a - j / 2). */
const logGammaOf = (a: number, d: number): number => {
  const shifted = T.sub(a, T.mul(T.arange(0, d, 1, 'float64'), 0.5))
  return ((d * (d - 1)) / 4) * Math.log(Math.PI) + T.item(T.sum(T.lgamma(shifted)))
}

/** sum_i log sum_k weight_k N(x_i; mu_k, (Q_k^T Q_k)^-1): the log likelihood of the points. */
export const logLikelihood = (mixture: Mixture, x: Matrix): T.Tensor<[]> => {
  const { alpha, mu, q } = mixture
  const [n, d] = x.shape
  const centred: T.Tensor<[number, number, number]> = T.sub(x, T.expandDims(mu, 1))
  const whitened = T.matmul(centred, T.swapAxes(factors(mixture), 1, 2))
  const distances = T.sum(T.square(whitened), { axis: 2 })
  const heights = T.add(alpha, T.sum(q, { axis: 1 }))
  const terms = T.sub(T.expandDims(heights, 1), T.mul(distances, 0.5))
  const normaliser = T.add(T.mul(T.logSumExp(alpha), n), (n * d * Math.log(2 * Math.PI)) / 2)
  return T.sub(T.sum(T.logSumExp(terms, { axis: 0 })), normaliser)
}

/** The log density of the precision matrices under the prior. */
export const logPrior = ({ q, l }: Mixture, { gamma, m }: Wishart): T.Tensor<[]> => {
  const [k, d] = q.shape
  const degrees = d + m + 1
  const constant = degrees * d * (Math.log(gamma) - Math.LN2 / 2) - logGammaOf(degrees / 2, d)
  const size = T.add(T.sum(T.exp(T.mul(q, 2))), T.sum(T.square(l)))
  return T.add(T.sub(T.mul(T.sum(q), m), T.mul(size, (gamma * gamma) / 2)), k * constant)
}

// -----------------------------------------------------------------------------
// what GradBench asks for
// -----------------------------------------------------------------------------

/**
 * log p(x | mixture) + log p(mixture): the log posterior of a mixture of Gaussians under a Wishart prior, but for the
 * density of the points.
 *
 * F. Srajer, Z. Kukelova and A. Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some problems in
 * computer vision and machine learning, Optimization Methods and Software 33 (2018), section 3.1. ADBench took the prior
 * with the opposite sign; GradBench set that right.
 */
export const objective = (mixture: Mixture, { x, wishart }: Data): T.Tensor<[]> =>
  T.add(logLikelihood(mixture, x), logPrior(mixture, wishart))

/** Its gradient in alpha, mu, q and l. */
export const jacobian: (mixture: Mixture, data: Data) => Mixture = grad(objective)

/** A random mixture of k components in d dimensions, and n normal points: means are uniform, the rest is normal. */
export const generate = (key: Random.Key, n: number, k: number, d: number): readonly [Mixture, Data] => {
  const [first, second, third, fourth, fifth] = Random.split(key, 5)
  const mixture = {
    alpha: Random.normal(first, [k], 'float64'),
    mu: Random.uniform(second, [k, d], { dtype: 'float64' }),
    q: Random.normal(third, [k, d], 'float64'),
    l: Random.normal(fourth, [k, (d * (d - 1)) / 2], 'float64')
  }
  return [mixture, { x: Random.normal(fifth, [n, d], 'float64'), wishart: { gamma: 1, m: 0 } }]
}
