/** Whole training steps with Adam, and the gradient of a simulation: what users compile. */
import type * as Grad from 'pullback/Grad'
import type * as Jit from 'pullback/Jit'
import type * as Layer from 'pullback/Layer'
import type * as Loss from 'pullback/Loss'
import type * as Model from 'pullback/Model'
import type * as Optimizer from 'pullback/Optimizer'
import type * as Random from 'pullback/Random'
import type * as T from 'pullback/Tensor'
import type * as Train from 'pullback/Train'

export interface Ours {
  readonly Grad: typeof Grad
  readonly Layer: typeof Layer
  readonly Loss: typeof Loss
  readonly Optimizer: typeof Optimizer
  readonly Random: typeof Random
  readonly Tensor: typeof T
  readonly Train: typeof Train
  /** Earlier commits have neither. */
  readonly Model?: typeof Model
  readonly Jit?: typeof Jit
}

/** Makes of a function and arguments what is timed: a call as it is, or compiled, or of nothing but the kernels. */
export type Prepare = <Args extends readonly unknown[], R>(f: (...args: Args) => R, args: Args) => () => unknown

export interface Step {
  readonly name: string
  readonly run: () => unknown
}

type S = T.Tensor<[]>
type State = readonly [angle: S, speed: S]

/** The angle of a pendulum after steps of the classical Runge-Kutta method. */
const pendulum = ({ Tensor: T }: Ours, steps: number): ((start: State) => S) => {
  const h = 0.01
  const field = ([angle, speed]: State): State => [speed, T.mul(T.sin(angle), -9.81)]
  const ahead = (y: State, k: State, by: number): State => [T.add(y[0], T.mul(k[0], by)), T.add(y[1], T.mul(k[1], by))]
  const combined = (y: S, k1: S, k2: S, k3: S, k4: S): S =>
    T.add(y, T.mul(T.add(T.add(k1, k4), T.mul(T.add(k2, k3), 2)), h / 6))
  return (start) => {
    let y = start
    for (let i = 0; i < steps; i++) {
      const k1 = field(y)
      const k2 = field(ahead(y, k1, h / 2))
      const k3 = field(ahead(y, k2, h / 2))
      const k4 = field(ahead(y, k3, h))
      y = [combined(y[0], k1[0], k2[0], k3[0], k4[0]), combined(y[1], k1[1], k2[1], k3[1], k4[1])]
    }
    return y[0]
  }
}

export const names = {
  softmax: 'softmax regression 784-10',
  perceptron: 'perceptron 784-256-128-10',
  xor: 'XOR 2-8-1',
  pendulum: 'gradient of 100 RK4 steps',
  lenet: 'LeNet-5'
} as const

/** The gradient of the pendulum's last angle with respect to its start. */
export const pendulumGradient = (ours: Ours, steps: number): ((start: State) => State) =>
  ours.Grad.grad(pendulum(ours, steps))

export const pendulumStart = ({ Tensor: T }: Ours): State => [T.scalar(1, 'float64'), T.scalar(0, 'float64')]

/** The update of a training step, with its first state and a batch. */
export interface Training<P, S, Batch> {
  readonly update: Train.Update<P, S, Batch>
  readonly first: Train.Progress<P, S>
  readonly batch: Batch
}

const training = <F, P, S, Batch>(
  { Optimizer, Random, Train }: Ours,
  model: Layer.Layer<F, P, S>,
  objective: Train.Objective<P, S, Batch>,
  batch: Batch
): Training<P, S, Batch> => {
  const optimizer = Optimizer.adam(0.001)
  const { params, layerState, optimizerState, key } = Train.init(model, optimizer)(Random.key(3))
  return {
    update: Train.update(objective, optimizer),
    first: { params, layerState, optimizerState, key },
    batch
  }
}

const classes = ({ Random, Tensor: T }: Ours, batch: number): T.Tensor<[number]> =>
  T.cast(T.floor(T.mul(Random.uniform(Random.key(2), [batch]), 10)), 'int32')

type Digits = Train.Example<T.Tensor<[number, 784]>, T.Tensor<[number]>>

const digits = (ours: Ours): Digits => ({
  features: ours.Random.uniform(ours.Random.key(1), [128, 784]),
  labels: classes(ours, 128)
})

const softmax = (ours: Ours) => {
  const model = ours.Layer.dense(784, 10)
  return training(ours, model, ours.Train.objective(model, ours.Loss.crossEntropy), digits(ours))
}

export const perceptron = (ours: Ours) => {
  const { Layer, Loss, Tensor: T, Train } = ours
  const model = Layer.sequential(
    Layer.dense(784, 256),
    Layer.lift(T.relu),
    Layer.dense(256, 128),
    Layer.lift(T.relu),
    Layer.dense(128, 10)
  )
  return training(ours, model, Train.objective(model, Loss.crossEntropy), digits(ours))
}

export const xor = (ours: Ours) => {
  const { Layer, Loss, Tensor: T, Train } = ours
  const model = Layer.sequential(Layer.dense(2, 8), Layer.lift(T.tanh), Layer.dense(8, 1))
  const features = T.of([0, 0, 0, 1, 1, 0, 1, 1])
  const batch = { features: T.reshape(features, [4, 2]), labels: T.reshape(T.of([0, 1, 1, 0]), [4, 1]) }
  // at the earliest commit it had the other name
  const loss = Loss.binaryCrossEntropyWithLogits ?? Loss.binaryCrossEntropy
  return training(ours, model, Train.objective(model, loss), batch)
}

const lenet = (ours: Ours, { lenet5 }: typeof Model) => {
  const { Loss, Random, Tensor: T, Train } = ours
  const model = lenet5({ activation: T.relu, pooling: 'max' })
  const features = Random.uniform(Random.key(1), [64, 1, 28, 28])
  return training(ours, model, Train.objective(model, Loss.crossEntropy), { features, labels: classes(ours, 64) })
}

/**
 * Each call starts from the same state, so that all take the same way. It is the second, since the first has zeros that are one element in memory.
 */
export const stepsOf = (ours: Ours, prepare: Prepare): readonly Step[] => {
  const step = <P, S, Batch>(name: string, { update, first, batch }: Training<P, S, Batch>): Step => ({
    name,
    run: prepare(update, [update(first, batch)[0], batch])
  })
  return [
    step(names.softmax, softmax(ours)),
    step(names.perceptron, perceptron(ours)),
    step(names.xor, xor(ours)),
    { name: names.pendulum, run: prepare(pendulumGradient(ours, 100), [pendulumStart(ours)]) },
    ...(ours.Model === undefined ? [] : [step(names.lenet, lenet(ours, ours.Model))])
  ]
}
