/** The samples of primitives as programs: each operation alone, on operands that it draws itself. */
import * as fc from 'fast-check'
import * as A from 'pullback/Arbitrary'
import type { Params, Primitive } from 'pullback/Primitive'
import { bind } from 'pullback/primitive/bind'
import type { Program } from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { stage } from 'pullback/transform/stage'

/** One operation as a program, its operands, and what it gives eagerly. */
export interface Sampled {
  readonly program: Program
  readonly operands: readonly T.Tensor[]
  readonly wanted: readonly T.Tensor[]
}

const inType = (dtype: 'float32' | 'float64', x: T.Tensor): T.Tensor =>
  x.dtype === 'float64' && dtype === 'float32' ? T.cast(x, dtype) : x

/** So many samples of a primitive in a type of floats; one that carries programs is as its sample makes it. */
export const samplesOf = (
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
