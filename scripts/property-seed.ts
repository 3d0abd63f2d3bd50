// One seed for the whole run, printed so that a failing property can be replayed: FC_SEED=<seed> npm run unit
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    readonly propertySeed: number
    readonly propertyRuns: number
  }
}

const integer = (name: string, fallback: number): number => {
  const text = process.env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`${name}: got '${text}'; an integer is required`)
  return value
}

export default function setup(project: TestProject): void {
  const seed = integer('FC_SEED', (Date.now() ^ (process.pid << 16)) | 0)
  // Each project of the configuration is set up by itself: the second finds the seed of the first.
  process.env['FC_SEED'] = String(seed)
  const runs = 100 * integer('FC_RUNS', 1)
  if (runs < 1) throw new Error(`FC_RUNS: got '${process.env['FC_RUNS']}'; a positive integer is required`)
  project.provide('propertySeed', seed)
  project.provide('propertyRuns', runs)
  process.stderr.write(`properties: ${runs} runs each, seed ${seed} (replay with FC_SEED=${seed})\n`)
}
