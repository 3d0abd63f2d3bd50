// Steps of training in onnxruntime-node on one thread, beside PyTorch's where PYTHON has it: the time of the processor, in turns on one machine.
import { fileURLToPath } from 'node:url'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import { expect } from 'vitest'
import { python, testWith } from '../engines.js'
import { type Sample, convolutional, perceptron } from '../steps.js'
import { bytesOf, modelOn } from './engine.js'

/** The processor's time of a step, in milliseconds: the least of so many rounds. */
const timeOf = async ({ step, args }: Sample, rounds: number): Promise<number> => {
  const program = Debug.trace(step)(...args)
  const model = await modelOn('onnxruntime-node', bytesOf(Export.onnx(program)))
  const run = model.again(program.flatten([...args]))
  let least = Infinity
  for (let i = 0; i < rounds; i++) {
    const before = process.cpuUsage()
    for (let k = 0; k < 10; k++) await run()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1e4)
  }
  await model.release()
  return least
}

const script = fileURLToPath(new URL('torchSteps.py', import.meta.url))

for (const [name, sample, bound] of [
  ['perceptron', perceptron(), 1],
  ['convolutional', convolutional(), 2.2]
] as const) {
  await testWith(['onnxruntime-node', 'python:torch'], `${name}: at most ${bound} times PyTorch's time`, async () => {
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < 2; round++) {
      ours.push(await timeOf(sample, 6))
      theirs.push(Number(python([script, name, '6'])))
    }
    const ratio = Math.min(...ours) / Math.min(...theirs)
    console.log(`${name}: ${Math.min(...ours).toFixed(2)} ms, PyTorch ${Math.min(...theirs).toFixed(2)} ms`)
    expect(ratio).toBeLessThan(bound)
  })
}
