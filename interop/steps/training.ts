/** The training steps of the lectures, with Adam inside: value, gradient, optimizer and the split of the key. */
import { valueAndGradWithAux } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { type Sample, sample } from './model.js'

/**
 * `Train.update` with the gradient in its result. It starts from the second state, since the first has zeros and moments that hide
 * what goes wrong.
 */
const training = <F, P, S, Batch>(
  name: string,
  model: Layer.Layer<F, P, S>,
  objective: Train.Objective<P, S, Batch>,
  batch: Batch,
  rate = 0.001
): Sample => {
  const optimizer = Optimizer.adam(rate)
  const step = ({ params, layerState, optimizerState, key: before }: Train.Progress<P, S>, batch: Batch) => {
    const [key, own] = Random.split(before)
    const context: Layer.Context = { mode: 'train', key: own }
    const [loss, gradient, next] = valueAndGradWithAux((given: P) => {
      const [value, after] = objective(given, layerState, batch, context)
      return [value, after] as const
    })(params)
    const [updates, after] = optimizer.update(gradient, optimizerState, params)
    const progress: Train.Progress<P, S> = {
      params: Optimizer.applyUpdates(params, updates),
      layerState: next,
      optimizerState: after,
      key
    }
    return [progress, { loss, gradient }] as const
  }
  const { params, layerState, optimizerState, key } = Train.init(model, optimizer)(Random.key(3))
  const [second] = step({ params, layerState, optimizerState, key }, batch)
  return sample(name, step, [second, batch], true)
}

const classes = (count: number, shape: readonly number[]): T.Tensor =>
  T.cast(T.floor(T.mul(Random.uniform(Random.key(2), shape), count)), 'int32')

const labels = (batch: number): T.Tensor<[number]> => T.reshape(classes(10, [batch]), [batch])

const digits = (batch: number): Train.Example<T.Tensor<[number, 784]>, T.Tensor<[number]>> => ({
  features: Random.uniform(Random.key(1), [batch, 784]),
  labels: labels(batch)
})

const images = (batch: number): Train.Example<T.Tensor<[number, 1, 28, 28]>, T.Tensor<[number]>> => ({
  features: Random.uniform(Random.key(1), [batch, 1, 28, 28]),
  labels: labels(batch)
})

const softmax = (): Sample => {
  const model = Layer.dense(784, 10)
  return training('softmax regression', model, Train.objective(model, Loss.crossEntropy), digits(128))
}

/** The multilayer perceptron 784-256-128-10 on a batch of 128. */
export const perceptron = (): Sample => {
  const model = Layer.sequential(
    Layer.dense(784, 256),
    Layer.lift(T.relu),
    Layer.dense(256, 128),
    Layer.lift(T.relu),
    Layer.dense(128, 10)
  )
  return training('perceptron', model, Train.objective(model, Loss.crossEntropy), digits(128))
}

const lenet = (): Sample => {
  const model = Model.lenet5({ activation: T.relu, pooling: 'max' })
  return training('LeNet-5', model, Train.objective(model, Loss.crossEntropy), images(64))
}

/** Three convolutions of 3 x 3 to 16, 32 and 32 channels, pooled twice, and a dense layer, on a batch of 64 images. */
export const convolutional = (): Sample => {
  const convolution = <In extends number, Out extends number>(inputs: In, outputs: Out) =>
    Layer.conv2d(inputs, outputs, { window: 3, padding: 1 })
  const model = Layer.sequential(
    convolution(1, 16),
    Layer.lift(T.relu),
    Layer.maxPool2d({ window: 2 }),
    convolution(16, 32),
    Layer.lift(T.relu),
    Layer.maxPool2d({ window: 2 }),
    convolution(32, 32),
    Layer.lift(T.relu),
    Layer.flatten(),
    Layer.dense(1568, 10)
  )
  return training('three-layer CNN', model, Train.objective(model, Loss.crossEntropy), images(64))
}

const xor = (): Sample => {
  const model = Layer.sequential(Layer.dense(2, 8), Layer.lift(T.tanh), Layer.dense(8, 1))
  const features = T.reshape(T.of([0, 0, 0, 1, 1, 0, 1, 1]), [4, 2])
  const batch = { features, labels: T.reshape(T.of([0, 1, 1, 0]), [4, 1]) }
  return training('XOR', model, Train.objective(model, Loss.binaryCrossEntropyWithLogits), batch, 0.01)
}

const recurrent = (): Sample => {
  const model = Layer.sequential(Layer.lstm(3, 8, { returns: 'last' }), Layer.dense(8, 4))
  const features = Random.normal(Random.key(1), [16, 6, 3])
  const batch = { features, labels: T.reshape(classes(4, [16]), [16]) }
  return training('LSTM', model, Train.objective(model, Loss.crossEntropy), batch)
}

const language = (): Sample => {
  // Without biases: that of keys changes no weight of attention, so its gradient is rounding alone.
  const model = Model.gpt({ vocabulary: 16, width: 16, heads: 2, layers: 2, context: 8, bias: false })
  const tokens = classes(16, [4, 9])
  const part = (from: number): T.Tensor<[number, number]> =>
    T.reshape(
      T.slice(tokens, [
        [0, 4],
        [from, from + 8]
      ]),
      [4, 8]
    )
  const batch = { features: part(0), labels: part(1) }
  return training('small GPT', model, Train.objective(model, Loss.crossEntropy), batch)
}

/** The five steps of the lectures. */
export const lectures = (): readonly Sample[] => [softmax(), perceptron(), lenet(), convolutional(), xor()]

/** The steps of sequences. */
export const sequences = (): readonly Sample[] => [recurrent(), language()]
