// The table of lowerings has a row for each primitive that claims one, and no other primitive gets it.
import { codeNameOf } from '../../src/primitive/code.js'
import { lowerings } from '../../src/compile/lowerings.js'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { primitives } from '../law/primitives.js'

test('names of code and rows are the same', () => {
  const claimed = primitives.flatMap(({ primitive }) => codeNameOf(primitive) ?? [])
  const ofPasses = ['checkpoint', 'customJvp', 'customVjp', 'jit', 'scan']
  expect([...new Set(claimed)].sort()).toEqual([...lowerings.keys(), ...ofPasses].sort())
})

test('a copy of a primitive has no code', () => {
  expect(codeNameOf(T.matmul.primitive)).toBe('matmul')
  expect(codeNameOf({ ...T.matmul.primitive })).toBeUndefined()
})
