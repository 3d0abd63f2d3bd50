/** XLA as a process that runs StableHLO text on tensors, one program after another. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as T from 'pullback/Tensor'
import { interpreter } from '../engines.js'

/** Runs a text on inputs. */
export interface Xla {
  readonly run: (text: string, inputs: readonly T.Tensor[]) => Promise<readonly T.Tensor[]>
  readonly stop: () => void
}

interface Entry {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'float64' | 'int32' | 'bool'
  readonly data: string
}

interface Answer {
  readonly outputs?: readonly Entry[]
  readonly error?: string
}

const entryOf = (x: T.Tensor): Entry => {
  const { buffer, byteOffset, byteLength } = T.toArray(x)
  const data = Buffer.from(buffer, byteOffset, byteLength).toString('base64')
  return { shape: [...x.shape], dtype: x.dtype, data }
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array }

const tensorOf = ({ shape, dtype, data }: Entry): T.Tensor => {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  const values = new arrays[dtype](bytes.buffer)
  return T.fromTypedArray(values, shape)
}

/** Starts a process; every run is answered before the next one begins. */
export const startXla = (): Xla => {
  const script = fileURLToPath(new URL('run.py', import.meta.url))
  const child = spawn(interpreter, [script], {
    env: { ...process.env, JAX_PLATFORMS: 'cpu' },
    stdio: ['pipe', 'pipe', 'ignore']
  })
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line))
  child.on('exit', (code) => {
    const line = JSON.stringify({ error: `the process of XLA ended with ${code}` })
    waiting.splice(0).forEach((give) => {
      give(line)
    })
  })
  let known = ''
  const run: Xla['run'] = async (text, inputs) => {
    const request = text === known ? { inputs: inputs.map(entryOf) } : { text, inputs: inputs.map(entryOf) }
    known = text
    const line = await new Promise<string>((resolve) => {
      waiting.push(resolve)
      child.stdin.write(`${JSON.stringify(request)}\n`)
    })
    const answer = JSON.parse(line) as Answer
    if (answer.outputs === undefined) {
      known = ''
      throw new Error(answer.error)
    }
    return answer.outputs.map(tensorOf)
  }
  return { run, stop: () => child.kill() }
}
