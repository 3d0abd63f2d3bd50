// The validation loss as a function of the hyper-parameters of training, through every step of it.
//
// D. Maclaurin, D. Duvenaud and R. P. Adams, Gradient-based Hyperparameter Optimization through Reversible Learning, ICML
// 2015; on keeping less, A. Griewank and A. Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, chapter 12.
import { checkpoint, grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

export type Scalar = T.Tensor<[]>

// -----------------------------------------------------------------------------
// data and model
// -----------------------------------------------------------------------------

export interface Samples {
  readonly x: T.Tensor<[number, 1]>
  readonly y: T.Tensor<[number, 1]>
}

/** Points of a wave, with noise. */
export const drawSamples = (key: Random.Key, count: number): Samples => {
  const [forX, forNoise] = Random.split(key)
  const x = Random.uniform(forX, [count, 1], { low: -2, high: 2, dtype: 'float64' })
  const noise = Random.normal(forNoise, [count, 1], 'float64')
  return { x, y: T.add(T.sin(T.mul(x, 2)), T.mul(noise, 0.3)) }
}

const network = Layer.sequential(
  Layer.dense(1, 24, { dtype: 'float64' }),
  Layer.lift(T.tanh),
  Layer.dense(24, 1, { dtype: 'float64' })
)

export type Params = Layer.ParamsOf<typeof network>

const { state } = network.init(Random.key(0))[0]

export const firstParams = (key: Random.Key): Params => network.init(key)[0].params

export const loss = (params: Params, { x, y }: Samples): Scalar =>
  Loss.meanSquaredError(Layer.predict(network)(params, state)(x), y)

// -----------------------------------------------------------------------------
// training
// -----------------------------------------------------------------------------

/** What is otherwise found by trying, on scales without bounds: the logarithms of two rates, the logit of a share. */
export interface Hyper {
  readonly logRate: Scalar
  readonly logDecay: Scalar
  readonly logitMomentum: Scalar
}

/** The state between two steps. */
export interface Progress {
  readonly params: Params
  readonly velocity: Params
}

export const begin = (params: Params): Progress => ({ params, velocity: Tree.zerosLike(params) })

/** One step of gradient descent with momentum and weight decay. */
export const step =
  (hyper: Hyper, samples: Samples) =>
  ({ params, velocity }: Progress): Progress => {
    const decay = Tree.scale(params, T.exp(hyper.logDecay))
    const gradient = Tree.add(grad(loss)(params, samples), decay)
    const next = Tree.add(Tree.scale(velocity, T.sigmoid(hyper.logitMomentum)), gradient)
    return { params: Tree.sub(params, Tree.scale(next, T.exp(hyper.logRate))), velocity: next }
  }

/** How many segments, and how many steps in each. */
export interface Plan {
  readonly segments: number
  readonly stepsEach: number
}

/**
 * The parameters after training. The backward pass through it finds only the beginning of each segment in memory, and
 * takes the steps in between again: what is kept grows with the segments and with the steps of one, not with their product.
 */
export const train = (start: Params, hyper: Hyper, samples: Samples, { segments, stepsEach }: Plan): Params => {
  const segment = checkpoint((before: Progress): Progress => {
    let progress = before
    for (let i = 0; i < stepsEach; i++) progress = step(hyper, samples)(progress)
    return progress
  })
  let progress = begin(start)
  for (let i = 0; i < segments; i++) progress = segment(progress)
  return progress.params
}
