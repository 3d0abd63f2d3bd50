import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['pullback-source'] },
  ssr: { resolve: { conditions: ['pullback-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'test/package/**', 'node_modules/**'],
    setupFiles: ['./scripts/property-setup.ts'],
    globalSetup: ['./scripts/property-seed.ts'],
    // All processors: the default leaves one idle, half of a machine with two.
    maxWorkers: availableParallelism(),
    // More runs of each property take longer.
    testTimeout: 60_000 * Math.max(1, Number(process.env['FC_RUNS'] ?? 1))
  }
})
