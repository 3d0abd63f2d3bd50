// What the tests of all problems share.
import * as E from 'fp-ts/lib/Either.js'
import * as Law from 'pullback/Law'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expect } from 'vitest'

/** Keys of the instances that each problem is held at. */
export const keys: readonly Random.Key[] = Random.split(Random.key(2025), 3)

/**
 * Holds the laws of both modes and, unless others are given, of the second order at a point, centred finite differences in float64 among them; no
 * number may be too coarse to tell.
 */
export const expectLaws = <P>(
  name: string,
  f: (params: P) => unknown,
  at: P,
  laws: readonly Law.FunctionLaw[] = Law.functionLaws.filter((law) => law !== Law.thirdOrder)
): void => {
  const verdict = Law.check(f, { name, laws })(at)
  if (E.isLeft(verdict)) throw new Law.GradientError(verdict.left)
  expect(verdict.right.differences).toBeGreaterThan(0)
  expect(verdict.right.inconclusive).toBe(0)
}

/** Expects numbers to agree to a part of the largest of them. */
export const expectClose = (found: T.Tensor | readonly number[], expected: readonly number[], part = 1e-13): void => {
  const numbers = 'shape' in found ? Array.from(T.toArray(found)) : found
  expect(numbers).toHaveLength(expected.length)
  const bound = part * Math.max(...expected.map(Math.abs))
  numbers.forEach((number, i) => expect(Math.abs(number - (expected[i] ?? NaN))).toBeLessThanOrEqual(bound))
}
