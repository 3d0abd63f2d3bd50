// Random bits, and the draws that are made of them and of the rules.
import * as Augment from 'pullback/Augment'
import * as Random from 'pullback/Random'
import * as Regularizer from 'pullback/Regularizer'
import * as T from 'pullback/Tensor'
import type { Case } from '../case.js'
import { between } from '../inputs.js'

const drawn = (name: string, f: (key: Random.Key) => readonly T.Tensor[]): Case => ({
  name,
  operands: [Random.key(17)],
  f
})

const probabilities = between(0, 1, 'float32', [100], 96)

const image = between(0, 1, 'float32', [6, 2, 4, 5], 116)

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
  ]),
  drawn('noise', (key) => [
    Regularizer.dropout(key, image, { rate: 0.3 }),
    Regularizer.spatialDropout(key, image, { rate: 0.3 }),
    Regularizer.stochasticDepth(key, image, { rate: 0.3 }),
    Regularizer.gaussianNoise(key, image, { std: 0.3 })
  ]),
  drawn('alpha dropout', (key) => [
    Regularizer.alphaDropout(key, image, { rate: 0.3 }),
    Regularizer.alphaDropout(key, T.cast(image, 'float64'), { rate: 0.1 })
  ]),
  drawn('augmentation', (key) => [
    Augment.randomCrop(key, image, { size: 3, padding: 1 }),
    Augment.randomShift(key, image, { by: 2 }),
    Augment.randomFlip(key, image),
    Augment.cutout(key, image, { size: 2 }),
    ...Augment.mixup(key, image, T.eye(6), { alpha: 0.4 }),
    ...Augment.cutmix(key, image, T.eye(6))
  ])
]
