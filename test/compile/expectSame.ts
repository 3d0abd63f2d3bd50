// Whether a compiled program gives the bits of the function that it was made from.
import * as Debug from 'pullback/Debug'
import type { DType } from 'pullback/DType'
import * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { type Lowered, lowerProgram, runnerOf } from '../../src/compile/run.js'
import { isConcrete } from '../../src/tensor/model.js'
import { differences } from './same.js'

const special = [0, -0, 0, -0, NaN, Infinity, -Infinity, 1e-42, 3e38, -1e-30, 1]

/** Numbers of either sign, a few of them special. */
export const random = (shape: readonly number[], dtype: DType, seed: number): T.Tensor => {
  let state = (seed * 2654435761 + 12345) | 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 24
  }
  const n = shape.reduce((product, each) => product * each, 1)
  const isSpecial = next() < 0.4
  const values = Float64Array.from({ length: n }, () => {
    const value = (next() - 0.5) * 8
    return isSpecial && next() < Math.min(0.1, 4 / n) ? special[Math.floor(next() * special.length)]! : value
  })
  return T.cast(T.fromTypedArray(values, shape), dtype)
}

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
