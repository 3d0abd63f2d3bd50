// Gradients of which no single example can be the cause: one per example, each clipped, averaged, and hidden in noise.
//
// M. Abadi et al., Deep Learning with Differential Privacy, CCS 2016, algorithm 1. There is no accountant here, and so no
// claim about how private the result is.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { overExamples, vmap } from 'pullback/Vmap'
import type { Digits } from '../digits/data.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Image = T.Tensor<[64]>
type Label = T.Tensor<[]>

const network = Layer.sequential(Layer.dense(64, 32), T.relu, Layer.dense(32, 10))

export type Params = Layer.ParamsOf<typeof network>

const { state } = network.init(Random.key(0))[0]

export const firstParams = (key: Random.Key): Params => network.init(key)[0].params

const scores = (params: Params, image: Image): T.Tensor<[10]> => Layer.predict(network)(params, state)(image)

const loss = (params: Params, image: Image, label: Label): T.Tensor<[]> =>
  Loss.crossEntropy(scores(params, image), label)

/** The scores of many images. */
export const scoresOf = (params: Params, images: T.Tensor<[number, 64]>): T.Tensor<[number, 10]> =>
  vmap((image: Image) => scores(params, image))(images)

// -----------------------------------------------------------------------------
// gradients
// -----------------------------------------------------------------------------

/** What an example asks for, but never more than `most` of it: its gradient, scaled down to that length if it is longer. */
const clippedGradient =
  (params: Params, most: number) =>
  (image: Image, label: Label): Params =>
    Optimizer.clipByGlobalNorm(most).update(grad(loss)(params, image, label), [], params)[0]

/** The mean of the clipped gradients: all examples at once. */
export const meanClipped = (params: Params, { features, labels }: Digits, most: number): Params =>
  overExamples(vmap(clippedGradient(params, most))(features, labels), T.mean({ axis: 0 }))

/** The same, one example after the other. */
export const meanClippedInLoop = (params: Params, { features, labels }: Digits, most: number): Params => {
  const count = features.shape[0]
  let sum = Tree.zerosLike(params)
  for (let i = 0; i < count; i++) {
    sum = Tree.add(sum, clippedGradient(params, most)(T.at(features, i), T.at(labels, i)))
  }
  return Tree.scale(sum, 1 / count)
}

/** A tree of normal numbers. */
const noiseLike = (key: Random.Key, params: Params, deviation: number): Params => {
  const { leaves, unflatten } = Tree.flatten(params)
  return unflatten(leaves.map((leaf, i) => T.mul(Random.normal(Random.foldIn(key, i), leaf.shape), deviation)))
}

// -----------------------------------------------------------------------------
// training
// -----------------------------------------------------------------------------

export interface Options {
  readonly epochs: number
  /** The length to which gradients are clipped. */
  readonly most: number
  /** The standard deviation of the noise in the sum of a batch, in units of that length. */
  readonly noise: number
}

const batchSize = 64

/** Gradient descent with momentum, along clipped and noisy gradients. */
export const train = (key: Random.Key, digits: Digits, { epochs, most, noise }: Options): Params => {
  const [forParams, forEpochs] = Random.split(key)
  const optimizer = Optimizer.sgd(0.2, { momentum: 0.9 })
  let params = firstParams(forParams)
  let memory = optimizer.init(params)
  for (const forEpoch of Random.split(forEpochs, epochs)) {
    const [forShuffle, forNoise] = Random.split(forEpoch)
    let step = 0
    for (const batch of pipe(digits, Dataset.shuffle(forShuffle), Dataset.batches(batchSize))) {
      const hidden = noiseLike(Random.foldIn(forNoise, step++), params, (noise * most) / Dataset.size(batch))
      const [updates, next] = optimizer.update(Tree.add(meanClipped(params, batch, most), hidden), memory, params)
      params = Optimizer.applyUpdates(params, updates)
      memory = next
    }
  }
  return params
}
