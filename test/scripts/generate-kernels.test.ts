import { expect, test } from 'vitest'
import { generate, templates, twinOf } from '../../scripts/generate-kernels.js'
import { textOf } from '../../scripts/sources.js'

test.each(templates)('the float64 twin of %s is what the script makes of it', async (file) => {
  expect(textOf(twinOf(file))).toBe(await generate(file))
})
