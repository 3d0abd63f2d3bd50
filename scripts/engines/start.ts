// Programs that are started, waited for, and stopped when they take too long.
import { spawn } from 'node:child_process'

/** How long an engine may take, in milliseconds. */
export const patience = 300_000

export interface Ended {
  readonly output: string
  /** Why it did not end well. */
  readonly failure: string | undefined
}

export interface Started {
  readonly ended: Promise<Ended>
  readonly stop: () => void
}

/** Starts a program; what it writes to standard output is kept, and of its complaints the end. */
export const start = (
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>>; readonly patience?: number }
): Started => {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  let complaints = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-2000)))
  const seconds = (options.patience ?? patience) / 1000
  const ended = new Promise<Ended>((resolve) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, 1000 * seconds)
    child.on('error', ({ message }) => resolve({ output, failure: message }))
    child.on('close', (code) => {
      clearTimeout(timer)
      const why = late ? `it took more than ${seconds} s` : `it left with code ${String(code)}`
      resolve({ output, failure: code === 0 ? undefined : `${why}\n${complaints}`.trim() })
    })
  })
  return { ended, stop: () => void child.kill() }
}
