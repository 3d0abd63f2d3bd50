// The digests of the arithmetic (test/arithmetic): which of them this engine gets otherwise than digests.json has them.
// npm run digests -- --write    writes digests.json anew
//
// To write it anew is right for two reasons only: a case was added or changed, or the definition in docs/arithmetic.md was
// changed on purpose, and the change log says so. A digest that differs otherwise is a result that has changed, or one
// that is not the same in every engine: that is a defect, and the file stays. Write on Node 20, then `npm run long`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { differences } from '../test/arithmetic/compare.js'
import { allDigests } from '../test/arithmetic/digitsModel.js'
import { expectedDigests, file } from '../test/arithmetic/expected.js'
import { report, root, textOf } from './sources.js'

const found = await allDigests(textOf('examples/data/digits.csv'))
const problems = differences(expectedDigests(), found)

if (process.argv.includes('--write')) {
  for (const problem of problems) console.log(problem)
  writeFileSync(join(root, file), `${JSON.stringify(found, undefined, 2)}\n`)
  console.log(`${file}: ${Object.keys(found).length} digests, ${problems.length} of them new, gone or changed`)
} else report('digests', problems)
