// The engines that must compute the digests, and where each comes from: a package with a binary, or the system.

export interface Packaged {
  readonly name: string
  /** By platform and processor: what to ask npm for, and where the program lies in it. */
  readonly packages: Readonly<Record<string, readonly [specifier: string, program: string]>>
  /** What stands before the file to run. */
  readonly before: readonly string[]
}

const node = (major: number): Packaged => ({
  name: `node${major}`,
  packages: Object.fromEntries(
    ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].map((machine) => [
      machine,
      [`node-${machine}@${major}`, 'bin/node'] as const
    ])
  ),
  before: []
})

export const packaged: readonly Packaged[] = [
  node(22),
  node(24),
  node(26),
  {
    name: 'bun',
    packages: {
      'linux-x64': ['@oven/bun-linux-x64-baseline', 'bin/bun'],
      'linux-arm64': ['@oven/bun-linux-aarch64', 'bin/bun'],
      'darwin-x64': ['@oven/bun-darwin-x64-baseline', 'bin/bun'],
      'darwin-arm64': ['@oven/bun-darwin-aarch64', 'bin/bun']
    },
    before: []
  },
  {
    name: 'deno',
    packages: {
      'linux-x64': ['@deno/linux-x64-glibc', 'deno'],
      'linux-arm64': ['@deno/linux-arm64-glibc', 'deno'],
      'darwin-x64': ['@deno/darwin-x64', 'deno'],
      'darwin-arm64': ['@deno/darwin-arm64', 'deno']
    },
    before: ['run', '--quiet', '--no-config', '--no-lock']
  }
]

/** The Node that runs the script, and the browser. */
export const names: readonly string[] = ['this', ...packaged.map(({ name }) => name), 'chromium']
