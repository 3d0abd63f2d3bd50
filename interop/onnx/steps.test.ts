// Steps as ONNX models: one step's loss and gradients, and the losses of twenty steps, beside eager ones.
import { expect } from 'vitest'
import { expectClose, lossesOf } from '../agree.js'
import { testWith } from '../engines.js'
import { type Sample, inFloats, steps } from '../steps.js'
import { type Engine, onEngine } from './engine.js'

const engines: readonly Engine[] = ['onnxruntime-node', 'onnxruntime-web']

/** The losses of steps beside eager ones, as a share of the largest. */
const lossesDiffer = async (engine: Engine, { step, args }: Sample, count: number): Promise<number> => {
  const run = await onEngine(engine, step, args)
  const [found, wanted] = [await lossesOf(run, args, count), await lossesOf(step, args, count)]
  await run.release()
  const off = Math.max(...found.map((loss, i) => Math.abs(loss - wanted[i]!)))
  return off / Math.max(...wanted.map(Math.abs))
}

for (const engine of engines) {
  for (const sample of steps()) {
    const own = inFloats('float32', sample)
    await testWith([engine], `${sample.name}: one step to 1e-5`, async () => {
      const run = await onEngine(engine, own.step, own.args)
      const found = await run(...own.args)
      await run.release()
      expectClose(found, own.step(...own.args), 1e-5)
    })
    if (!sample.trains) continue
    await testWith([engine], `${sample.name}: the losses of 20 steps to 1e-3`, async () => {
      expect(await lossesDiffer(engine, own, 20)).toBeLessThan(1e-3)
    })
  }
}
