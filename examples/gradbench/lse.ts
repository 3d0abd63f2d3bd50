// GradBench's `lse`: the logarithm of a sum of exponentials, from its elements.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

/**
 * LSE(x) = a + log sum_i exp(x_i - a) with a = max x, of a vector x.
 *
 * GradBench asks for it in terms of maximum, exponential and sum, not for `T.logSumExp`, which has a rule of its own. The
 * maximum is differentiated as well: what it adds to the gradient, 1, the exponentials take away.
 */
export const primal = (x: T.Tensor<[number]>): T.Tensor<[]> => {
  const a = T.max(x)
  return T.add(a, T.log(T.sum(T.exp(T.sub(x, a)))))
}

/** d LSE / d x_i = exp(x_i) / sum_j exp(x_j). */
export const gradient: (x: T.Tensor<[number]>) => T.Tensor<[number]> = grad(primal)

/** A vector of n normal numbers. */
export const generate = (key: Random.Key, n: number): T.Tensor<[number]> => Random.normal(key, [n], 'float64')
