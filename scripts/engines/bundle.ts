// One file for every engine: the digests and the digits model with its data, against the built package.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../sources.js'

/** Says what was computed on standard output, or in a browser to the server that the page came from. */
const program = `
import csv from './examples/data/digits.csv'
import * as Debug from 'pullback/Debug'
import { allDigests } from './test/arithmetic/digitsModel.js'

const told = (result: object): unknown =>
  typeof document === 'undefined'
    ? console.log(JSON.stringify(result))
    : fetch('/told', { method: 'POST', body: JSON.stringify(result) })

try {
  const digests = await allDigests(csv)
  told({ products: Debug.environment().products, digests })
} catch (error) {
  told({ error: String(error) })
}
`

/** Writes the bundle into a folder; without WebAssembly, the global is hidden before the library looks for it. */
export const bundle = async (folder: string, webAssembly: boolean): Promise<string> => {
  const file = join(folder, webAssembly ? 'with.mjs' : 'without.mjs')
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    loader: { '.csv': 'text' },
    banner: { js: webAssembly ? '' : 'globalThis.WebAssembly = undefined' },
    write: false,
    logLevel: 'error'
  })
  writeFileSync(file, outputFiles[0]?.contents ?? '')
  return file
}
