import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { closedFiles, publicModules, root } from '../../scripts/sources.js'
import { install } from './install.js'

const installation = install(['fp-ts', 'io-ts', 'pbf', 'fast-check'])
afterAll(installation.remove)

const modules = publicModules()
const closed = closedFiles()
const nameOf = (module: string): string => module.split('/').at(-1) ?? module
const consumer = [
  `import * as pullback from 'pullback'`,
  ...modules.map((name) => `import * as ${nameOf(name)} from 'pullback/${name}'`),
  `export const everything = { pullback, ${modules.map(nameOf).join(', ')} }`,
  ...closed.flatMap((file, index) => [
    `// @ts-expect-error a closed room`,
    `import * as closed${index} from 'pullback/${file.slice('src/'.length, -'.ts'.length)}'`
  ])
]
writeFileSync(join(installation.folder, 'consumer.ts'), `${consumer.join('\n')}\n`)

/** What a compiler says to a program that imports every public module, with nothing of Node or the DOM in its types. */
const complaints = (compiler: string, module: string, moduleResolution: string): string => {
  const folder = join(installation.folder, `${compiler}-${module}`)
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'ES2022',
    lib: ['ES2022'],
    types: [],
    module,
    moduleResolution
  }
  mkdirSync(folder)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['../consumer.ts'] }))
  const run = spawnSync(process.execPath, [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', folder], {
    cwd: installation.folder,
    encoding: 'utf8'
  })
  return run.stdout + run.stderr
}

describe.each(['typescript-5.9', 'typescript-6.0', 'typescript'])('%s accepts the emitted types', (compiler) => {
  test('as Node resolves them', () => {
    expect(complaints(compiler, 'NodeNext', 'NodeNext')).toBe('')
  })

  test('as a bundler resolves them', () => {
    expect(complaints(compiler, 'ESNext', 'Bundler')).toBe('')
  })
})

// Typed arrays take a type argument from TypeScript 5.7 on; the README promises 5.4.
test('no emitted type gives a type argument to a typed array', () => {
  const dist = join(installation.folder, 'node_modules/pullback/dist')
  const emitted = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'))
  expect(emitted.filter((file) => /Array<ArrayBuffer/.test(readFileSync(join(dist, file), 'utf8')))).toEqual([])
})
