// What an engine says: the implementation of products that it took, and its digests.
import { isRight } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts/lib/index.js'

const told = t.union([
  t.type({ products: t.string, digests: t.record(t.string, t.string) }),
  t.type({ error: t.string })
])

export type Told = t.TypeOf<typeof told>

/** Reads it; anything else is an error that shows how it begins. */
export const readTold = (json: string): Told => {
  try {
    const decoded = told.decode(JSON.parse(json))
    if (isRight(decoded)) return decoded.right
  } catch {
    // said below
  }
  return { error: `it said '${json.slice(0, 200)}', and no digests` }
}
