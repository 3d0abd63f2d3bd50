/** Generated programs, those of the compiler's tests, as functions to export: values, gradients and second derivatives of up to 14 operations. */
import * as fc from 'fast-check'
import * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { type Generated, generated } from '../test/compile/generated.js'
import { distance } from './agree.js'
import { testWith } from './engines.js'

/** A generated function, its arguments, and what it gives there. */
export interface GeneratedProgram extends Generated {
  readonly wanted: readonly T.Tensor[]
}

/** What a program gives at arguments, unless it refuses them. */
const valuesAt = ({ f }: Pick<Generated, 'f'>, inputs: readonly T.Tensor[]): readonly T.Tensor[] | undefined => {
  try {
    return f(...inputs)
  } catch {
    return undefined
  }
}

/** Floats that are a few roundings away. */
const nudged = (x: T.Tensor): T.Tensor =>
  x.dtype === 'float32' || x.dtype === 'float64'
    ? T.mul(x, T.scalar(1 + (x.dtype === 'float32' ? 2 ** -22 : 2 ** -50), x.dtype))
    : x

/** Engines take some subnormal float32 for 0, in arguments and in results. */
export const withoutSubnormals = (x: T.Tensor): T.Tensor =>
  x.dtype === 'float32' ? T.where(T.less(T.abs(x), 2 ** -126), 0, x) : x

/** Where an engine's results are not those of a program: further off than 1e-5, and than a few roundings of the arguments move them. */
const differenceOf = (
  program: Generated,
  inputs: readonly T.Tensor[],
  wanted: readonly T.Tensor[],
  found: readonly T.Tensor[]
): string | undefined => {
  const off = wanted.map((each, i) => distance(withoutSubnormals(found[i]!), withoutSubnormals(each)))
  if (off.every((each) => each <= 1e-5)) return undefined
  const beside = valuesAt(program, inputs.map(nudged))
  const allowed = wanted.map((each, i) => Math.max(1e-5, beside === undefined ? 0 : 4 * distance(beside[i]!, each)))
  const furthest = off.findIndex((each, i) => !(each <= allowed[i]!))
  return furthest < 0
    ? undefined
    : `${off[furthest]} in result ${furthest}, order ${program.order}: ${JSON.stringify(program.codes)} at ${inputs.join(', ')}`
}

/** So many generated programs that run; the same for the same seed. */
export const programs = (count: number, seed: number): readonly GeneratedProgram[] => {
  const made: GeneratedProgram[] = []
  for (let round = 0; made.length < count; round++) {
    for (const each of fc.sample(generated, { numRuns: count, seed: seed + round })) {
      const wanted = valuesAt(each, each.inputs)
      if (wanted !== undefined && made.length < count) made.push({ ...each, wanted })
    }
  }
  return made
}

const rounds = 10

/**
 * Tests that 10^3 generated programs give on an engine what they give eagerly, at arguments that the engine takes. `run` gives the
 * results of a function at arguments there, or why it does not run.
 */
export const testPrograms = async (
  needs: readonly string[],
  taken: (x: T.Tensor) => T.Tensor,
  run: (f: Generated['f'], inputs: readonly T.Tensor[]) => Promise<readonly T.Tensor[] | string>
): Promise<void> => {
  const trouble = async (program: Generated): Promise<string | undefined> => {
    const inputs = program.inputs.map(taken)
    const wanted = valuesAt(program, inputs)
    if (wanted === undefined) return undefined
    const found = await run(program.f, inputs)
    return typeof found === 'string' ? found : differenceOf(program, inputs, wanted, found)
  }
  for (let round = 0; round < rounds; round++) {
    await testWith(needs, `programs, round ${round + 1} of ${rounds}`, async () => {
      const found: string[] = []
      for (const program of programs(100, 1600 + round)) {
        const what = await trouble(program)
        if (what !== undefined) found.push(what)
      }
      expect(found).toEqual([])
    })
  }
}
