// npm run interop: what needs a foreign engine. The fixtures that PyTorch made are made again, and must be as kept up to rounding.
// PYTHON=path/to/venv/bin/python npm run interop    with an interpreter that has torch, torchvision, optax, scikit-learn and sacrebleu (2.13.0, 0.28.0, 0.2.8, 1.9.1 and 2.6.0 made the fixtures); `python3` by default
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
const folder = mkdtempSync(join(tmpdir(), 'interop-'))
const failed = fixtures.filter(([script, kept], i) => {
  const path = join(folder, `${i}.json`)
  const run = spawnSync(python, [join(root, script)], { env: { ...process.env, FIXTURE: path }, encoding: 'utf8' })
  const found =
    run.status === 0 && existsSync(path)
      ? difference(JSON.parse(readFileSync(join(root, kept), 'utf8')), JSON.parse(readFileSync(path, 'utf8')))
      : (run.error?.message ?? (run.stderr.trim().split('\n').at(-1) || 'it wrote no fixture'))
  console.log(`${script}: ${found ?? `${run.stdout.trim()}, as kept`}`)
  return found !== undefined
})
rmSync(folder, { recursive: true })
console.log(failed.length === 0 ? 'interop: ok' : 'interop: failed')
process.exitCode = failed.length === 0 ? 0 : 1
