/**
 * The training steps of bench/steps.ts in other libraries on their WebAssembly backends, in one thread. LeNet-5 is not among
 * those of TensorFlow.js, which has no derivative of a convolution with respect to its kernel there.
 */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { type Step, names } from './steps.js'

const values = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, (_, i) => (((i * 2654435761) % 1000) / 500 - 1) * scale)

const classes = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => (i * 7) % 10)

const bits = [0, 0, 0, 1, 1, 0, 1, 1]
const answers = [0, 1, 1, 0]

// -----------------------------------------------------------------------------
// TensorFlow.js
// -----------------------------------------------------------------------------

type Net = (x: tf.Tensor) => tf.Tensor

/** The variables of the model that is being built. */
const variables: tf.Variable[] = []

const variable = (start: tf.Tensor): tf.Tensor => {
  const made = tf.variable(start)
  variables.push(made)
  return made
}

const dense = (from: number, to: number): Net => {
  const w = variable(tf.tensor2d(values(from * to, 0.1), [from, to]))
  const b = variable(tf.zeros([to]))
  return (x) => tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b)
}

const chain =
  (...nets: readonly Net[]): Net =>
  (x) =>
    nets.reduce((value, net) => net(value), x)

/** A step that trains the variables that were made since the one before. */
const adam = (name: string, loss: () => tf.Tensor): Step => {
  const optimizer = tf.train.adam(0.001)
  const own = variables.splice(0)
  return {
    name,
    run: () => tf.tidy(() => optimizer.minimize(() => loss() as tf.Scalar, true, own)?.dataSync()[0])
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
  return steps
}

// -----------------------------------------------------------------------------
// jax-js
// -----------------------------------------------------------------------------

type Jax = typeof import('@jax-js/jax')
type A = import('@jax-js/jax').numpy.Array

/** A function takes its arguments over: what is used again is passed as `ref`. */
type Loss = (params: readonly A[], x: A, y: A) => A

const refs = (list: readonly A[]): A[] => list.map((each) => each.ref)

const jaxAdam = (
  { jit, numpy, valueAndGrad }: Jax,
  name: string,
  loss: Loss,
  shapes: readonly number[][],
  data: readonly A[]
): Step => {
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
  const params = shapes.map((shape) => numpy.array(values(size(shape), 0.1), { shape }))
  const moments = (): A[] => shapes.map((shape) => numpy.zeros(shape))
  const [means, squares] = [moments(), moments()]
  const [c1, c2] = [numpy.array(0.1), numpy.array(0.001)]
  const advance = jit((p: A[], m: A[], v: A[], k1: A, k2: A, x: A, y: A) => {
    const [value, slopes] = valueAndGrad(loss)(refs(p), x, y) as unknown as [A, A[]]
    const mean = m.map((each, i) => each.mul(0.9).add(slopes[i]!.ref.mul(0.1)))
    const square = v.map((each, i) => each.mul(0.999).add(slopes[i]!.ref.mul(slopes[i]!).mul(0.001)))
    const next = p.map((each, i) => {
      const root = numpy.sqrt(square[i]!.ref.div(k2.ref)).add(1e-8)
      return each.sub(mean[i]!.ref.div(k1.ref).div(root).mul(0.001))
    })
    k1.dispose()
    k2.dispose()
    return [value, next, mean, square] as const
  })
  return {
    name,
    run: () => {
      const [value, next, mean, square] = advance(
        refs(params),
        refs(means),
        refs(squares),
        c1.ref,
        c2.ref,
        ...(refs(data) as [A, A])
      ) as unknown as [A, A[], A[], A[]]
      const [last, ...rest] = [...square, ...mean, ...next].reverse()
      for (const each of rest) each.dispose()
      last?.dataSync()
      return value.dataSync()
    }
  }
}

/** It asks the browser for a GPU, which Node 20 has no word for. */
const jax = async (): Promise<readonly Step[]> => {
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: { hardwareConcurrency: 1 } })
  const library = await import('@jax-js/jax')
  const { defaultDevice, init, lax, nn, numpy } = library
  await init()
  defaultDevice('wasm')
  const dense = (x: A, w: A, b: A): A => numpy.matmul(x, w).add(b)
  const entropy = (scores: A, labels: A): A => numpy.mean(numpy.sum(nn.logSoftmax(scores).mul(labels), -1)).mul(-1)
  const x = numpy.array(values(128 * 784), { shape: [128, 784] })
  const y = nn.oneHot(numpy.array(classes(128)), 10)
  const softmax: Loss = ([w, b], features, labels) => entropy(dense(features, w!, b!), labels)
  const perceptron: Loss = ([w1, b1, w2, b2, w3, b3], features, labels) => {
    const hidden = nn.relu(dense(nn.relu(dense(features, w1!, b1!)), w2!, b2!))
    return entropy(dense(hidden, w3!, b3!), labels)
  }
  const xor: Loss = ([w1, b1, w2, b2], features, labels) => {
    const z = dense(numpy.tanh(dense(features, w1!, b1!)), w2!, b2!)
    return numpy.mean(nn.softplus(z.ref).sub(z.mul(labels)))
  }
  const pool = (images: A, n: number, channels: number, pixels: number): A =>
    numpy.max(images.reshape([n, channels, pixels / 2, 2, pixels / 2, 2]), [3, 5])
  const lenet: Loss = ([k1, c1, k2, c2, w1, b1, w2, b2, w3, b3], images, labels) => {
    const first = nn.relu(lax.conv(images, k1!, [1, 1], 'SAME').add(c1!))
    const second = nn.relu(lax.conv(pool(first, 64, 6, 28), k2!, [1, 1], 'VALID').add(c2!))
    const flat = pool(second, 64, 16, 10).reshape([64, 400])
    return entropy(dense(nn.relu(dense(nn.relu(dense(flat, w1!, b1!)), w2!, b2!)), w3!, b3!), labels)
  }
  const images = numpy.array(values(64 * 28 * 28), { shape: [64, 1, 28, 28] })
  const digits = nn.oneHot(numpy.array(classes(64)), 10)
  const convolutions = [
    [6, 1, 5, 5],
    [6, 1, 1],
    [16, 6, 5, 5],
    [16, 1, 1]
  ]
  const step = (name: string, loss: Loss, shapes: readonly number[][], data: readonly A[]): Step =>
    jaxAdam(library, name, loss, shapes, data)
  return [
    step(names.softmax, softmax, [[784, 10], [10]], [x, y]),
    step(names.perceptron, perceptron, [[784, 256], [256], [256, 128], [128], [128, 10], [10]], [x, y]),
    step(
      names.xor,
      xor,
      [[2, 8], [8], [8, 1], [1]],
      [
        numpy.array(Float32Array.from(bits), { shape: [4, 2] }),
        numpy.array(Float32Array.from(answers), { shape: [4, 1] })
      ]
    ),
    step(names.lenet, lenet, [...convolutions, [400, 120], [120], [120, 84], [84], [84, 10], [10]], [images, digits])
  ]
}

export const otherSteps = (name: 'tensorflow' | 'jax'): Promise<readonly Step[]> =>
  name === 'tensorflow' ? tensorflow() : jax()
