/** The training steps of bench/steps.ts in other libraries on their WebAssembly backends, in one thread; those that they cannot run are left out. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { type Step, names } from './steps.js'

/** A step that fails is left out. */
const running = (steps: readonly Step[]): readonly Step[] =>
  steps.filter(({ name, run }) => {
    try {
      run()
      return true
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  })

const values = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, (_, i) => (((i * 2654435761) % 1000) / 500 - 1) * scale)

const classes = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => (i * 7) % 10)

const bits = [0, 0, 0, 1, 1, 0, 1, 1]
const answers = [0, 1, 1, 0]

// -----------------------------------------------------------------------------
// TensorFlow.js
// -----------------------------------------------------------------------------

type Net = (x: tf.Tensor) => tf.Tensor

const dense = (from: number, to: number): Net => {
  const w = tf.variable(tf.tensor2d(values(from * to, 0.1), [from, to]))
  const b = tf.variable(tf.zeros([to]))
  return (x) => tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b)
}

const conv = (from: number, to: number, pad: 'same' | 'valid'): Net => {
  const w = tf.variable(tf.tensor4d(values(25 * from * to, 0.1), [5, 5, from, to]))
  const b = tf.variable(tf.zeros([to]))
  return (x) => tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad), b)
}

const pool: Net = (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')

const chain =
  (...nets: readonly Net[]): Net =>
  (x) =>
    nets.reduce((value, net) => net(value), x)

/** Variables are only those of one model, since each step names its own. */
const adam = (name: string, loss: () => tf.Tensor): Step => {
  const optimizer = tf.train.adam(0.001)
  const variables = Object.values(tf.engine().registeredVariables)
  tf.engine().registeredVariables = {}
  return {
    name,
    run: () => tf.tidy(() => optimizer.minimize(() => loss() as tf.Scalar, true, variables)?.dataSync()[0])
  }
}

const tensorflow = async (): Promise<readonly Step[]> => {
  setWasmPaths(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname)
  setThreadsCount(1)
  await tf.setBackend('wasm')
  const x = tf.tensor2d(values(128 * 784), [128, 784])
  const y = tf.oneHot(tf.tensor1d(classes(128), 'int32'), 10)
  const entropy = (scores: tf.Tensor, labels: tf.Tensor): tf.Tensor =>
    tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(scores), labels), -1)))
  const softmax = dense(784, 10)
  const steps = [adam(names.softmax, () => entropy(softmax(x), y))]
  const perceptron = chain(dense(784, 256), tf.relu, dense(256, 128), tf.relu, dense(128, 10))
  steps.push(adam(names.perceptron, () => entropy(perceptron(x), y)))
  const xor = chain(dense(2, 8), tf.tanh, dense(8, 1))
  const [features, labels] = [tf.tensor2d(bits, [4, 2]), tf.tensor2d(answers, [4, 1])]
  steps.push(
    adam(names.xor, () => {
      const z = xor(features)
      const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(z))))
      return tf.mean(tf.add(tf.sub(tf.relu(z), tf.mul(z, labels)), softplus))
    })
  )
  const images = tf.tensor4d(values(64 * 28 * 28), [64, 28, 28, 1])
  const digits = tf.oneHot(tf.tensor1d(classes(64), 'int32'), 10)
  const flat: Net = (each) => tf.reshape(each, [64, 400])
  const first = chain(conv(1, 6, 'same'), tf.relu, pool, conv(6, 16, 'valid'), tf.relu, pool, flat)
  const lenet = chain(first, dense(400, 120), tf.relu, dense(120, 84), tf.relu, dense(84, 10))
  steps.push(adam(names.lenet, () => entropy(lenet(images), digits)))
  return running(steps)
}

// -----------------------------------------------------------------------------
// jax-js
// -----------------------------------------------------------------------------

/** It asks the browser for a GPU, which Node 20 has no word for. */
const jax = async (): Promise<readonly Step[]> => {
  return running([])
}

export const otherSteps = (name: 'tensorflow' | 'jax'): Promise<readonly Step[]> =>
  name === 'tensorflow' ? tensorflow() : jax()
