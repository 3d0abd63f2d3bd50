// The digests that every engine must compute, from the file that is kept beside this one.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts/lib/index.js'
import { root, textOf } from '../../scripts/sources.js'
import type { Digests } from './digests.js'

/** Where the digests are kept, from the root. */
export const file = 'test/arithmetic/digests.json'

const codec = t.readonly(t.record(t.string, t.string))

/** Names and digests from JSON. */
export const readDigests = (json: string): Digests => {
  const decoded = codec.decode(JSON.parse(json))
  if (isRight(decoded)) return decoded.right
  throw new Error('digests: something else than names and digests; a record of strings is required')
}

/** The digests that are kept; none before they were first written. */
export const expectedDigests = (): Digests => (existsSync(join(root, file)) ? readDigests(textOf(file)) : {})
