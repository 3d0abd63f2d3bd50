// The checks of npm test with their budgets, and the tables of the time that they took.
import { relative, sep } from 'node:path'
import * as t from 'io-ts/lib/index.js'
import { isLeft } from 'fp-ts/lib/Either.js'
import { root } from './sources.js'

/** A script of package.json. */
export type Check = {
  readonly script: string
  readonly says: string
  /** The seconds that it may take on two quiet cores. */
  readonly budget: number
  /** A vitest run, which leaves its counts in .results, for .ci/run to sum. */
  readonly counted?: true
}

/** All checks in order. Their budgets sum to twelve minutes at most, which a test holds. */
export const checks: ReadonlyArray<Check> = [
  { script: 'build', says: 'src compiles to dist', budget: 10 },
  { script: 'typecheck', says: 'src, test, examples and scripts type-check', budget: 10 },
  { script: 'lint', says: 'oxlint, with types', budget: 15 },
  { script: 'floors', says: 'imports go only downwards', budget: 4 },
  { script: 'lengths', says: 'no file is over 400 lines', budget: 2 },
  { script: 'format', says: 'prettier', budget: 30 },
  { script: 'knip', says: 'no dead files, exports or dependencies', budget: 8 },
  { script: 'unit', says: 'the tests', budget: 430, counted: true },
  { script: 'docs', says: 'code blocks of doc comments and pages run and say the truth', budget: 32 },
  { script: 'docs:coverage', says: 'every public name has an example, and stands in docs/api', budget: 7 },
  { script: 'examples', says: 'the example programs run', budget: 86 },
  {
    script: 'package',
    says: 'the packed package works in plain Node and for TypeScript 5.9, 6.0 and 7.0',
    budget: 58,
    counted: true
  },
  { script: 'publint', says: 'package.json', budget: 6 },
  { script: 'attw', says: 'types resolve as the code does', budget: 15 },
  { script: 'size', says: 'size of a bundle', budget: 6 }
]

/** How a check ended. */
export type Outcome = {
  readonly script: string
  readonly passed: boolean
  readonly seconds: number
  readonly budget: number
}

/** A line about a check that has ended, with a warning if it took longer than its budget: machines are shared, so it may. */
export const ended = ({ script, passed, seconds, budget }: Outcome): ReadonlyArray<string> => [
  `=== ${script}: ${passed ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s of ${budget} s`,
  ...(seconds > budget ? [`=== ${script}: warning: ${(seconds - budget).toFixed(1)} s over its budget`] : [])
]

const aligned = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  )
}

/** A row for each check: the time taken, the budget, and what is over it. */
export const budgetTable = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<string> => {
  const row = (name: string, seconds: number, budget: number): ReadonlyArray<string> => [
    name,
    `${seconds.toFixed(1)} s`,
    `of ${budget} s`,
    seconds > budget ? `${(seconds - budget).toFixed(1)} s over` : ''
  ]
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, each) => total + of(each), 0)
  return aligned([
    ...outcomes.map(({ script, seconds, budget }) => row(script, seconds, budget)),
    row(
      'all',
      sum((each) => each.seconds),
      sum((each) => each.budget)
    )
  ])
}

// -----------------------------------------------------------------------------
// tests
// -----------------------------------------------------------------------------

const Report = t.type(
  {
    testResults: t.array(
      t.type({
        name: t.string,
        startTime: t.number,
        endTime: t.number,
        assertionResults: t.array(
          t.intersection([t.type({ fullName: t.string }), t.partial({ duration: t.union([t.number, t.null]) })])
        )
      })
    )
  },
  'the report of vitest'
)

/**
 * The files of a vitest report that took longest, and its tests that took more than a third of `limit`, the time after which
 * a test fails: on a machine three times slower they would.
 */
export const slowest = (report: unknown, count: number, limit: number): ReadonlyArray<string> => {
  const decoded = Report.decode(report)
  if (isLeft(decoded)) throw new Error(`checks: the value is not ${Report.name}`)
  const files = decoded.right.testResults.map(({ name, startTime, endTime, assertionResults }) => ({
    name: relative(root, name).split(sep).join('/'),
    seconds: (endTime - startTime) / 1000,
    tests: assertionResults.map(({ fullName, duration }) => ({ fullName, seconds: (duration ?? 0) / 1000 }))
  }))
  const longest = [...files].sort((a, b) => b.seconds - a.seconds).slice(0, count)
  const near = files
    .flatMap(({ name, tests }) => tests.map((test) => ({ name: `${name}: ${test.fullName}`, seconds: test.seconds })))
    .filter(({ seconds }) => seconds > limit / 3)
  return [
    ...aligned(longest.map(({ name, seconds }) => [name, `${seconds.toFixed(1)} s`])),
    ...near.map(({ name, seconds }) => `warning: ${seconds.toFixed(1)} s of at most ${limit} s: ${name}`)
  ]
}
