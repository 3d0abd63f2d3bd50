/** What outcomes must be, in every engine. */
import { expect } from 'vitest'
import type { Outcome } from './outcome.js'

/** Expects each sample to agree with eager: results to 1e-5 of the largest element, the loss after 20 steps to 1e-3. Prints a line for each. */
export const expectOutcomes = (engine: string, found: readonly Outcome[]): void => {
  for (const { name, furthest, leaf, after20, trouble } of found) {
    const later = after20 === undefined ? '' : `, the loss after 20 steps to ${after20.toExponential(1)}`
    console.log(`${engine}: ${name}: ${trouble ?? `to ${furthest.toExponential(1)} (${leaf})${later}`}`)
  }
  expect(found.length).toBeGreaterThan(0)
  expect(
    found.filter(({ trouble }) => trouble !== undefined).map(({ name, trouble }) => `${name}: ${trouble}`)
  ).toEqual([])
  expect(found.filter(({ furthest }) => !(furthest <= 1e-5))).toEqual([])
  expect(found.filter(({ after20 = 0 }) => !(after20 <= 1e-3))).toEqual([])
}
