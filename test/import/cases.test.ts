// Every operation beside the values that the onnx package has for it.
import { expect, test } from 'vitest'
import { operations } from '../../src/import/operations/table.js'
import { bytesOf, cases, distance, imported, tensor, toleranceOf } from './fixtures.js'

const all = cases()

test.each(all)('$name', (each) => {
  const model = imported(bytesOf(each.model))
  const outputs = model.apply(model.params)(...each.inputs.map(tensor))
  expect(outputs).toHaveLength(each.outputs.length)
  each.outputs.forEach((wanted, i) =>
    expect(distance(outputs[i]!, tensor(wanted)), `output ${i}`).toBeLessThan(toleranceOf(each))
  )
})

test('the cases are of every operation but those whose own are large or old, which operations.test.ts has', () => {
  const seen = new Set(all.flatMap((each) => each.operations))
  const missing = Object.keys(operations).filter((name) => !seen.has(name))
  expect(missing.sort()).toEqual(['Erf', 'GlobalLpPool', 'LRN', 'Mish', 'Not', 'Slice'])
})
