/** The samples of primitives as programs: each operation alone, on operands that it draws itself. */
import * as fc from 'fast-check'
import * as A from 'pullback/Arbitrary'
import { reasons } from 'pullback/compile/export/decompose/reasons'
import type { Params, Primitive } from 'pullback/Primitive'
import { primitives } from 'pullback/ProgramJson'
import { bind } from 'pullback/primitive/bind'
import type { Program } from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { stage } from 'pullback/transform/stage'
import { expect } from 'vitest'
import { distance } from './agree.js'
import { testWith } from './engines.js'

/** One operation as a program, its operands, and what it gives eagerly. */
interface Sampled {
  readonly program: Program
  readonly operands: readonly T.Tensor[]
  readonly wanted: readonly T.Tensor[]
}

const inType = (dtype: 'float32' | 'float64', x: T.Tensor): T.Tensor =>
  x.dtype === 'float64' && dtype === 'float32' ? T.cast(x, dtype) : x

/** So many samples of a primitive in a type of floats; one that carries programs is as its sample makes it. */
const samplesOf = (
  primitive: Primitive,
  dtype: 'float32' | 'float64',
  count: number,
  seed: number
): readonly Sampled[] =>
  fc.sample(A.draw({ maxElements: 24 }), { numRuns: count, seed }).flatMap((from) => {
    const drawn = primitive.sample?.(from)
    if (drawn === undefined) return []
    const { params } = drawn
    const operands = primitive.programs === undefined ? drawn.operands.map((x) => inType(dtype, x)) : drawn.operands
    try {
      const wanted = bind<Params>(primitive, operands, params)
      const { program } = stage('sample', operands, (leaves) => bind<Params>(primitive, leaves, params))
      return [{ program, operands, wanted }]
    } catch {
      return []
    }
  })

const tolerances: Readonly<Record<string, number>> = { float32: 1e-5, float64: 1e-12 }

/**
 * Tests that each primitive that is not refused gives on an engine what it gives eagerly, at its own samples. `run` gives the results of
 * a program at operands there, or why it does not run.
 */
export const testPrimitives = async (
  needs: readonly string[],
  { count, seed }: { readonly count: number; readonly seed: number },
  run: (program: Program, operands: readonly T.Tensor[]) => Promise<readonly T.Tensor[] | string>
): Promise<void> => {
  /** Which results are further from eager ones than rounding is. */
  const far = async (primitive: Primitive, dtype: 'float32' | 'float64'): Promise<readonly string[]> => {
    const found: string[] = []
    for (const { program, operands, wanted } of samplesOf(primitive, dtype, count, seed)) {
      const results = await run(program, operands)
      if (typeof results === 'string') return [results]
      wanted.forEach((each, i) => {
        const off = distance(results[i]!, each)
        if (off > (tolerances[each.dtype] ?? 0)) found.push(`${off.toExponential(1)} at ${operands.join(', ')}`)
      })
    }
    return found
  }
  for (const primitive of primitives.filter((each) => !reasons.has(each))) {
    await testWith(needs, primitive.name, async () => {
      expect(await far(primitive, 'float64')).toEqual([])
      expect(await far(primitive, 'float32')).toEqual([])
    })
  }
}
