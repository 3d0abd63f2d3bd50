// Generated programs, compiled, against the functions that they were made from.
import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import type { Tensor } from 'pullback/Tensor'
import { expect } from 'vitest'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'
import { passed } from '../../src/compile/runner.js'
import { generated } from './generated.js'
import { differences } from './same.js'

type Tensors = readonly Tensor[]

const outcome = (f: () => Tensors): Tensors | string => {
  try {
    return f()
  } catch (error) {
    return String(error)
  }
}

const faultsOf = (found: Tensors | string, wanted: Tensors | string): readonly string[] => {
  if (typeof found !== 'string' && typeof wanted !== 'string') return differences(found, wanted)
  return found === wanted ? [] : [`${String(found)} instead of ${String(wanted)}`]
}

/** Runs so many programs, others for each salt, before and behind the passes, each twice on its memory. */
export const expectAgreement = (numRuns: number, salt: number = 0): void => {
  let ran = 0
  fc.assert(
    fc.property(generated, ({ f, inputs, order }) => {
      const wanted = outcome(() => f(...inputs))
      // a gradient need not compute the value, and meets another error first or none
      if (typeof wanted === 'string' && order > 0) return
      const program = Debug.trace(f)(...inputs)
      for (const each of [program, passed(program)]) {
        const run = runnerOf(lowerProgram(each))!
        for (let i = 0; i < 2; i++)
          expect(
            faultsOf(
              outcome(() => run(inputs as never)),
              wanted
            )
          ).toEqual([])
      }
      ran++
    }),
    { numRuns, seed: (fc.readConfigureGlobal()?.seed ?? 0) + salt }
  )
  expect(ran).toBeGreaterThan(0.6 * numRuns)
}
