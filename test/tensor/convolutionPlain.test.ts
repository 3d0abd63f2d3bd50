// Convolutions where there is no WebAssembly: the same bits.
import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import { expect, test, vi } from 'vitest'
import { cases, expectLoops, wide } from './convolutionCases.js'

vi.stubGlobal('WebAssembly', undefined)

test('there is no library', () => {
  expect(Debug.environment().products).toBe('typescript')
})

test.each(['float32', 'float64'] as const)('small convolutions in %s', (dtype) => {
  fc.assert(fc.property(cases, (each) => expectLoops(each, dtype)))
})

test.each(
  wide.map((each) => [[each.inputs, each.outputs, each.window, each.input].map(String).join(' '), each] as const)
)('long rows: %s', (_, each) => expectLoops(each, 'float32'))
