import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { closedFiles, publicModules } from '../../scripts/sources.js'
import { install } from './install.js'

const tower: ReadonlySet<string> = new Set(['Arbitrary', 'Law', 'Plot', 'ProgressBar'])

const bare = install(['fp-ts', 'io-ts', 'pbf'])
const withPeer = install(['fp-ts', 'io-ts', 'pbf', 'fast-check', 'echarts', 'cli-progress'])
afterAll(() => {
  bare.remove()
  withPeer.remove()
})

/** What plain Node makes of an import: whether it brings any name, or the code of the error. */
const importing = (folder: string, specifier: string): string => {
  const program = `import(${JSON.stringify(specifier)}).then(
    (module) => console.log(Object.keys(module).length > 0 ? 'imported' : 'empty'),
    (error) => console.log(error.code ?? String(error)))`
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder, encoding: 'utf8' })
  return run.status === 0 ? run.stdout.trim() : run.stderr
}

describe('plain Node imports', () => {
  test('pullback', () => {
    expect(importing(bare.folder, 'pullback')).toBe('imported')
  })

  test.each(publicModules().map((name) => ({ name })))('pullback/$name', ({ name }) => {
    expect(importing((tower.has(name) ? withPeer : bare).folder, `pullback/${name}`)).toBe('imported')
  })
})

describe('the rooms behind the public modules are closed', () => {
  const closed = closedFiles().map((file) => ({
    file,
    specifier: `pullback/${file.slice('src/'.length, -'.ts'.length)}`
  }))

  test.each(closed)('$specifier', ({ file, specifier }) => {
    const built = join(bare.folder, 'node_modules/pullback', file.replace('src/', 'dist/').replace(/\.ts$/, '.js'))
    expect(existsSync(built)).toBe(true)
    expect(importing(bare.folder, specifier)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  test('pullback/index', () => {
    expect(importing(bare.folder, 'pullback/index')).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})

test('the tarball holds dist, src, docs, the runner in Python and the papers, and nothing else', () => {
  const names = readdirSync(join(bare.folder, 'node_modules/pullback'))
  const papers = new Set(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md'])
  expect(names.filter((name) => !papers.has(name)).sort()).toEqual(['dist', 'docs', 'python', 'src'])
})
