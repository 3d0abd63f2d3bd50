/** The products of other libraries on their WebAssembly backends, in one thread. */
import * as tf from '@tensorflow/tfjs-core'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { bestOf } from './best.js'

const sizes = [64, 512, 1024]

const values = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 2654435761) % 1000) / 500 - 1)

const tensorflow = async (): Promise<Readonly<Record<string, number>>> => {
  setWasmPaths(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname)
  setThreadsCount(1)
  await tf.setBackend('wasm')
  const time = (n: number): number => {
    const a = tf.tensor2d(values(n * n), [n, n])
    const b = tf.tensor2d(values(n * n), [n, n])
    return bestOf(() => tf.tidy(() => tf.matMul(a, b).dataSync()[0]), 0.8)
  }
  return Object.fromEntries(sizes.map((n) => [`float32 ${n}`, time(n)]))
}

/** It asks the browser for a GPU, which Node 20 has no word for. */
const jax = async (): Promise<Readonly<Record<string, number>>> => {
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: { hardwareConcurrency: 1 } })
  const { defaultDevice, init, numpy } = await import('@jax-js/jax')
  await init()
  defaultDevice('wasm')
  const time = (n: number): number => {
    const a = numpy.array(values(n * n), { shape: [n, n] })
    const b = numpy.array(values(n * n), { shape: [n, n] })
    return bestOf(() => numpy.matmul(a.ref, b.ref).dataSync(), 0.8)
  }
  return Object.fromEntries(sizes.map((n) => [`float32 ${n}`, time(n)]))
}

export const others = (name: string): Promise<Readonly<Record<string, number>>> => {
  if (name === 'tensorflow') return tensorflow()
  if (name === 'jax') return jax()
  throw new Error(`bench: ${name}; products, training, limit, tensorflow or jax is required`)
}
