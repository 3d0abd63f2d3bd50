import { expect, test } from 'vitest'
import {
  bytesFile,
  generate,
  generateBytes,
  generateFunctions,
  generateLogistic,
  logisticTwin,
  templates,
  twinOf
} from '../../scripts/generate-kernels.js'
import { textOf } from '../../scripts/sources.js'

test.each(templates)('the float64 twin of %s is what the script makes of it', async (file) => {
  expect(textOf(twinOf(file))).toBe(await generate(file))
})

test('the bytes of the library are those of its instruction trees', () => {
  expect(textOf(bytesFile)).toBe(generateBytes())
})

test('the functions of float32 are what their definitions print', async () => {
  const files = await generateFunctions()
  expect(files.size).toBe(10)
  for (const [file, text] of files) expect(textOf(file)).toBe(text)
})

test('the logistic functions of float32 are those of float64 by other exponentials and logarithms', async () => {
  expect(textOf(logisticTwin)).toBe(await generateLogistic())
})
