// The size of what a user's bundle takes on for one gradient: minified and gzipped, from the built package.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './sources.js'

const limit = 15_000

const program = `
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
export const slope = (w, x) => grad((v) => T.sum(T.tanh(T.mul(v, x))))(w)
`

if (!existsSync(join(root, 'src/Grad.ts'))) console.log('not yet: there is no src/Grad.ts to bundle')
else if (!existsSync(join(root, 'dist/Grad.js'))) throw new Error('size: got no dist/Grad.js; npm run build first')
else {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    metafile: true,
    write: false,
    logLevel: 'error'
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  const size = gzipSync(code, { level: 9 }).length
  console.log(`grad, mul, sum and tanh: ${code.length} bytes minified, ${size} gzipped; at most ${limit} are allowed`)
  if (size > limit) {
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
    for (const [file, { bytesInOutput }] of inputs.sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)) {
      if (bytesInOutput > 0) console.error(`${String(bytesInOutput).padStart(8)}  ${file}`)
    }
    process.exitCode = 1
  }
}
