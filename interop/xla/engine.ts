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

/** Casts a line of the process to what it is. */
const answerOf = (line: string): Answer => JSON.parse(line) as Answer

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

const script = fileURLToPath(new URL('run.py', import.meta.url))

/** Sends lines to a process, and gives each the line that answers it. */
const conversation = (): { readonly ask: (line: string) => Promise<string>; readonly stop: () => void } => {
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
  const ask = (line: string): Promise<string> =>
    new Promise((resolve) => {
      waiting.push(resolve)
      child.stdin.write(`${line}\n`)
    })
  return { ask, stop: () => child.kill() }
}

/** XLA in a process that starts at the first run; every run is answered before the next one begins. */
export const startXla = (): Xla => {
  let process: ReturnType<typeof conversation> | undefined
  let known = ''
  const run: Xla['run'] = async (text, inputs) => {
    process ??= conversation()
    const given = inputs.map(entryOf)
    const request = text === known ? { inputs: given } : { text, inputs: given }
    known = text
    const answer = answerOf(await process.ask(JSON.stringify(request)))
    if (answer.outputs !== undefined) return answer.outputs.map(tensorOf)
    known = ''
    throw new Error(answer.error)
  }
  return { run, stop: () => process?.stop() }
}
