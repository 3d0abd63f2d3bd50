// Every decomposition gives the values of its primitive, up to rounding, and leaves only primitives of the core set.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draw } from '../../src/arbitrary/draw.js'
import { decompositions } from '../../src/compile/export/decompose/table.js'
import { isFloat } from '../../src/DType.js'
import { bind } from '../../src/primitive/bind.js'
import type { Primitive } from '../../src/primitive/model.js'
import { type Tensor, isConcrete } from '../../src/tensor/model.js'
import * as T from '../../src/Tensor.js'
import { decomposed, runDecomposed } from './decomposed.js'

const numbers = (x: Tensor): readonly number[] => [...T.toArray(T.cast(T.reshape(x, [-1]), 'float64'))].map(Number)

/** The largest difference, relative to the largest element; infinite where one is NaN or infinite and the other is not. */
const distance = (got: readonly number[], wanted: readonly number[]): number => {
  const largest = Math.max(1e-300, ...wanted.filter(Number.isFinite).map(Math.abs))
  return Math.max(
    0,
    ...wanted.map((each, i) => {
      const other = got[i]!
      if (Object.is(each, other) || each === other) return 0
      return Number.isFinite(each) && Number.isFinite(other) ? Math.abs(each - other) / largest : Infinity
    })
  )
}

export const compare = (primitive: Primitive, operands: readonly Tensor[], params: object, tolerance: number): void => {
  const wanted = bind(primitive, operands, params).filter(isConcrete)
  const program = decomposed(primitive, operands, params)
  const got = runDecomposed(program, operands, new Set())
  expect(got.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    wanted.map(({ shape, dtype }) => ({ shape, dtype }))
  )
  wanted.forEach((each, i) => {
    const far = distance(numbers(got[i]!), numbers(each))
    const allowed = isFloat(each.dtype) ? tolerance : 0
    if (!(far <= allowed)) {
      throw new Error(
        `${primitive.name} ${JSON.stringify(params)} of ${operands.map((x) => String(x)).join(', ')}: ` +
          `${String(got[i])} and not ${String(each)}`
      )
    }
  })
}

/** Float operands in float32. */
const single = (x: Tensor): Tensor => (x.dtype === 'float64' ? T.cast(x, 'float32') : x)

describe('decompositions', () => {
  for (const [primitive] of decompositions) {
    const sample = primitive.sample
    if (sample === undefined) continue
    it(`${primitive.name} at its samples`, () => {
      for (const from of fc.sample(draw({ maxElements: 32 }), { numRuns: 40, seed: 16 })) {
        const { operands, params } = sample(from)
        const dtype: unknown = Reflect.get(params, 'dtype')
        compare(primitive, operands, params, dtype === 'float32' ? 1e-5 : 1e-12)
        if (operands.some((x) => x.dtype === 'float64')) compare(primitive, operands.map(single), params, 1e-5)
      }
    })
  }
})
