// 10^3 generated programs as StableHLO under XLA, beside eager ones: values, gradients, second derivatives.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { afterAll, expect } from 'vitest'
import { distance } from '../agree.js'
import { testWith } from '../engines.js'
import { type GeneratedProgram, programs, tolerances, valuesAt } from '../programs.js'
import { startXla } from './engine.js'

const xla = startXla()
afterAll(() => {
  xla.stop()
})

/** XLA on processors takes a subnormal float32 for 0, in arguments and in results. */
const withoutSubnormals = (x: T.Tensor): T.Tensor =>
  x.dtype === 'float32' ? T.where(T.less(T.abs(x), 2 ** -126), 0, x) : x

/** What is wrong with a program under XLA; nothing if it agrees. */
const trouble = async (program: GeneratedProgram): Promise<string | undefined> => {
  const inputs = program.inputs.map(withoutSubnormals)
  const wanted = valuesAt(program, inputs)
  if (wanted === undefined) return undefined
  const text = Export.stableHlo(program.f)(...inputs)
  if (isLeft(text)) return text.left.message
  const found = await xla.run(text.right, inputs)
  const off = wanted.map((each, i) => distance(withoutSubnormals(found[i]!), withoutSubnormals(each)))
  if (off.every((each) => each <= 1e-5)) return undefined
  const allowed = tolerances(program, inputs, wanted)
  const furthest = off.findIndex((each, i) => !(each <= allowed[i]!))
  return furthest < 0
    ? undefined
    : `${off[furthest]} in result ${furthest}, order ${program.order}: ${JSON.stringify(program.codes)} at ${inputs.join(', ')}`
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
