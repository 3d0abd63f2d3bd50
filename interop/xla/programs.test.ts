// 10^3 generated programs as StableHLO under XLA, beside eager ones: values, gradients, second derivatives.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { afterAll, expect } from 'vitest'
import { testWith } from '../engines.js'
import { type GeneratedProgram, differenceOf, programs, valuesAt, withoutSubnormals } from '../programs.js'
import { startXla } from './engine.js'

const xla = startXla()
afterAll(() => {
  xla.stop()
})

/** Numbers whose squares are in the range of float32, in which XLA computes moments and lengths; infinities and NaN stay. */
const squarable = (x: T.Tensor): T.Tensor =>
  x.dtype === 'float32' ? T.where(T.logicalAnd(T.isFinite(x), T.greater(T.abs(x), 2 ** 60)), 2 ** 60, x) : x

/** What is wrong with a program under XLA; nothing if it agrees. */
const trouble = async (program: GeneratedProgram): Promise<string | undefined> => {
  const inputs = program.inputs.map((x) => squarable(withoutSubnormals(x)))
  const wanted = valuesAt(program, inputs)
  if (wanted === undefined) return undefined
  const text = Export.stableHlo(program.f)(...inputs)
  if (isLeft(text)) return text.left.message
  const found = await xla.run(text.right, inputs)
  return differenceOf(program, inputs, wanted, found)
}

const rounds = 10
for (let round = 0; round < rounds; round++) {
  await testWith(['python:jax'], `programs, round ${round + 1} of ${rounds}`, async () => {
    const found: string[] = []
    for (const program of programs(100, 1600 + round)) {
      const what = await trouble(program)
      if (what !== undefined) found.push(what)
    }
    expect(found).toEqual([])
  })
}
