// Random bits, and the draws that are made of them and of the rules.
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import type { Case } from '../case.js'
import { between } from '../inputs.js'

const drawn = (name: string, f: (key: Random.Key) => readonly T.Tensor[]): Case => ({
  name,
  operands: [Random.key(17)],
  f
})

const probabilities = between(0, 1, 'float32', [100], 96)

export const random: readonly Case[] = [
  drawn('random bits', (key) => [
    Random.bits(key, [501]),
    Random.foldIn(key, 3),
    Random.foldIn(key, T.of([4], 'int32')),
    ...Random.split(key, 5)
  ]),
  drawn('uniform', (key) => [
    Random.uniform(key, [501]),
    Random.uniform(key, [501], { dtype: 'float64' }),
    Random.uniform(key, [33, 3], { low: -1, high: 3 })
  ]),
  drawn('normal float32', (key) => [Random.normal(key, [5001])]),
  drawn('gumbel float32', (key) => [Random.gumbel(key, [5001])]),
  drawn('choices', (key) => [
    Random.bernoulli(key, probabilities, [100]),
    Random.permutation(key, 100),
    Random.choice(key, 50, { shape: [40] })
  ]),
  drawn('categories', (key) => [
    Random.categorical(key, T.reshape(probabilities, [20, 5]), { axis: 0, shape: [30, 5] })
  ])
]
