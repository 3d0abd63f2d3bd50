// A page that loads the bundle in a Chromium without a window, and posts what it computed.
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { delimiter, join } from 'node:path'
import { type Told, readTold } from './result.js'
import { patience, start } from './start.js'

const isRoot = process.getuid?.() === 0

const onPath = (names: readonly string[]): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

const found = (): string | undefined =>
  process.env['CHROMIUM'] ?? onPath(['chromium', 'chromium-browser', 'google-chrome'])

/** The browser's program: CHROMIUM, or the system's; on Debian, root installs it where it is missing. */
export const chromium = async (
  folder: string
): Promise<{ readonly program: string } | { readonly missing: string }> => {
  const program = found()
  if (program !== undefined) return { program }
  if (isRoot && onPath(['apt-get']) !== undefined) {
    const options = { cwd: folder, env: { DEBIAN_FRONTEND: 'noninteractive' } }
    await start('apt-get', ['update'], options).ended
    const { failure } = await start('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options).ended
    const installed = found()
    if (installed !== undefined) return { program: installed }
    if (failure !== undefined) return { missing: `apt-get install chromium: ${failure}` }
  }
  return { missing: 'no chromium on the path; install it, or name its program in CHROMIUM' }
}

/** A page that a Chromium without a window visits: what the server of the page answers, and what else the browser is told. */
interface Visit {
  /** The file at a path, with its content type. */
  readonly files: (path: string) => { readonly type: string; readonly body: string | Uint8Array } | undefined
  readonly flags: readonly string[]
  /** How long it may take, in milliseconds; as other engines by default. */
  readonly patience?: number
}

/** Serves a page, loads it, and waits for what it posts. Its pages are isolated, as shared memory asks for. */
export const visit = async (
  program: string,
  folder: string,
  { files, flags, ...others }: Visit
): Promise<{ readonly posted: string } | { readonly error: string }> => {
  const profile = mkdtempSync(join(folder, 'profile-'))
  let tell: (told: { readonly posted: string }) => void = () => undefined
  const told = new Promise<{ readonly posted: string }>((resolve) => (tell = resolve))
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        response.end()
        tell({ posted: body })
      })
      return
    }
    const file = files((request.url ?? '/').replace(/[?#].*/, ''))
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    if (file === undefined) response.writeHead(404).end()
    else response.setHeader('content-type', file.type).end(file.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const own = ['--headless', '--disable-dev-shm-usage', '--no-first-run', `--user-data-dir=${profile}`]
  const sandbox = isRoot ? ['--no-sandbox'] : []
  const url = `http://127.0.0.1:${port}/`
  const all = [...own, ...flags, ...sandbox, '--remote-debugging-port=0', url]
  const browser = start(program, all, { cwd: folder, patience, ...others })
  const result = await Promise.race([
    told,
    browser.ended.then(({ failure }) => ({ error: failure ?? 'it ended before it said anything' }))
  ])
  browser.stop()
  await browser.ended
  server.closeAllConnections()
  server.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  return result
}

const page = '<!doctype html><title>digests</title><script type="module" src="/bundle.mjs"></script>'

/** Loads a page with the bundle, and waits for what it posts. */
export const inChromium = async (program: string, bundle: string, folder: string): Promise<Told> => {
  const code = readFileSync(bundle)
  const files = (path: string) =>
    path === '/'
      ? { type: 'text/html', body: page }
      : path === '/bundle.mjs'
        ? { type: 'text/javascript', body: code }
        : undefined
  const told = await visit(program, folder, { files, flags: ['--disable-gpu'] })
  return 'error' in told ? told : readTold(told.posted)
}
