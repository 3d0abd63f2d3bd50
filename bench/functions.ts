/** Functions, sums and lanes of float32: arrays of 10^5, sums of 10^6 and of 1000 x 1000. */
import type { Tensor } from 'pullback/Tensor'
import { bestOf } from './best.js'
import type { Ours } from './training.js'

export const functions = ({ Tensor: T, Random }: Ours): Readonly<Record<string, number>> => {
  const n = 100_000
  const real: Tensor = Random.normal(Random.key(1), [n])
  const positive: Tensor = Random.uniform(Random.key(2), [n], { low: 0.01, high: 5 })
  const long: Tensor = Random.normal(Random.key(3), [1_000_000])
  const square: Tensor = T.reshape(long, [1000, 1000])
  const rows: Tensor = Random.normal(Random.key(4), [128, 1000])
  const ofReal = { exp: T.exp, expm1: T.expm1, tanh: T.tanh, sigmoid: T.sigmoid, softplus: T.softplus, erf: T.erf }
  const calls: Readonly<Record<string, () => unknown>> = {
    ...Object.fromEntries(Object.entries(ofReal).map(([name, f]) => [name, () => f(real)])),
    sin: () => T.sin(real),
    cos: () => T.cos(real),
    log: () => T.log(positive),
    log1p: () => T.log1p(positive),
    pow: () => T.pow(positive, real),
    'sum of 10^6': () => T.sum(long),
    'mean of 10^6': () => T.mean(long),
    'sums of 1000 columns': () => T.sum(square, { axis: 0 }),
    'sums of 1000 rows': () => T.sum(square, { axis: 1 }),
    'softmax of 128 x 1000': () => T.softmax(rows),
    'variance of 10^6': () => T.variance(long)
  }
  return Object.fromEntries(Object.entries(calls).map(([name, run]) => [name, bestOf(run, 0.3)]))
}
