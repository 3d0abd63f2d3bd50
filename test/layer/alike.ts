// What the tests of layers compare with, and what they compute on.
import { expect } from 'vitest'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

/** Numbers of a shape, float64: (37 i mod 101) / 32 - 1.5, without two that are equal up to 101 elements. */
export const numbers = (shape: readonly number[]): T.Tensor => {
  const n = shape.reduce((product, each) => product * each, 1)
  return T.fromTypedArray(
    Float64Array.from({ length: n }, (_, i) => ((37 * i) % 101) / 32 - 1.5),
    shape
  )
}

/** Expects two trees of tensors to agree up to rounding. */
export const expectAlike = (found: unknown, wanted: unknown, tolerance = 1e-11): void => {
  const [a, b] = [Tree.leaves(found), Tree.leaves(wanted)]
  expect(a.map(({ shape }) => shape)).toEqual(b.map(({ shape }) => shape))
  a.forEach((leaf, i) => {
    const expected = T.toArray(b[i]!)
    T.toArray(leaf).forEach((value, at) => {
      expect(Math.abs(value - expected[at]!)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected[at]!)))
    })
  })
}
