import { expect } from 'vitest'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

/** Two trees are equal up to a tolerance, relative to the larger element of the two, at least 1. */
export const close = (found: unknown, expected: unknown, tolerance: number): void => {
  const a = Tree.leaves(found)
  const b = Tree.leaves(expected)
  expect(a.map(({ shape }) => shape)).toEqual(b.map(({ shape }) => shape))
  a.forEach((leaf, i) => {
    const other = T.toArray(b[i]!)
    const scale = Math.max(1, ...other.map(Math.abs))
    T.toArray(leaf).forEach((value, k) => {
      expect(Math.abs(value - other[k]!)).toBeLessThanOrEqual(tolerance * scale)
    })
  })
}
