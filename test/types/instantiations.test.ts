// What types cost the compiler: instantiations, which are the same on every machine.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '../../scripts/sources.js'

const folder = join(root, '.doc-blocks', `instantiations-${process.pid}`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A model of dense layers of other sizes each, and functions between them. */
const modelOf = (layers: number): string => {
  const pairs = Array.from({ length: layers / 2 }, (_, i) => `Layer.dense(${i + 3}, ${i + 4}), T.tanh`)
  return [
    "import * as Layer from 'pullback/Layer'",
    "import * as T from 'pullback/Tensor'",
    `const model = Layer.sequential(${pairs.join(', ')})`,
    'export const predict: (x: T.Tensor<[7, 3]>, params: Layer.ParamsOf<typeof model>) => unknown = (x, params) =>',
    '  Layer.predict(model)(params, params as never)(x)'
  ].join('\n')
}

/** How many instantiations the compiler makes of a program. */
const instantiationsOf = (name: string, program: string): number => {
  const own = join(folder, name)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'program.ts'), program)
  writeFileSync(
    join(own, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', include: ['.'], exclude: [] })
  )
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', own, '--pretty', 'false', '--extendedDiagnostics']
  const { stdout } = spawnSync(process.execPath, args, { cwd: own, encoding: 'utf8' })
  expect(stdout).not.toContain('error TS')
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1])
}

test('60 layers in a row cost at most 30,000 instantiations more than two', { timeout: 120_000 }, () => {
  const difference = instantiationsOf('sixty', modelOf(60)) - instantiationsOf('two', modelOf(2))
  expect(difference).toBeGreaterThan(0)
  expect(difference).toBeLessThan(30_000)
})
