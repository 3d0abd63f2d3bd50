// npm test: every check in order, each under its heading, stopping at the first that fails.
// npm test -- lint unit      only these, in this order
// npm test -- --keep-going   all of them, whatever fails
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.js'

type Check = { readonly script: string; readonly says: string; readonly counted?: true }

// `counted` checks are vitest runs: they leave their counts in .results, for .ci/run to sum.
const checks: ReadonlyArray<Check> = [
  { script: 'build', says: 'src compiles to dist' },
  { script: 'typecheck', says: 'src, test, examples and scripts type-check' },
  { script: 'lint', says: 'oxlint, with types' },
  { script: 'floors', says: 'imports go only downwards' },
  { script: 'lengths', says: 'no file is over 400 lines' },
  { script: 'format', says: 'prettier' },
  { script: 'knip', says: 'no dead files, exports or dependencies' },
  { script: 'unit', says: 'the tests', counted: true },
  { script: 'docs', says: 'code blocks of doc comments and pages run and say the truth' },
  { script: 'docs:coverage', says: 'every public name has an example, and stands in docs/api' },
  { script: 'examples', says: 'the example programs run' },
  {
    script: 'package',
    says: 'the packed package works in plain Node and for TypeScript 5.9, 6.0 and 7.0',
    counted: true
  },
  { script: 'publint', says: 'package.json' },
  { script: 'attw', says: 'types resolve as the code does' },
  { script: 'size', says: 'size of a bundle' }
]

const results = join(root, '.results')
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

const outcomes: Array<{ readonly script: string; readonly passed: boolean }> = []
for (const { script, says, counted } of chosen) {
  console.log(`\n=== ${script}: ${says}`)
  const started = performance.now()
  const reporters = ['--', '--reporter=default', '--reporter=json', `--outputFile.json=.results/vitest-${script}.json`]
  const { status } = spawnSync('npm', ['run', '--silent', script, ...(counted === true ? reporters : [])], {
    cwd: root,
    stdio: 'inherit'
  })
  const passed = status === 0
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`=== ${script}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s`)
  outcomes.push({ script, passed })
  writeFileSync(join(results, 'checks.json'), JSON.stringify(outcomes))
  if (!passed && !keepGoing) break
}

const failed = outcomes.filter(({ passed }) => !passed).map(({ script }) => script)
const left = chosen.length - outcomes.length
console.log(
  failed.length === 0
    ? `\nall ${outcomes.length} checks passed`
    : `\nfailed: ${failed.join(', ')}${left > 0 ? `; ${left} later checks did not run` : ''}`
)
process.exitCode = failed.length === 0 ? 0 : 1
