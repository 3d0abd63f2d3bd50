/** Generated programs, those of the compiler's tests, as functions to export: values, gradients and second derivatives of up to 14 operations. */
import * as fc from 'fast-check'
import type * as T from 'pullback/Tensor'
import { type Generated, generated } from '../test/compile/generated.js'

/** A generated function, its arguments, and what it gives there. */
export interface GeneratedProgram extends Generated {
  readonly wanted: readonly T.Tensor[]
}

/** What a function gives, unless it refuses its arguments, as gathering out of range does. */
const valuesOf = ({ f, inputs }: Generated): readonly T.Tensor[] | undefined => {
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
      const wanted = valuesOf(each)
      if (wanted !== undefined && made.length < count) made.push({ ...each, wanted })
    }
  }
  return made
}
