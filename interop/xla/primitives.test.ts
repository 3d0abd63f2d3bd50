// Every primitive as StableHLO under XLA, at its own samples, beside eager results.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import { afterAll } from 'vitest'
import { testPrimitives } from '../samples.js'
import { startXla } from './engine.js'

const xla = startXla()
afterAll(() => {
  xla.stop()
})

await testPrimitives(['python:jax'], { count: 4, seed: 7 }, async (program, operands) => {
  const text = Export.stableHlo(program)
  return isLeft(text) ? text.left.message : xla.run(text.right, operands)
})
