// Learning to learn sine waves: tasks, a network, the steps that adapt it, and the loss after those steps.
//
// C. Finn, P. Abbeel and S. Levine, Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks, ICML 2017.
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { type WithAxis, vmap } from 'pullback/Vmap'

// -----------------------------------------------------------------------------
// tasks
// -----------------------------------------------------------------------------

/** Points of one curve. */
export interface Samples {
  readonly x: T.Tensor<[number, 1]>
  readonly y: T.Tensor<[number, 1]>
}

/** One curve: a few points to adapt to, and others to be judged by. */
export interface Task {
  readonly support: Samples
  readonly query: Samples
}

export type Tasks = WithAxis<Task>

/** How many points of each kind a task has. */
export const shots = 10

/** y = amplitude sin(x + phase) at random points of [-5, 5), with an amplitude in [0.1, 5) and a phase in [0, pi). */
export const drawTask = (key: Random.Key): Task => {
  const [forAmplitude, forPhase, forSupport, forQuery] = Random.split(key, 4)
  const amplitude = Random.uniform(forAmplitude, [], { low: 0.1, high: 5 })
  const phase = Random.uniform(forPhase, [], { low: 0, high: Math.PI })
  const draw = (each: Random.Key): Samples => {
    const x = Random.uniform(each, [shots, 1], { low: -5, high: 5 })
    return { x, y: T.mul(T.sin(T.add(x, phase)), amplitude) }
  }
  return { support: draw(forSupport), query: draw(forQuery) }
}

/** Many tasks at once: one whose tensors have one more axis, in front. */
export const drawTasks = (key: Random.Key, count: number): Tasks => vmap(drawTask)(T.stack(Random.split(key, count)))

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

const network = Layer.sequential(
  Layer.dense(1, 32),
  Layer.lift(T.relu),
  Layer.dense(32, 32),
  Layer.lift(T.relu),
  Layer.dense(32, 1)
)

export type Params = Layer.ParamsOf<typeof network>

const { state } = network.init(Random.key(0))[0]

export const firstParams = (key: Random.Key): Params => network.init(key)[0].params

export const loss = (params: Params, { x, y }: Samples): T.Tensor<[]> =>
  Loss.meanSquaredError(Layer.predict(network)(params, state)(x), y)

// -----------------------------------------------------------------------------
// learning
// -----------------------------------------------------------------------------

/** The rate of the steps that adapt. */
export const innerRate = 0.02

/** The parameters after some steps of gradient descent on a few points: the learner that is to be taught. */
export const adapt = (params: Params, support: Samples, steps: number): Params =>
  steps === 0 ? params : adapt(Tree.sub(params, Tree.scale(grad(loss)(params, support), innerRate)), support, steps - 1)

/** What each task costs after adapting to it: no loop over tasks, one batch of networks. */
export const lossesAfter = (params: Params, tasks: Tasks, steps: number): T.Tensor<[number]> =>
  vmap((task: Task) => loss(adapt(params, task.support, steps), task.query))(tasks)

/** The loss of which MAML takes the gradient, through the gradient steps inside it. */
export const metaLoss = (params: Params, tasks: Tasks): T.Tensor<[]> => T.mean(lossesAfter(params, tasks, 1))

/** The loss without the steps: one network for all curves, which is what learning without meta-learning minimises. */
export const jointLoss = (params: Params, tasks: Tasks): T.Tensor<[]> => T.mean(lossesAfter(params, tasks, 0))

/** Adam on a fresh batch of tasks in every step. */
export const learn = (objective: typeof metaLoss, key: Random.Key, steps: number): Params => {
  const [forParams, forTasks] = Random.split(key)
  const optimizer = Optimizer.adam(Schedule.cosine({ from: 2e-2, over: steps }))
  let params = firstParams(forParams)
  let memory = optimizer.init(params)
  for (const each of Random.split(forTasks, steps)) {
    const gradient = grad(objective)(params, drawTasks(each, 20))
    const [updates, next] = optimizer.update(gradient, memory, params)
    params = Optimizer.applyUpdates(params, updates)
    memory = next
  }
  return params
}
