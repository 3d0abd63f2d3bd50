// Compiled programs against eager functions, bit for bit.
import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import type { Tensor } from 'pullback/Tensor'
import { expect, test } from 'vitest'
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

test('programs give the bits of the functions that they were made from, before and behind the passes', () => {
  let ran = 0
  fc.assert(
    fc.property(generated, ({ f, inputs, order }) => {
      const wanted = outcome(() => f(...inputs))
      // a gradient need not compute the value, and meets another error first or none
      if (typeof wanted === 'string' && order > 0) return
      const program = Debug.trace(f)(...inputs)
      ran++
      for (const each of [program, passed(program)]) {
        const run = runnerOf(lowerProgram(each))!
        const found = outcome(() => run(inputs as never))
        expect(faultsOf(found, wanted)).toEqual([])
      }
    }),
    { numRuns: 300 }
  )
  expect(ran).toBeGreaterThan(200)
})
