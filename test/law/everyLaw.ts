// The automatic suite, in parts that run side by side.
import * as fc from 'fast-check'
import * as Law from 'pullback/Law'
import { describe, inject, it } from 'vitest'
import { type Found, primitives } from './primitives.js'

const named = (found: readonly Found[]): readonly (readonly [name: string, found: Found])[] =>
  found.map((each) => [`${each.primitive.name} (${each.place})`, each])

/**
 * Holds one part of the primitives to every law: `part` of `parts`, counted from 0. A property runs half as often as others in `npm test`,
 * which has a new seed each time, and as often in `npm run long`.
 */
export const everyLaw = (part: number, parts: number, share = 0.5): void => {
  const own = primitives.filter((_, index) => index % parts === part)
  const numRuns = Math.ceil(share * inject('propertyRuns'))
  describe.each(named(own))('%s', (_, { primitive }) => {
    it.each(Law.primitive(primitive).map((law) => [law.name, law] as const))('%s', (__, { property }) => {
      fc.assert(property, { numRuns })
    })
  })
}
