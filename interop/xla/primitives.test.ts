// Every primitive as StableHLO under XLA, at its own samples, beside eager results.
import { isLeft } from 'fp-ts/lib/Either.js'
import { reasons } from 'pullback/compile/export/decompose/reasons'
import * as Export from 'pullback/Export'
import type { Primitive } from 'pullback/Primitive'
import { primitives } from 'pullback/ProgramJson'
import { afterAll, expect } from 'vitest'
import { distance } from '../agree.js'
import { testWith } from '../engines.js'
import { startXla } from './engine.js'
import { samplesOf } from './samples.js'

const xla = startXla()
afterAll(() => {
  xla.stop()
})

const tolerances: Readonly<Record<string, number>> = { float32: 1e-5, float64: 1e-12 }

/** Which results of samples are further from eager ones than rounding is. */
const far = async (primitive: Primitive, dtype: 'float32' | 'float64'): Promise<readonly string[]> => {
  const found: string[] = []
  for (const { program, operands, wanted } of samplesOf(primitive, dtype, 4, 7)) {
    const text = Export.stableHlo(program)
    if (isLeft(text)) return [text.left.message]
    const results = await xla.run(text.right, operands)
    wanted.forEach((each, i) => {
      const off = distance(results[i]!, each)
      if (off > (tolerances[each.dtype] ?? 0)) found.push(`${off.toExponential(1)} at ${operands.join(', ')}`)
    })
  }
  return found
}

const written = primitives.filter((primitive) => !reasons.has(primitive))

for (const primitive of written) {
  await testWith(['python:jax'], primitive.name, async () => {
    expect(await far(primitive, 'float64')).toEqual([])
    expect(await far(primitive, 'float32')).toEqual([])
  })
}
