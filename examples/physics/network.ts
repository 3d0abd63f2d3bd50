// A network that solves a differential equation: its second derivative in its input is part of the loss.
//
// I. E. Lagaris, A. Likas and D. I. Fotiadis, Artificial Neural Networks for Solving Ordinary and Partial Differential
// Equations, IEEE Transactions on Neural Networks 9 (1998); M. Raissi, P. Perdikaris and G. E. Karniadakis, Physics-informed
// neural networks, Journal of Computational Physics 378 (2019).
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

export type Scalar = T.Tensor<[]>

/** The equation u''(x) = source(x) on [0, 1], with u(0) = u(1) = 0. */
export type Source = (x: Scalar) => Scalar

// -----------------------------------------------------------------------------
// the network
// -----------------------------------------------------------------------------

const width = 20

const network = Layer.sequential(
  Layer.dense(1, width, { dtype: 'float64' }),
  T.tanh,
  Layer.dense(width, width, { dtype: 'float64' }),
  T.tanh,
  Layer.dense(width, 1, { dtype: 'float64' })
)

export type Params = Layer.ParamsOf<typeof network>

const { state } = network.init(Random.key(0))[0]

export const firstParams = (key: Random.Key): Params => network.init(key)[0].params

/** u(x) = x (1 - x) network(x), which is 0 at both ends whatever the parameters are. */
export const solution =
  (params: Params) =>
  (x: Scalar): Scalar => {
    const output = T.squeeze(Layer.predict(network)(params, state)(T.reshape(x, [1])), { axis: 0 })
    return T.mul(T.mul(x, T.sub(1, x)), output)
  }

// -----------------------------------------------------------------------------
// the equation
// -----------------------------------------------------------------------------

/** u''(x) - source(x), at one point. */
export const residual =
  (u: (x: Scalar) => Scalar, source: Source) =>
  (x: Scalar): Scalar =>
    T.sub(grad(grad(u))(x), source(x))

/** The mean square of what is left of the equation at the given points. */
export const loss = (params: Params, source: Source, points: T.Tensor<[number]>): Scalar =>
  T.mean(T.square(vmap(residual(solution(params), source))(points)))

/** Training at random points, other ones in each step: the third derivative of the network, by all its parameters. */
export const solve = (source: Source, key: Random.Key, steps: number): Params => {
  const [forParams, forPoints] = Random.split(key)
  const optimizer = Optimizer.adam(Schedule.cosine({ from: 1e-2, over: steps }))
  let params = firstParams(forParams)
  let memory = optimizer.init(params)
  for (const each of Random.split(forPoints, steps)) {
    const points = Random.uniform(each, [32], { dtype: 'float64' })
    const [updates, next] = optimizer.update(grad(loss)(params, source, points), memory, params)
    params = Optimizer.applyUpdates(params, updates)
    memory = next
  }
  return params
}
