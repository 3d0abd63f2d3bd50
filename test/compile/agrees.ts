// Generated programs, compiled, against the functions that they were made from.
import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import { expect } from 'vitest'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'
import { passed } from '../../src/compile/runner.js'
import { generated } from './generated.js'
import { differences } from './same.js'

/** Runs so many programs, others for each salt, each twice on its memory, and each behind the passes as well. */
export const expectAgreement = (numRuns: number, salt: number = 0): void => {
  let ran = 0
  fc.assert(
    fc.property(generated, ({ f, inputs }) => {
      const program = Debug.trace(f)(...inputs)
      const wanted = f(...inputs)
      for (const each of [program, passed(program)]) {
        const run = runnerOf(lowerProgram(each))!
        for (let i = 0; i < 2; i++) expect(differences(run(inputs as never), wanted)).toEqual([])
      }
      ran++
    }),
    { numRuns, seed: (fc.readConfigureGlobal()?.seed ?? 0) + salt }
  )
  expect(ran).toBeGreaterThanOrEqual(numRuns)
}
