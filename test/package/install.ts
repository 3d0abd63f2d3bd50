// Packs the build and installs it into a fresh folder as npm would, without a network: the tarball is unpacked, the
// dependencies are links to those of this project.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../../scripts/sources.js'

/** A folder in which `pullback` is installed. */
export type Installation = { readonly folder: string; readonly remove: () => void }

/** Installs the packed package, with the dependencies named and nothing else. */
export const install = (dependencies: ReadonlyArray<string>): Installation => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pullback-package-')))
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('install: npm pack wrote no tarball')
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'pullback'), { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', join(modules, 'pullback'), '--strip-components=1'])
  for (const name of dependencies) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'dir')
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
