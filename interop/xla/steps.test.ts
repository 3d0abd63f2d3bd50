// Steps as StableHLO under XLA: one step's loss and gradients, and the losses of twenty steps, beside eager ones.
import { isRight } from 'fp-ts/lib/Either.js'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { afterAll, beforeAll, expect } from 'vitest'
import { expectClose, lossesOf } from '../agree.js'
import { testWith } from '../engines.js'
import { type Sample, inFloats, steps } from '../steps.js'
import { type Xla, startXla } from './engine.js'

let xla: Xla
beforeAll(() => {
  xla = startXla()
})
afterAll(() => {
  xla.stop()
})

/** The function on XLA. */
const onXla = ({ step, args }: Sample): ((...args: readonly unknown[]) => Promise<unknown>) => {
  const program = Debug.trace(step)(...args)
  const text = Export.stableHlo(program)
  if (!isRight(text)) throw new Error(text.left.message)
  return async (...given) => program.unflatten(await xla.run(text.right, program.flatten([...given])))
}

for (const sample of steps()) {
  for (const [dtype, tolerance] of [
    ['float32', 1e-5],
    ['float64', 1e-12]
  ] as const) {
    const own = inFloats(dtype, sample)
    await testWith(['python:jax'], `${sample.name} in ${dtype}: one step to ${tolerance}`, async () => {
      const wanted = own.step(...own.args)
      expectClose(await onXla(own)(...own.args), wanted, tolerance)
      expect(Tree.leaves(wanted).every((x: T.Tensor) => T.item(T.all(T.isFinite(T.cast(x, 'float64')))))).toBe(true)
    })
  }
  if (!sample.trains) continue
  await testWith(['python:jax'], `${sample.name}: the losses of 20 steps to 1e-3`, async () => {
    const own = inFloats('float32', sample)
    const [found, wanted] = [await lossesOf(onXla(own), own.args, 20), await lossesOf(own.step, own.args, 20)]
    const largest = Math.max(...wanted.map(Math.abs))
    const off = Math.max(...found.map((loss, i) => Math.abs(loss - wanted[i]!)))
    expect(off / largest).toBeLessThan(1e-3)
  })
}
