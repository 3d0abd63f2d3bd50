// Engines from npm's packages, without their scripts, into a folder outside of the project.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Packaged } from './list.js'
import { start } from './start.js'

/** The path of an engine's program, or why it is missing. If npm fails, without a network say, an installed one will do. */
export const programOf = async (
  { name, packages }: Packaged,
  folder: string
): Promise<{ readonly program: string } | { readonly missing: string }> => {
  const machine = `${process.platform}-${process.arch}`
  const [specifier, file] = packages[machine] ?? []
  if (specifier === undefined || file === undefined) return { missing: `no package is known for ${machine}` }
  const own = join(folder, name)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'package.json'), '{ "private": true }')
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', specifier]
  const { failure } = await start('npm', args, { cwd: own }).ended
  const program = join(own, 'node_modules', specifier.replace(/(.)@.*$/, '$1'), file)
  if (existsSync(program)) {
    if (failure !== undefined) console.log(`${name}: npm install ${specifier} failed; the one that is kept is run`)
    return { program }
  }
  return {
    missing: failure === undefined ? `${specifier} has no file ${file}` : `npm install ${specifier}: ${failure}`
  }
}
