// Runs every program at the top of examples on the built package, two at a time; each must end well within three minutes. Those that would take long heed --small.
import { execFile } from 'node:child_process'
import { filesUnder, report, root } from './sources.js'

const limit = 180_000
const atOnce = 2

/** The problem of a program, if it has one. */
const run = (file: string): Promise<string | undefined> => {
  const started = performance.now()
  const options = { cwd: root, timeout: limit, maxBuffer: 2 ** 26 } as const
  const args = ['--import', 'tsx', file, '--small']
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      if (error === null) console.log(`${file}: ${seconds} s`)
      const reason = error?.killed === true ? 'was stopped' : `left with code ${error?.code}`
      resolve(error === null ? undefined : `${file}: ${reason} after ${seconds} s\n${stdout}${stderr}`)
    })
  })
}

const programs = filesUnder('examples', '.ts').filter((file) => file.split('/').length === 2)
const waiting = [...programs]
const problems: string[] = []

const runner = async (): Promise<void> => {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const problem = await run(file)
    if (problem !== undefined) problems.push(problem)
  }
}
await Promise.all(Array.from({ length: atOnce }, runner))

report(`${programs.length} example programs`, problems)
