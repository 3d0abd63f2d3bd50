// The budgets of npm test, and what it prints about time.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { budgetTable, checks, ended, slowest } from '../../scripts/checks.js'
import { root } from '../../scripts/sources.js'

test('the budgets of all checks sum to twelve minutes at most', () => {
  expect(checks.reduce((sum, { budget }) => sum + budget, 0)).toBeLessThanOrEqual(12 * 60)
})

const quick = { script: 'lint', passed: true, seconds: 8.25, budget: 15 }
const slow = { script: 'unit', passed: false, seconds: 500, budget: 490 }

test('a check says what it took of its budget, and warns if that was more', () => {
  expect(ended(quick)).toEqual(['=== lint: passed in 8.3 s of 15 s'])
  expect(ended(slow)).toEqual(['=== unit: FAILED in 500.0 s of 490 s', '=== unit: warning: 10.0 s over its budget'])
})

test('the table has a row for each check, and one for all', () => {
  expect(budgetTable([quick, slow])).toEqual([
    'lint    8.3 s   of 15 s',
    'unit  500.0 s  of 490 s  10.0 s over',
    'all   508.3 s  of 505 s   3.3 s over'
  ])
})

test('the slowest files come first, and tests near their limit are named', () => {
  const file = (name: string, seconds: number) => ({
    name: join(root, 'test', name),
    startTime: 1000,
    endTime: 1000 * (seconds + 1),
    assertionResults: [{ fullName: 'one', duration: 900 * seconds }, { fullName: 'skipped' }]
  })
  const report = { testResults: [file('a.test.ts', 2), file('b.test.ts', 30), file('c.test.ts', 7)] }
  expect(slowest(report, 2, 60)).toEqual([
    'test/b.test.ts  30.0 s',
    'test/c.test.ts   7.0 s',
    'warning: 27.0 s of at most 60 s: test/b.test.ts: one'
  ])
  expect(() => slowest({}, 2, 60)).toThrow('checks: the value is not the report of vitest')
})
