/** Which engines are here. A test that needs one that is missing is skipped, and its name says why; `npm run interop` lists them at its end. */
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { test } from 'vitest'
import { chromium } from '../scripts/engines/chromium.js'

// -----------------------------------------------------------------------------
// Python
// -----------------------------------------------------------------------------

/** The interpreter: PYTHON, or `python3`. */
export const interpreter: string = process.env['PYTHON'] ?? 'python3'

const run = (
  args: readonly string[],
  env: Readonly<Record<string, string>>
): { readonly output: string; readonly trouble: string | undefined } => {
  const { status, stdout, stderr, error } = spawnSync(interpreter, args, {
    env: { ...process.env, JAX_PLATFORMS: 'cpu', ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 30
  })
  const trouble = status === 0 ? undefined : (error?.message ?? (stderr.trim() || `it ended with ${status}`))
  return { output: stdout, trouble }
}

/** What a script prints; an error with the end of its complaints if it fails. */
export const python = (args: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
  const { output, trouble } = run(args, env)
  if (trouble === undefined) return output
  throw new Error(`${interpreter} ${args.join(' ').slice(0, 200)}: ${trouble.slice(-4000)}`)
}

/** Why a module of Python is missing, if it is. */
const missingModule = (name: string): string | undefined =>
  run(['-c', `import ${name}`], {}).trouble === undefined ? undefined : `${interpreter} has no ${name}`

// -----------------------------------------------------------------------------
// JavaScript
// -----------------------------------------------------------------------------

/** A package that nothing else needs: imported by a name that the compiler does not see. */
export const imported = async (name: string): Promise<unknown> => {
  const loaded: unknown = await import(/* @vite-ignore */ name)
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded
    ? { ...loaded, ...asObject(loaded.default) }
    : loaded
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

const missingPackage = async (name: string): Promise<string | undefined> => {
  try {
    await imported(name)
    return undefined
  } catch (error) {
    const line = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return `${name} does not load (${line}); npm --prefix interop ci`
  }
}

// -----------------------------------------------------------------------------
// tests
// -----------------------------------------------------------------------------

const known = new Map<string, Promise<string | undefined>>()

const missingBrowser = async (): Promise<string | undefined> => {
  const found = await chromium(tmpdir())
  return 'missing' in found ? found.missing : undefined
}

/** Why something that a test needs is missing, asked once: a package, a module of Python as `python:jax`, or `chromium`. */
export const missing = (need: string): Promise<string | undefined> => {
  const before = known.get(need)
  if (before !== undefined) return before
  const [language, module] = need.split(':')
  const asked =
    need === 'chromium'
      ? missingBrowser()
      : language === 'python' && module !== undefined
        ? Promise.resolve(missingModule(module))
        : missingPackage(need)
  known.set(need, asked)
  return asked
}

/** A test that runs where its needs are there; where not, it is skipped with the reasons in its name. */
export const testWith = async (
  needs: readonly string[],
  name: string,
  body: () => void | Promise<void>
): Promise<void> => {
  const reasons = (await Promise.all(needs.map(missing))).filter((reason) => reason !== undefined)
  test.skipIf(reasons.length > 0)(`${[name, ...reasons].join(': ')}`, () => body())
}
