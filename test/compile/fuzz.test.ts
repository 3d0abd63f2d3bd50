// Compiled programs against eager functions, bit for bit.
import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import { expect, test } from 'vitest'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'
import { generated } from './generated.js'
import { differences } from './same.js'

test('programs give the bits of the functions that they were made from', () => {
  let ran = 0
  fc.assert(
    fc.property(generated, ({ f, inputs }) => {
      const program = Debug.trace(f)(...inputs)
      const run = runnerOf(lowerProgram(program))!
      ran++
      expect(differences(run(inputs as never), f(...inputs))).toEqual([])
      expect(differences(run(inputs as never), f(...inputs))).toEqual([])
    }),
    { numRuns: 500 }
  )
  expect(ran).toBeGreaterThan(400)
})
