/** One process of the comparison of engines: measures one way to run the steps and prints numbers as JSON. */
import * as modules from 'node:module'
import { writeFileSync } from 'node:fs'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scan } from 'pullback/Control'
import { stableHlo } from 'pullback/Export'
import { jit } from 'pullback/Jit'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { type Engine, step as onEngine } from 'pullback/engine/OnnxRuntime'
import type { Sample } from '../interop/steps.js'
import { convolutional, perceptron } from '../interop/steps/training.js'
import { spreadOf } from './best.js'

/** A step of training, as `step` of the engine takes it. */
type Training = (state: unknown, batch: unknown) => readonly [state: unknown, loss: T.Tensor]

interface Trained {
  readonly step: Training
  readonly args: readonly [state: unknown, batch: unknown]
}

/** Casts a step that tells its gradient too to one that tells the loss alone, as training does. */
const training = ({ step, args }: Sample): Trained => {
  const [state, batch] = args
  const told = (given: unknown, of: unknown) => step(given, of) as readonly [unknown, { readonly loss: T.Tensor }]
  return {
    step: (given, of) => {
      const [next, { loss }] = told(given, of)
      return [next, loss]
    },
    args: [state, batch]
  }
}

const samples: Readonly<Record<string, Trained>> = {
  perceptron: training(perceptron()),
  CNN: training(convolutional())
}
const seconds = 2

type Run = () => Promise<unknown>
type Spread = ReturnType<typeof spreadOf>

/** The least and the median time of an asynchronous call, in seconds, behind a warm-up of the same length. */
const spreadOfAsync = async (run: Run): Promise<Spread> => {
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

/** The step on the engine, always of the first state: training on one batch for long would end in gradients that are subnormal numbers. */
const engineRun = async ({ step, args: [start, batch] }: Trained): Promise<Run> => {
  const options = { engine: engineOf('onnxruntime-node'), threads: 1 }
  const made = await onEngine(step, options)(start, batch)()
  if (isLeft(made)) throw new Error(made.left.message)
  const advance = made.right
  const state = advance.place(start)
  return () => advance(state, batch)
}

/** Several steps in one, by `scan` over as many batches, whose type is not known here. */
const several = ({ step, args: [state, batch] }: Trained, count: number): Trained => ({
  step: (first, batches) => scan(step)(first, batches as never),
  args: [state, Tree.map(batch, (leaf: T.Tensor) => T.stack(new Array<T.Tensor>(count).fill(leaf)))]
})

const over = ({ best, median }: Spread, count: number): Spread => ({ best: best / count, median: median / count })

const measured = async (kind: string, sample: Trained): Promise<Spread> => {
  const { step, args } = sample
  if (kind === 'onnxruntime-node') return spreadOfAsync(await engineRun(sample))
  const count = Number(/^(\d+) a call$/.exec(kind)?.[1] ?? 0)
  if (count > 0) return over(await spreadOfAsync(await engineRun(several(sample, count))), count)
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
