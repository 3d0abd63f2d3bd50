// npm run long: what is too long for npm test, all of it, whatever fails.
// npm run long -- --without deno    without an engine that cannot be had here
import { spawnSync } from 'node:child_process'
import { root } from './sources.js'

const steps: ReadonlyArray<readonly [script: string, ...args: readonly string[]]> = [
  ['build'],
  ['unit', '--config', 'test/long/vitest.config.ts'],
  ['engines', ...process.argv.slice(2)]
]

const failed = steps.filter(([script, ...args]) => {
  console.log(`\n=== ${[script, ...args].join(' ')}`)
  const started = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', script, '--', ...args], { cwd: root, stdio: 'inherit' })
  console.log(
    `=== ${script}: ${status === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(0)} s`
  )
  return status !== 0
})

console.log(failed.length === 0 ? '\nlong: ok' : `\nlong: failed: ${failed.map(([script]) => script).join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
