// What runs the digests in other engines, without another engine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { programOf } from '../../scripts/engines/fetch.js'
import { choose, names } from '../../scripts/engines/list.js'
import { readTold } from '../../scripts/engines/result.js'
import { start } from '../../scripts/engines/start.js'

const run = (code: string, patience?: number) =>
  start(process.execPath, ['-e', code], { cwd: tmpdir(), ...(patience === undefined ? {} : { patience }) }).ended

describe('engines', () => {
  it('have names', () => {
    expect(names).toEqual(['this', 'node22', 'node24', 'node26', 'bun', 'deno', 'chromium'])
  })

  it('that are not made for this machine are missing, with a reason', async () => {
    const found = await programOf({ name: 'none', packages: {}, before: [] }, tmpdir())
    expect(found).toEqual({ missing: `no package is known for ${process.platform}-${process.arch}` })
  })

  it('that npm cannot install are missing, unless they are kept from before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pullback-test-'))
    const machine = `${process.platform}-${process.arch}`
    const engine = { name: 'none', packages: { [machine]: ['none@file:./nowhere.tgz', 'run'] as const }, before: [] }
    const first = await programOf(engine, folder)
    expect(Object.keys(first)).toEqual(['missing'])
    expect(JSON.stringify(first)).toContain('npm install none@file:./nowhere.tgz: it left with code')
    const kept = join(folder, 'none/node_modules/none')
    mkdirSync(kept, { recursive: true })
    writeFileSync(join(kept, 'run'), '')
    expect(await programOf(engine, folder)).toEqual({ program: join(kept, 'run') })
    rmSync(folder, { recursive: true })
  }, 60_000)

  it('are chosen by name, or left out', () => {
    expect(choose([])).toEqual({ without: [], chosen: names })
    expect(choose(['deno', 'this']).chosen).toEqual(['this', 'deno'])
    expect(choose(['--without', 'deno,chromium']).chosen).toEqual(['this', 'node22', 'node24', 'node26', 'bun'])
    expect(() => choose(['--without', 'dino'])).toThrow('engines: got dino; known engines are this, node22')
  })

  it('say digests, or what went wrong', () => {
    const told = { products: 'wasm', digests: { 'add float32': '00' } }
    expect(readTold(JSON.stringify(told))).toEqual(told)
    expect(readTold('{"error":"Error: add"}')).toEqual({ error: 'Error: add' })
    expect(readTold('{"digests":{"add":1}}')).toEqual({ error: `it said '{"digests":{"add":1}}', and no digests` })
    expect(readTold('')).toEqual({ error: "it said '', and no digests" })
  })
})

describe('a program', () => {
  it('ends with its output, or with what it complained of', async () => {
    expect(await run('console.log(1)')).toEqual({ output: '1\n', failure: undefined })
    expect(await run('console.error("so"); process.exit(3)')).toEqual({
      output: '',
      failure: 'it left with code 3\nso'
    })
  })

  it('is stopped when it takes too long', async () => {
    expect((await run('setInterval(() => 0, 1000)', 500)).failure).toBe('it took more than 0.5 s')
  })

  it('that does not exist is a failure', async () => {
    expect((await start('/nowhere/none', [], { cwd: tmpdir() }).ended).failure).toBe('spawn /nowhere/none ENOENT')
  })
})
