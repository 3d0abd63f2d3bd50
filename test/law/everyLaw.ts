// The automatic suite, in parts that run side by side.
import * as fc from 'fast-check'
import * as Law from 'pullback/Law'
import { describe, it } from 'vitest'
import { mappingWithin } from '../../src/law/mapped.js'
import { propertyOf } from '../../src/law/suite.js'
import { type Found, primitives } from './primitives.js'

const named = (found: readonly Found[]): readonly (readonly [name: string, found: Found])[] =>
  found.map((each) => [`${each.primitive.name} (${each.place})`, each])

/** Holds one part of the primitives to every law: `part` of `parts`, counted from 0. */
export const everyLaw = (part: number, parts: number): void => {
  const own = primitives.filter((_, index) => index % parts === part)
  describe.each(named(own))('%s', (_, { primitive }) => {
    it.each(Law.primitive(primitive).map((law) => [law.name, law] as const))('%s', (__, { property }) => {
      fc.assert(property)
    })
  })

  describe('vmap is the stack of examples bit for bit', () => {
    it.each(named(own))('%s', (_, found) => {
      fc.assert(propertyOf(found.primitive, mappingWithin(0)), { numRuns: 20 })
    })
  })
}
