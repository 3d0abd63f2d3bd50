// Runs every program at the top of examples; each must end well within three minutes. Those that would take long heed --small.
import { spawnSync } from 'node:child_process'
import { filesUnder, report, root } from './sources.js'

const limit = 180_000

const programs = filesUnder('examples', '.ts').filter((file) => file.split('/').length === 2)
const problems = programs.flatMap((file) => {
  const started = performance.now()
  const options = { cwd: root, encoding: 'utf8', timeout: limit } as const
  const run = spawnSync(process.execPath, ['--conditions=pullback-source', '--import', 'tsx', file, '--small'], options)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (run.status === 0) {
    console.log(`${file}: ${seconds} s`)
    return []
  }
  const reason = run.error === undefined ? `left with code ${run.status}` : run.error.message
  return [`${file}: ${reason} after ${seconds} s\n${run.stdout}${run.stderr}`]
})

report(`${programs.length} example programs`, problems)
