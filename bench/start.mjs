// Bundles the benchmark (TensorFlow.js loads in plain Node only when bundled) and runs it against the built package.
import { build } from 'esbuild'

await build({
  entryPoints: ['bench/run.ts', 'bench/child.ts', 'bench/compiledChild.ts', 'bench/elsewhereChild.ts'],
  outdir: 'bench/.out',
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  external: ['pullback', 'fp-ts'],
  // What TensorFlow.js expects of CommonJS.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url), __dirname = import.meta.dirname;"
  },
  logLevel: 'error'
})
await import('./.out/run.js')
