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

/** Engines take some subnormal float32 for 0, in arguments and in results. */
export const withoutSubnormals = (x: T.Tensor): T.Tensor =>
  x.dtype === 'float32' ? T.where(T.less(T.abs(x), 2 ** -126), 0, x) : x

/** Where an engine's results are not those of a program: further off than 1e-5, and than a few roundings of the arguments move them. */
export const differenceOf = (
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
