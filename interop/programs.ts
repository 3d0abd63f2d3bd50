/** Generated programs, those of the compiler's tests, as functions to export: values, gradients and second derivatives of up to 14 operations. */
import * as fc from 'fast-check'
import type * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { type Generated, generated } from '../test/compile/generated.js'
import { testWith } from './engines.js'
import { type Exported, judged, operationsOf } from './rounding.js'

/** A generated function, its arguments, and what it gives there. */
export interface GeneratedProgram extends Generated {
  readonly wanted: readonly T.Tensor[]
}

/** What a program gives at arguments, unless it refuses them. */
const valuesAt = (f: Exported, inputs: readonly T.Tensor[]): readonly T.Tensor[] | undefined => {
  try {
    return f(...inputs)
  } catch {
    return undefined
  }
}

/** So many generated programs that run; the same for the same seed. */
export const programs = (count: number, seed: number): readonly GeneratedProgram[] => {
  const made: GeneratedProgram[] = []
  for (let round = 0; made.length < count; round++) {
    for (const each of fc.sample(generated, { numRuns: count, seed: seed + round })) {
      const wanted = valuesAt(each.f, each.inputs)
      if (wanted !== undefined && made.length < count) made.push({ ...each, wanted })
    }
  }
  return made
}

const rounds = 10

/** The results of a function at arguments on an engine, or why it does not run there. */
type RunOn = (f: Exported, inputs: readonly T.Tensor[]) => Promise<readonly T.Tensor[] | string>

/** What is wrong with an operation of a function at arguments when an engine runs it alone, on operands that it takes. */
const wrongAlone = async (
  run: RunOn,
  taken: (x: T.Tensor) => T.Tensor,
  f: Exported,
  inputs: readonly T.Tensor[]
): Promise<string | undefined> => {
  for (const { name, f: alone, operands } of operationsOf(f, inputs)) {
    const own = operands.map(taken)
    const wanted = valuesAt(alone, own)
    if (wanted === undefined) continue
    const found = await run(alone, own)
    const judgement = typeof found === 'string' ? found : judged(alone, own, wanted, found)
    if (typeof judgement === 'string') return judgement
    if (judgement._tag === 'Far') return `${name} alone: ${judgement.where}, at ${own.join(', ')}`
  }
  return undefined
}

/** The most programs of a hundred that roundings may set apart from eager ones. */
const fewApart = 5

/**
 * Tests that 10^3 generated programs give on an engine what they give eagerly, at arguments that the engine takes. Few may be apart by
 * roundings, and each operation of those must be right alone.
 */
export const testPrograms = async (
  needs: readonly string[],
  taken: (x: T.Tensor) => T.Tensor,
  run: RunOn
): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    await testWith(needs, `programs, round ${round + 1} of ${rounds}`, async () => {
      const wrong: string[] = []
      let apart = 0
      for (const program of programs(100, 1600 + round)) {
        const { f, codes, order } = program
        const inputs = program.inputs.map(taken)
        const wanted = valuesAt(f, inputs)
        if (wanted === undefined) continue
        const found = await run(f, inputs)
        const judgement = typeof found === 'string' ? found : judged(f, inputs, wanted, found)
        const say = (what: string): void => {
          wrong.push(`${what}; order ${order}, ${JSON.stringify(codes)} at ${inputs.join(', ')}`)
        }
        if (typeof judgement === 'string') say(judgement)
        else if (judgement._tag === 'Far') say(judgement.where)
        else if (judgement._tag === 'Rounded') {
          apart++
          const what = await wrongAlone(run, taken, f, inputs)
          if (what !== undefined) say(what)
        }
      }
      expect(wrong).toEqual([])
      expect(apart).toBeLessThanOrEqual(fewApart)
    })
  }
}
