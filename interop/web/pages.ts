/** Pages that run the samples in a browser: the library, the samples and ONNX Runtime in one bundle. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium, visit } from '../../scripts/engines/chromium.js'
import type { Outcome } from '../engine/outcome.js'

const own = fileURLToPath(new URL('.', import.meta.url))
const engineFiles = join(own, '../node_modules/onnxruntime-web/dist')
const folder = join(tmpdir(), 'pullback-engines')

/** Where the page computes. */
export interface Place {
  readonly name: string
  /** The entry of onnxruntime-web. */
  readonly entry: 'onnxruntime-web/wasm' | 'onnxruntime-web/webgpu'
  readonly executionProviders: readonly string[]
  readonly flags: readonly string[]
  /** The adapter that the page must have. */
  readonly adapter: RegExp
}

const programOf = ({ entry, executionProviders }: Place, names: readonly string[]): string => `
import * as engine from '${entry}'
import { outcomes } from './outcome.js'
engine.env.wasm.wasmPaths = '/engine/'
const told = async () => {
  try {
    const adapter = await navigator.gpu?.requestAdapter()
    const { vendor, architecture } = adapter?.info ?? {}
    const options = { engine, executionProviders: ${JSON.stringify(executionProviders)} }
    const found = await outcomes(options, ${JSON.stringify(names)})
    return { found, isIsolated: crossOriginIsolated, adapter: adapter ? [vendor, architecture].join(' ') : 'none' }
  } catch (error) {
    return { error: String(error) }
  }
}
told().then((all) => fetch('/told', { method: 'POST', body: JSON.stringify(all) }))
`

/** What a page says. */
type Told =
  | { readonly found: readonly Outcome[]; readonly isIsolated: boolean; readonly adapter: string }
  | { readonly error: string }

const page = '<!doctype html><title>steps</title><script type="module" src="/bundle.mjs"></script>'

const typeOf = (path: string): string => (path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript')

/** What samples of these names give on a page of a browser. */
export const onPage = async (place: Place, names: readonly string[]): Promise<Told> => {
  mkdirSync(folder, { recursive: true })
  const browser = await chromium(folder)
  if ('missing' in browser) return { error: browser.missing }
  const { outputFiles } = await build({
    stdin: { contents: programOf(place, names), resolveDir: join(own, '../engine'), loader: 'js' },
    tsconfig: join(own, '../tsconfig.json'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    write: false,
    logLevel: 'error'
  })
  const code = outputFiles[0]?.contents ?? ''
  const engineFile = (path: string) => {
    const file = join(engineFiles, path.slice('/engine/'.length))
    return existsSync(file) ? { type: typeOf(path), body: readFileSync(file) } : undefined
  }
  const files = (path: string) =>
    path === '/'
      ? { type: 'text/html', body: page }
      : path === '/bundle.mjs'
        ? { type: 'text/javascript', body: code }
        : path.startsWith('/engine/')
          ? engineFile(path)
          : undefined
  const told = await visit(browser.program, folder, { files, flags: place.flags, patience: 580_000 })
  return 'error' in told ? told : (JSON.parse(told.posted) as Told)
}
