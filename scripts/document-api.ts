// npm run docs:api: writes docs/api and the map of the rooms anew from the comments of src. check-doc-coverage.ts says when
// they are stale.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiPages } from './api-pages.js'
import { publicNames } from './public-names.js'
import { architecture, withRooms } from './room-map.js'
import { root } from './sources.js'

const pages = apiPages(publicNames())
rmSync(join(root, 'docs/api'), { recursive: true, force: true })
for (const [path, text] of pages) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
writeFileSync(join(root, architecture), withRooms())
console.log(`docs/api: ${pages.size} pages, and the map of the rooms in ${architecture}`)
