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

const page = '<!doctype html><title>digests</title><script type="module" src="/bundle.mjs"></script>'

/** Loads a page with the bundle, and waits for what it posts. */
export const inChromium = async (program: string, bundle: string, folder: string): Promise<Told> => {
  const code = readFileSync(bundle)
  const profile = mkdtempSync(join(folder, 'profile-'))
  let tell: (told: Told) => void = () => undefined
  const told = new Promise<Told>((resolve) => (tell = resolve))
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        response.end()
        tell(readTold(body))
      })
    } else if (request.url === '/bundle.mjs') response.setHeader('content-type', 'text/javascript').end(code)
    else if (request.url === '/') response.setHeader('content-type', 'text/html').end(page)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const flags = [
    '--headless',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    `--user-data-dir=${profile}`
  ]
  const sandbox = isRoot ? ['--no-sandbox'] : []
  const url = `http://127.0.0.1:${port}/`
  const browser = start(program, [...flags, ...sandbox, '--remote-debugging-port=0', url], { cwd: folder, patience })
  const result = await Promise.race([
    told,
    browser.ended.then(({ failure }): Told => ({ error: failure ?? 'it ended before it said anything' }))
  ])
  browser.stop()
  await browser.ended
  server.closeAllConnections()
  server.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  return result
}
