// Every name that a public module exports has a doc comment with an example, and docs/api lists it as it is.
// A name that is passed on (`export { add } from './tensor/arithmetic.js'`) is documented where it is declared.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { apiPages } from './api-pages.js'
import { architecture, withRooms } from './room-map.js'
import { type PublicName, publicNames } from './public-names.js'
import { filesUnder, report, root, textOf } from './sources.js'

const lacking = ({ comment, examples }: PublicName): string | undefined => {
  if (comment === '') return 'has no doc comment'
  if (examples.length === 0) return 'has no @example'
  return examples.every((text) => text.trim() !== '') ? undefined : 'has an empty @example'
}

const modules = publicNames()
const missing = modules.flatMap(({ name: module, comment, names }) => [
  ...(names.length === 0 ? [`src/${module}.ts: exports nothing`] : []),
  ...(comment === '' ? [`src/${module}.ts: has no doc comment at its head`] : []),
  ...names.flatMap((name) => {
    const lack = lacking(name)
    return lack === undefined ? [] : [`${name.file}:${name.line}: ${module}.${name.name} ${lack}`]
  })
])

const pages = apiPages(modules)
const stale = [
  ...[...pages].filter(([path, text]) => !existsSync(join(root, path)) || textOf(path) !== text).map(([path]) => path),
  ...filesUnder('docs/api', '.md').filter((path) => !pages.has(path)),
  ...(textOf(architecture) === withRooms() ? [] : [architecture])
].map((path) => `${path}: differs from the doc comments; run npm run docs:api`)

const count = modules.reduce((sum, { names }) => sum + names.length, 0)
report(`doc comments of ${count} names in ${modules.length} public modules, and docs/api`, [...missing, ...stale])
