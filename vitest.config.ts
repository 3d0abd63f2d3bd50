import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Files that load the library anew: those that replace modules or globals, and programs of scalars, which take twice as long in an
 * engine that has seen all other tests.
 */
const isolated = [
  'test/internal/options.test.ts',
  'test/law/engines.test.ts',
  'test/tensor/convolutionPlain.test.ts',
  'test/examples/gradbench/*.test.ts'
]

export default defineConfig({
  resolve: { conditions: ['pullback-source'] },
  ssr: { resolve: { conditions: ['pullback-source'] } },
  test: {
    setupFiles: ['./scripts/property-setup.ts'],
    globalSetup: ['./scripts/property-seed.ts'],
    // All processors: the default leaves one idle, half of a machine with two.
    maxWorkers: availableParallelism(),
    // More runs of each property take longer.
    testTimeout: 60_000 * Math.max(1, Number(process.env['FC_RUNS'] ?? 1)),
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ['test/long/**', 'test/package/**', ...isolated],
          // The library has no hidden state: all files of a worker load it once, and the engine compiles it once.
          isolate: false
        }
      },
      { extends: true, test: { name: 'isolated', include: isolated } }
    ]
  }
})
