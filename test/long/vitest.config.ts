// The tests that are too long for `npm test`: dense samples of what others look at here and there.
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['pullback-source'] },
  ssr: { resolve: { conditions: ['pullback-source'] } },
  test: {
    include: ['test/long/**/*.test.ts'],
    setupFiles: ['./scripts/property-setup.ts'],
    globalSetup: ['./scripts/property-seed.ts'],
    maxWorkers: availableParallelism(),
    testTimeout: 1_800_000
  }
})
