// npm test: every check in order, each under its heading, stopping at the first that fails.
// npm test -- lint unit      only these, in this order
// npm test -- --keep-going   all of them, whatever fails
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Outcome, budgetTable, checks, ended, slowest } from './checks.js'
import { root } from './sources.js'

const results = join(root, '.results')
/** The seconds after which a test of `unit` fails, as vitest.config.ts has them. */
const testSeconds = 60 * Math.max(1, Number(process.env['FC_RUNS'] ?? 1))
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const keepGoing = process.argv.includes('--keep-going')

const unknown = names.filter((name) => !checks.some(({ script }) => script === name))
if (unknown.length > 0) {
  console.error(`npm test: got ${unknown.join(', ')}; known checks are ${checks.map((c) => c.script).join(', ')}`)
  process.exit(2)
}
const chosen = names.length === 0 ? checks : checks.filter(({ script }) => names.includes(script))

rmSync(results, { recursive: true, force: true })
mkdirSync(results)

const outcomes: Array<Outcome> = []
for (const { script, says, budget, counted } of chosen) {
  console.log(`\n=== ${script}: ${says}`)
  const started = performance.now()
  const report = `.results/vitest-${script}.json`
  const reporters = ['--', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { status } = spawnSync('npm', ['run', '--silent', script, ...(counted === true ? reporters : [])], {
    cwd: root,
    stdio: 'inherit'
  })
  const passed = status === 0
  const outcome = { script, passed, seconds: (performance.now() - started) / 1000, budget }
  if (script === 'unit' && existsSync(join(root, report))) {
    console.log('\nthe slowest files:')
    for (const line of slowest(JSON.parse(readFileSync(join(root, report), 'utf8')), 10, testSeconds)) console.log(line)
  }
  for (const line of ended(outcome)) console.log(line)
  outcomes.push(outcome)
  writeFileSync(join(results, 'checks.json'), JSON.stringify(outcomes))
  if (!passed && !keepGoing) break
}

console.log('')
for (const line of budgetTable(outcomes)) console.log(line)

const failed = outcomes.filter(({ passed }) => !passed).map(({ script }) => script)
const left = chosen.length - outcomes.length
console.log(
  failed.length === 0
    ? `\nall ${outcomes.length} checks passed`
    : `\nfailed: ${failed.join(', ')}${left > 0 ? `; ${left} later checks did not run` : ''}`
)
process.exitCode = failed.length === 0 ? 0 : 1
