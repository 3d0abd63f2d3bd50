import { expect, test } from 'vitest'
import { bytesFile, generate, generateBytes, templates, twinOf } from '../../scripts/generate-kernels.js'
import { textOf } from '../../scripts/sources.js'

test.each(templates)('the float64 twin of %s is what the script makes of it', async (file) => {
  expect(textOf(twinOf(file))).toBe(await generate(file))
})

test('the bytes of the library are those of its instruction trees', () => {
  expect(textOf(bytesFile)).toBe(generateBytes())
})
