// The last line of .ci/run: the tests that vitest counted in the checks just run, as `N passed, N failed`.
// A check that failed without a failed test (a type error, a lint finding, a test file that does not load) counts as
// one failure, so that a red run can never read `0 failed`.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as t from 'io-ts/lib/index.js'
import { isRight } from 'fp-ts/lib/Either.js'
import { root } from './sources.js'

const Counts = t.readonly(t.type({ numPassedTests: t.number, numFailedTests: t.number }), 'Counts')
const Outcomes = t.readonlyArray(t.type({ script: t.string, passed: t.boolean }), 'Outcomes')

const results = join(root, '.results')

const read = <A>(codec: t.Type<A, unknown>, file: string): A => {
  const decoded = codec.decode(JSON.parse(readFileSync(join(results, file), 'utf8')))
  if (isRight(decoded)) return decoded.right
  throw new Error(`count-tests: ${file} is not ${codec.name}`)
}

const counted = existsSync(results) ? readdirSync(results).filter((name) => /^vitest-.*\.json$/.test(name)) : []
const counts = new Map(counted.map((file) => [file.slice('vitest-'.length, -'.json'.length), read(Counts, file)]))
const outcomes = existsSync(join(results, 'checks.json')) ? read(Outcomes, 'checks.json') : []

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((a, b) => a + b, 0)
const passed = sum([...counts.values()].map((c) => c.numPassedTests))
const failedTests = sum([...counts.values()].map((c) => c.numFailedTests))
const failedChecks = outcomes.filter((o) => !o.passed && (counts.get(o.script)?.numFailedTests ?? 0) === 0).length
const nothingRan = outcomes.length === 0 ? 1 : 0

console.log(`${passed} passed, ${failedTests + failedChecks + nothingRan} failed`)
