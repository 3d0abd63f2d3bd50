// Normalisations: means and variances of rule 6 and 7, with quotients and roots.
import type { FloatDType } from 'pullback/DType'
import * as T from 'pullback/Tensor'
import { type Case, type One, floats, withPullback } from '../case.js'
import { between, cotangent } from '../inputs.js'

const table = (dtype: FloatDType): Readonly<Record<string, One>> => {
  const [scale, shift] = [between(0.5, 2, dtype, [6], 130), cotangent(dtype, [6], 131)]
  return {
    batchNorm: (x) => T.batchNorm(x, { scale, shift }),
    groupNorm: (x) => T.groupNorm(x, { groups: 3, scale, shift }),
    instanceNorm: (x) => T.instanceNorm(x, { scale, shift }),
    l2Normalize: (x) => T.l2Normalize(x, { axis: 1 }),
    layerNorm: (x) => T.layerNorm(x, { axis: [1, 2, 3] }),
    rmsNorm: (x) => T.rmsNorm(x, { axis: 3 })
  }
}

const cases = (dtype: FloatDType, of: Readonly<Record<string, One>>): readonly Case[] =>
  Object.entries(of).map(([name, f]) => ({
    name: `${name} ${dtype}`,
    operands: [cotangent(dtype, [5, 6, 7, 8], 132)],
    f: withPullback(dtype, (x: T.Tensor) => f(x))
  }))

export const normalisations: readonly Case[] = [
  ...floats.flatMap((dtype) => cases(dtype, table(dtype))),
  // its power is a function of rule 2
  ...cases('float32', { localResponseNorm: (x) => T.localResponseNorm(x, { size: 3, alpha: 0.5 }) })
]
