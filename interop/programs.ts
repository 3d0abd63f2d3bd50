/** Generated programs, those of the compiler's tests, as functions to export: values, gradients and second derivatives of up to 14 operations. */
import * as fc from 'fast-check'
import * as T from 'pullback/Tensor'
import { type Generated, generated } from '../test/compile/generated.js'
import { distance } from './agree.js'

/** A generated function, its arguments, and what it gives there. */
export interface GeneratedProgram extends Generated {
  readonly wanted: readonly T.Tensor[]
}

/** What a program gives at arguments, unless it refuses them. */
export const valuesAt = ({ f }: Pick<Generated, 'f'>, inputs: readonly T.Tensor[]): readonly T.Tensor[] | undefined => {
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

/** How far results may be: 1e-5, or as far as a few roundings of the arguments move them. */
export const tolerances = (
  program: Pick<Generated, 'f'>,
  inputs: readonly T.Tensor[],
  wanted: readonly T.Tensor[]
): readonly number[] => {
  const beside = valuesAt(program, inputs.map(nudged))
  return wanted.map((each, i) => Math.max(1e-5, beside === undefined ? 0 : 4 * distance(beside[i]!, each)))
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
