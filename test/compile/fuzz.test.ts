// Compiled programs against eager functions, bit for bit.
import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'
import { generated } from './generated.js'

const concrete = (x: T.Tensor) => T.toArray(T.ravel(x))

const differences = (found: readonly T.Tensor[], wanted: readonly T.Tensor[]): readonly string[] =>
  wanted.flatMap((x, i) => {
    const y = found[i]!
    if (y.dtype !== x.dtype || y.shape.join() !== x.shape.join()) return [`output ${i}: ${y} instead of ${x}`]
    const [own, other] = [concrete(y), concrete(x)]
    return own.some((each, j) => !Object.is(each, other[j])) ? [`output ${i}: ${y} instead of ${x}`] : []
  })

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
