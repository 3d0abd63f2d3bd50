// The texts that `npm test` compares with: XLA runs them, and gives what eager gives.
import { readFileSync } from 'node:fs'
import * as Tree from 'pullback/Tree'
import { afterAll } from 'vitest'
import { cases } from '../../test/export/cases.js'
import { expectClose } from '../agree.js'
import { testWith } from '../engines.js'
import { startXla } from './engine.js'

const xla = startXla()
afterAll(() => {
  xla.stop()
})

for (const { name, f, args } of cases) {
  await testWith(['python:jax'], `${name}.mlir`, async () => {
    const text = readFileSync(new URL(`../../test/export/fixtures/${name}.mlir`, import.meta.url), 'utf8')
    expectClose(await xla.run(text, args), Tree.leaves(f(...args)), 1e-6)
  })
}
