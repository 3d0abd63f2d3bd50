// Every test file draws its properties from the seed that property-seed.ts printed.
import fc from 'fast-check'
import { inject } from 'vitest'

fc.configureGlobal({ seed: inject('propertySeed'), numRuns: inject('propertyRuns') })
