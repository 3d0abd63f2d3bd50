import * as fc from 'fast-check'
import * as Law from 'pullback/Law'
import { describe, it } from 'vitest'
import { convolutionInputPrimitive, convolutionKernelPrimitive, convolutionPrimitive } from '../../src/tensor/convolution.js'
describe.each([convolutionPrimitive, convolutionInputPrimitive, convolutionKernelPrimitive].map((p) => [p.name, p] as const))('%s', (_, p) => {
  it.each(Law.primitive(p).map((l) => [l.name, l] as const))('%s', (_n, l) => { fc.assert(l.property, { numRuns: 60 }) })
})
