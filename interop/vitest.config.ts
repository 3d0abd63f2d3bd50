// Tests that run exported programs on engines which are no dependencies of the library: those of interop/package.json, and what PYTHON has.
// npm run interop    installs the engines, and runs these tests
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = fileURLToPath(new URL('../src/', import.meta.url))

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: {
    // This folder is a package of its own, from which the library is not found by its name.
    alias: [
      { find: /^pullback\/(.*)$/, replacement: `${source}$1.ts` },
      { find: /^pullback$/, replacement: `${source}index.ts` }
    ]
  },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // One process for all: engines take memory and processors, and are timed.
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 600_000
  }
})
