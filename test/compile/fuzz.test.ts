// Random programs, compiled, give the bits of the functions that they were made from. 10^5 of them: npm run long.
import * as fc from 'fast-check'
import { test } from 'vitest'
import { expectAgreement } from './agrees.js'

test('programs give the bits of the functions that they were made from', () => {
  expectAgreement(2 * (fc.readConfigureGlobal()?.numRuns ?? 100))
})
