/** The same work in TensorFlow.js, the library a TypeScript user would pick today. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-backend-cpu'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { type Case, sideBySide, table } from './measure.js'

const n = 512
const scalarSteps = 100

const values = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, (_, i) => (((i * 2654435761) % 1000) / 500 - 1) * scale)

const chainOurs = (x: T.Tensor<[]>): T.Tensor<[]> => {
  let y = x
  for (let i = 0; i < scalarSteps; i++) y = T.sin(y)
  return y
}

setWasmPaths(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname)

const onBackend = async (backend: string): Promise<readonly Case[]> => {
  await tf.setBackend(backend)
  const a = tf.tensor2d(values(n * n), [n, n])
  const b = tf.tensor2d(values(n * n), [n, n])
  return [[`TensorFlow.js, ${backend}`, () => tf.tidy(() => tf.matMul(a, b).dataSync()[0])]]
}

const chainTheirs = async (): Promise<Case> => {
  await tf.setBackend('cpu')
  const x = tf.scalar(1)
  const gradient = tf.grad((start: tf.Tensor) => {
    let y = start
    for (let i = 0; i < scalarSteps; i++) y = tf.sin(y)
    return y
  })
  return ['TensorFlow.js, cpu', () => tf.tidy(() => gradient(x).dataSync()[0])]
}

export const peers = async (): Promise<string> => {
  const a = T.fromTypedArray(values(n * n), [n, n])
  const b = T.fromTypedArray(values(n * n), [n, n])
  const parts: string[] = []
  for (const backend of ['cpu', 'wasm']) {
    const cases = await onBackend(backend)
    parts.push(table(`matmul, float32, ${n} x ${n}`, sideBySide([['pullback', () => T.matmul(a, b)], ...cases], 5)))
  }
  const x = T.scalar(1)
  parts.push(
    table(
      `gradient of a chain of ${scalarSteps} sines`,
      sideBySide([['pullback', () => grad(chainOurs)(x)], await chainTheirs()], 7)
    )
  )
  return parts.join('\n')
}
