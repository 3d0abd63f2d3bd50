/** Implementations in processes of their own, also those of earlier commits, and tables of what they print. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Times = Readonly<Record<string, number>>

export const root: string = new URL('../..', import.meta.url).pathname

/** Builds an earlier commit in a temporary folder. */
export const builtAt = (commit: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pullback-before-'))
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1 << 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: folder })
  return folder
}

/** The last line that a program prints. */
export const printed = (program: string, args: readonly string[]): Times => {
  const out = execFileSync(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(out.toString().trim().split('\n').at(-1) ?? '{}') as Times
}

/** What one of the bundled programs prints. */
export const child = (name: string, args: readonly string[], flags: readonly string[] = []): Times =>
  printed(process.execPath, [...flags, join(root, `bench/.out/${name}.js`), ...args])

/** Rows of cells, in columns. */
export const lines = (rows: ReadonlyArray<readonly string[]>): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ')).join('\n')
}
