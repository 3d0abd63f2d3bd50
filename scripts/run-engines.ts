// The digests in every engine: Node in several versions, Bun, Deno and Chromium run one bundle, with and without WebAssembly.
// npm run engines                          all of them; one that cannot be had is a failure
// npm run engines -- --without deno,bun    all others
// npm run engines -- node24                only these
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { differences } from '../test/arithmetic/compare.js'
import { expectedDigests } from '../test/arithmetic/expected.js'
import { bundle } from './engines/bundle.js'
import { chromium, inChromium } from './engines/chromium.js'
import { programOf } from './engines/fetch.js'
import { names, packaged } from './engines/list.js'
import { type Told, readTold } from './engines/result.js'
import { start } from './engines/start.js'
import { report, root } from './sources.js'

// -----------------------------------------------------------------------------
// which
// -----------------------------------------------------------------------------

const args = process.argv.slice(2)
const flag = args.indexOf('--without')
const without = flag < 0 ? [] : (args[flag + 1] ?? '').split(',')
const only = flag < 0 ? args : args.filter((_, i) => i !== flag && i !== flag + 1)
const unknown = [...without, ...only].filter((name) => !names.includes(name))
if (unknown.length > 0) throw new Error(`engines: got ${unknown.join(', ')}; known engines are ${names.join(', ')}`)
if (!existsSync(join(root, 'dist/Grad.js'))) throw new Error('engines: got no dist/Grad.js; npm run build first')
const chosen = names.filter((name) => (only.length === 0 || only.includes(name)) && !without.includes(name))

// -----------------------------------------------------------------------------
// running
// -----------------------------------------------------------------------------

const folder = join(tmpdir(), 'pullback-engines')
mkdirSync(folder, { recursive: true })
const bundles = [await bundle(folder, true), await bundle(folder, false)]
const expected = expectedDigests()

/** An engine that is here: its version, and how it runs a bundle. */
interface Ready {
  readonly version: string
  readonly run: (file: string) => Promise<Told>
}

const ready = async (program: string, before: readonly string[]): Promise<Ready> => {
  const { output } = await start(program, ['--version'], { cwd: folder }).ended
  const env = { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(folder, 'deno-cache') }
  return {
    version: output.split('\n')[0]?.trim() ?? '',
    run: async (file) => {
      const { output, failure } = await start(program, [...before, file], { cwd: folder, env }).ended
      return failure === undefined ? readTold(output) : { error: failure }
    }
  }
}

const find = async (name: string): Promise<Ready | { readonly missing: string }> => {
  if (name === 'this') return ready(process.execPath, [])
  if (name === 'chromium') {
    const browser = await chromium(folder)
    if ('missing' in browser) return browser
    const { version } = await ready(browser.program, [])
    return { version, run: (file) => inChromium(browser.program, file, folder) }
  }
  const engine = packaged.find((each) => each.name === name)
  if (engine === undefined) return { missing: 'it is not in the list' }
  const found = await programOf(engine, folder)
  return 'missing' in found ? found : ready(found.program, engine.before)
}

/** What is wrong with an engine, after a line on what it did. */
const check = async (name: string): Promise<readonly string[]> => {
  const engine = await find(name)
  if ('missing' in engine) return [`${name}: not had: ${engine.missing}`]
  const problems: string[] = []
  for (const [i, file] of bundles.entries()) {
    const started = performance.now()
    const told = await engine.run(file)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const products = i === 0 ? 'wasm' : 'typescript'
    const found =
      'error' in told
        ? [`it failed: ${told.error}`]
        : [
            ...(told.products === products ? [] : [`products in ${told.products}; ${products} is expected`]),
            ...differences(expected, told.digests)
          ]
    const count = 'error' in told ? 0 : Object.keys(told.digests).length
    const verdict = found.length === 0 ? 'as kept' : `problems: ${found.length}`
    console.log(`${name} (${engine.version}), products in ${products}: ${count} digests, ${verdict}, ${seconds} s`)
    problems.push(...found.map((each) => `${name}, products in ${products}: ${each}`))
  }
  return problems
}

if (without.length > 0) console.log(`left out, as asked: ${without.join(', ')}`)
const problems: string[] = []
for (const name of chosen) problems.push(...(await check(name)))
report(`digests in ${chosen.length} engines`, problems)
