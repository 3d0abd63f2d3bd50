// A neural ordinary differential equation: the network is the slope, and what it is trained on is the solution.
//
// R. T. Q. Chen, Y. Rubanova, J. Bettencourt and D. Duvenaud, Neural Ordinary Differential Equations, NeurIPS 2018.
import { valueAndGrad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import { odeint } from 'pullback/Ode'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

export type Scalar = T.Tensor<[]>

/** A point of the plane. */
export type Point = T.Tensor<[2]>

/** Points of the plane, which move side by side. */
export type Points = T.Tensor<[number, 2]>
export type Times = T.Tensor<[number]>

/** Where each point is: times along the axis in front. */
export type Paths = T.Tensor<[number, number, 2]>

/** How points move. */
export type Field = (y: Points) => Points

// -----------------------------------------------------------------------------
// the truth
// -----------------------------------------------------------------------------

const turn = T.of(
  [
    [-0.1, -2],
    [2, -0.1]
  ],
  'float64'
)

/** The spiral of Chen et al.: y' = A y^3, inward and faster outside than inside. */
export const spiral = (y: Point): Point => T.matmul(turn, T.pow(y, 3))

/** The solution through each of some points, by the adaptive method: for every point its own steps. */
export const observe = (starts: Points, times: Times): Paths =>
  T.swapAxes(vmap((start: Point) => odeint(spiral)(start, times))(starts), 0, 1)

// -----------------------------------------------------------------------------
// the model
// -----------------------------------------------------------------------------

const width = 16

const network = Layer.sequential(
  Layer.dense(2, width, { dtype: 'float64' }),
  Layer.lift(T.tanh),
  Layer.dense(width, 2, { dtype: 'float64' })
)

export type Params = Layer.ParamsOf<typeof network>

const { state } = network.init(Random.key(0))[0]

export const firstParams = (key: Random.Key): Params => network.init(key)[0].params

/** The slope that the network gives. As in the paper it sees the cubes, so that a linear layer could say the truth. */
export const learnt =
  (params: Params): Field =>
  (y) =>
    Layer.predict(network)(params, state)(T.pow(y, 3))

/** Steps of the classical method of Runge and Kutta, one from each time to the next. */
export const predict = (params: Params, starts: Points, times: Times): Paths =>
  odeint(learnt(params), { method: 'rk4', checkpointEvery: false })(starts, times)

/** The mean square of the distance to what was seen, at all times of all paths. */
export const loss = (params: Params, seen: Paths, times: Times): Scalar =>
  T.mean(T.square(T.sub(predict(params, T.at(seen, 0), times), seen)))

// -----------------------------------------------------------------------------
// training
// -----------------------------------------------------------------------------

/** Pieces of the paths, `count` times long, a new one after each `every`: errors do not pile up before anything is learnt. */
export const pieces = (seen: Paths, count: number, every: number): Paths => {
  const firsts = Array.from({ length: Math.floor((seen.shape[0] - count) / every) + 1 }, (_, i) => i * every)
  return T.concat(
    firsts.map((first): Paths => T.slice(seen, [[first, first + count]])),
    { axis: 1 }
  )
}

/** Adam on all pieces at once. */
export const train = (
  start: Params,
  seen: Paths,
  times: Times,
  steps: number,
  onStep: (step: number, loss: number) => void = () => {}
): Params => {
  const optimizer = Optimizer.adam(Schedule.cosine({ from: 0.1, over: steps }))
  let params = start
  let memory = optimizer.init(start)
  for (let step = 0; step < steps; step++) {
    const [value, gradient] = valueAndGrad(loss)(params, seen, times)
    onStep(step, T.item(value))
    const [updates, next] = optimizer.update(gradient, memory, params)
    params = Optimizer.applyUpdates(params, updates)
    memory = next
  }
  return params
}
