/** One process of the comparison of engines: measures one way to run the steps and prints numbers as JSON. */
import * as modules from 'node:module'
import { writeFileSync } from 'node:fs'
import { isLeft } from 'fp-ts/lib/Either.js'
import { stableHlo } from 'pullback/Export'
import { jit } from 'pullback/Jit'
import { type Engine, step as onEngine } from 'pullback/engine/OnnxRuntime'
import type { Sample } from '../interop/steps.js'
import { convolutional, perceptron } from '../interop/steps/training.js'
import { spreadOf } from './best.js'

const samples: Readonly<Record<string, Sample>> = { perceptron: perceptron(), CNN: convolutional() }
const seconds = 2

type Run = () => Promise<unknown>

/** The least and the median time of an asynchronous call, in seconds, behind a warm-up of the same length. */
const spreadOfAsync = async (run: Run): Promise<ReturnType<typeof spreadOf>> => {
  const timed = async (): Promise<readonly number[]> => {
    const all: number[] = []
    const end = performance.now() + 1000 * seconds
    do {
      const start = performance.now()
      await run()
      all.push((performance.now() - start) / 1000)
    } while (performance.now() < end)
    return all.sort((a, b) => a - b)
  }
  await timed()
  const all = await timed()
  return { best: all[0] ?? NaN, median: all[all.length >> 1] ?? NaN }
}

/** Casts what another package exports: the module of the engine that interop/ has installed. */
const engineOf = (name: string): Engine =>
  modules.createRequire(new URL('../../interop/package.json', import.meta.url))(name) as Engine

/** A step of training, as `step` of the engine takes it. */
type Training = (state: unknown, batch: unknown) => readonly [unknown, unknown]

const engineRun = async ({ step, args: [state, batch] }: Sample): Promise<Run> => {
  const made = await onEngine(step as Training, { engine: engineOf('onnxruntime-node'), threads: 1 })(state, batch)()
  if (isLeft(made)) throw new Error(made.left.message)
  const advance = made.right
  const start = advance.place(state)
  return () => advance(start, batch)
}

const measured = async (kind: string, sample: Sample): Promise<ReturnType<typeof spreadOf>> => {
  const { step, args } = sample
  if (kind === 'onnxruntime-node') return spreadOfAsync(await engineRun(sample))
  const run = kind === 'jit' ? jit(step) : step
  return spreadOf(() => run(...args), seconds)
}

const [kind = '', folder = '.'] = process.argv.slice(2)
const found: Record<string, number> = {}
for (const [name, sample] of Object.entries(samples)) {
  if (kind === 'text') {
    const text = stableHlo(sample.step)(...sample.args)
    if (isLeft(text)) throw new Error(text.left.message)
    writeFileSync(`${folder}/${name}.mlir`, text.right)
  } else {
    const { best, median } = await measured(kind, sample)
    found[name] = best
    found[`median ${name}`] = median
  }
}
console.log(JSON.stringify(found))
