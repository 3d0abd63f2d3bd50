// npm run interop: what needs a foreign engine. The fixtures that PyTorch made are made again, and must be as kept up to rounding; then the tests
// of interop/ run exported programs on the engines of interop/package.json, which are installed there. It ends with what was skipped, and why.
// PYTHON=path/to/venv/bin/python npm run interop    with an interpreter that has torch, torchvision, optax, scikit-learn and sacrebleu (2.13.0, 0.28.0, 0.2.8, 1.9.1 and 2.6.0 made the fixtures), and jax, onnx and safetensors (0.10.2, 1.23.2 and 0.8.0); `python3` by default
// npm run interop -- tests                          only the tests of interop/; `fixtures` only the fixtures; other words filter the tests
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from './sources.js'

/** Scripts that write a fixture to the path in FIXTURE, or to its own place, and these places. */
const fixtures: ReadonlyArray<readonly [script: string, kept: string]> = [
  ['scripts/torch-values.py', 'test/tensor/torch/values.json'],
  ['test/loss/oracle.py', 'test/loss/oracle.json'],
  ['test/layer/oracle.py', 'test/layer/oracle.json'],
  ['test/layer/attentionOracle.py', 'test/layer/attentionOracle.json'],
  ['test/layer/recurrence.py', 'test/layer/recurrence.json'],
  ['test/metric/oracle.py', 'test/metric/oracle.json'],
  ['test/minimize/oracle.py', 'test/minimize/oracle.json'],
  ['test/optimizer/oracle.py', 'test/optimizer/oracle.json'],
  ['test/model/oracle.py', 'test/model/oracle.json']
]

/** The first difference of two values that were read from JSON: numbers may differ by rounding. */
const difference = (kept: unknown, made: unknown, path = ''): string | undefined => {
  if (typeof kept === 'number' && typeof made === 'number') {
    const bound = 1e-12 * Math.max(1, Math.abs(kept))
    return Math.abs(kept - made) <= bound || Object.is(kept, made) ? undefined : `${path}: ${kept} kept, ${made} made`
  }
  if (typeof kept !== 'object' || kept === null || typeof made !== 'object' || made === null) {
    return kept === made ? undefined : `${path}: ${JSON.stringify(kept)} kept, ${JSON.stringify(made)} made`
  }
  const [left, right] = [new Map(Object.entries(kept)), new Map(Object.entries(made))]
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const found = difference(left.get(key), right.get(key), `${path}/${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

const python = process.env['PYTHON'] ?? 'python3'
const words = process.argv.slice(2)
const wants = (part: string): boolean => words.length === 0 || words.includes(part)
const filters = words.filter((word) => word !== 'fixtures' && word !== 'tests')

// -----------------------------------------------------------------------------
// fixtures
// -----------------------------------------------------------------------------

/** What became of a part: nothing where it went well. */
interface Account {
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
}

const madeAgain = (): Account => {
  const folder = mkdtempSync(join(tmpdir(), 'interop-'))
  const accounts = fixtures.map(([script, kept], i): Account => {
    const path = join(folder, `${i}.json`)
    const run = spawnSync(python, [join(root, script)], { env: { ...process.env, FIXTURE: path }, encoding: 'utf8' })
    const last = run.error?.message ?? (run.stderr.trim().split('\n').at(-1) || 'it wrote no fixture')
    const isMade = run.status === 0 && existsSync(path)
    const found = isMade
      ? difference(JSON.parse(readFileSync(join(root, kept), 'utf8')), JSON.parse(readFileSync(path, 'utf8')))
      : last
    const line = `${script}: ${found ?? `${run.stdout.trim()}, as kept`}`
    console.log(line)
    if (found === undefined) return { failed: [], skipped: [] }
    const isAbsent = !isMade && (run.error !== undefined || last.startsWith('ModuleNotFoundError'))
    return isAbsent ? { failed: [], skipped: [line] } : { failed: [line], skipped: [] }
  })
  rmSync(folder, { recursive: true })
  return joined(accounts)
}

const joined = (accounts: readonly Account[]): Account => ({
  failed: accounts.flatMap(({ failed }) => failed),
  skipped: accounts.flatMap(({ skipped }) => skipped)
})

// -----------------------------------------------------------------------------
// tests
// -----------------------------------------------------------------------------

/** What is read of a report of vitest. */
interface Results {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly message: string
    readonly status: string
    readonly assertionResults: ReadonlyArray<{ readonly fullName: string; readonly status: string }>
  }>
}

const tested = (): Account => {
  const installed = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: join(root, 'interop'),
    encoding: 'utf8'
  })
  if (installed.status !== 0) console.log(`npm ci in interop/ failed: ${installed.stderr.trim().split('\n').at(-1)}`)
  const report = join(root, '.results/vitest-interop.json')
  rmSync(report, { force: true })
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
  const config = ['--config', 'interop/vitest.config.ts']
  const { status } = spawnSync('npx', ['vitest', 'run', ...config, ...reporters, ...filters], {
    cwd: root,
    stdio: 'inherit'
  })
  if (!existsSync(report)) return { failed: ['the tests of interop/ made no report'], skipped: [] }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Results
  const accounts = testResults.map(({ name, message, status, assertionResults }): Account => {
    const file = relative(root, name)
    const named = (wanted: readonly string[]): readonly string[] =>
      assertionResults.filter((each) => wanted.includes(each.status)).map(({ fullName }) => `${file}: ${fullName}`)
    const failed = named(['failed'])
    const isBroken = status === 'failed' && failed.length === 0
    return {
      failed: isBroken ? [`${file}: ${message}`] : failed,
      skipped: named(['skipped', 'pending', 'todo', 'disabled'])
    }
  })
  const all = joined(accounts)
  return status === 0 || all.failed.length > 0 ? all : { ...all, failed: [`vitest ended with ${status}`] }
}

// -----------------------------------------------------------------------------
// the end
// -----------------------------------------------------------------------------

const { failed, skipped } = joined([
  ...(wants('fixtures') ? [madeAgain()] : []),
  ...(wants('tests') || filters.length > 0 ? [tested()] : [])
])
console.log(skipped.length === 0 ? '\nnothing was skipped' : `\nskipped: ${skipped.length}`)
for (const line of skipped) console.log(`  ${line}`)
if (failed.length > 0) console.log(`failed: ${failed.length}`)
for (const line of failed) console.log(`  ${line}`)
console.log(failed.length === 0 ? 'interop: ok' : 'interop: failed')
process.exitCode = failed.length === 0 ? 0 : 1
