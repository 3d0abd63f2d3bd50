// Whether a compiled program gives the bits of the function that it was made from.
import * as Debug from 'pullback/Debug'
import type * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { type Lowered, lowerProgram, runnerOf } from '../../src/compile/run.js'
import { isConcrete } from '../../src/tensor/model.js'
import { differences } from './same.js'

/** Whether no operation of a program is run by a kernel of its own. */
export const allLowered = ({ code }: Lowered): boolean => code.segments.every(({ _tag }) => _tag === 'Code')

/** Expects the bits of a function from its program, twice, and that all of it is code. */
export const expectSame = <Inputs extends T.Tensor[]>(
  f: (...inputs: Inputs) => T.Tensor | readonly T.Tensor[],
  inputs: Inputs,
  name: string,
  isWhole = true
): void => {
  const all = (...given: Inputs): readonly T.Tensor[] => [f(...given)].flat()
  const lowered = lowerProgram(Debug.trace(all)(...inputs))
  if (isWhole) expect(allLowered(lowered), `${name} is code`).toBe(true)
  const run = runnerOf(lowered)!
  const wanted = all(...inputs)
  for (let turn = 0; turn < 2; turn++) {
    const found = run(inputs.filter(isConcrete))
    expect(differences(found, wanted).map((each) => `${name}: ${each}`)).toEqual([])
  }
}
