// What digests differ in, as sentences.
import type { Digests } from './digests.js'

/** A sentence for each name with another digest, for each that is missing, and for each that is not known. */
export const differences = (expected: Digests, found: Digests): readonly string[] => [
  ...Object.entries(expected).flatMap(([name, digest]) => {
    const other = found[name]
    if (other === undefined) return [`${name}: no digest; ${digest} is expected`]
    return other === digest ? [] : [`${name}: ${other}; ${digest} is expected`]
  }),
  ...Object.keys(found)
    .filter((name) => expected[name] === undefined)
    .map((name) => `${name}: ${found[name]}; no digest is kept`)
]
