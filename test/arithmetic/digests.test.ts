// The arithmetic of docs/arithmetic.md, by digests that are kept: here on the engine that runs the tests, from source.
import { createHash } from 'node:crypto'
import * as Debug from 'pullback/Debug'
import type { Expression, Intrinsic, Primitive, Program } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, it, test } from 'vitest'
import { primitives } from '../law/primitives.js'
import { differences } from './compare.js'
import { digest } from './digest.js'
import { cases, digests } from './digests.js'
import { expectedDigests } from './expected.js'
import { sha256 } from './sha256.js'

describe('digests', () => {
  it('are those that are kept; `npm run digests` says when they may be written anew', () => {
    expect(differences(expectedDigests(), digests())).toEqual([])
  })

  it('have a name each, and differ from each other', () => {
    const names = cases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(Object.values(expectedDigests())).size).toBe(names.length)
  })

  it('are compared by name, both ways', () => {
    expect(differences({ a: '1', b: '2', c: '3' }, { a: '1', b: '4', d: '5' })).toEqual([
      'b: 4; 2 is expected',
      'c: no digest; 3 is expected',
      'd: 5; no digest is kept'
    ])
  })
})

describe('a digest', () => {
  it('is of every bit', () => {
    const x = T.of([1, 2, 3])
    expect(digest(x)).toBe(digest(T.of([1, 2, 3])))
    const others = [
      T.of([1, 2, 3 + 2 ** -22]),
      T.of([1, 2, 3], 'float64'),
      T.of([[1, 2, 3]]),
      T.of([1, 2, 3], 'int32'),
      [x]
    ]
    expect(new Set([x, ...others].map(digest)).size).toBe(6)
    expect(digest(T.of([0]))).not.toBe(digest(T.of([-0])))
  })

  it('takes all NaN for one', () => {
    const bits = (word: number): T.Tensor => T.of([new Float32Array(Int32Array.of(word).buffer)[0] ?? 0])
    expect(digest(bits(0x7fc00000))).toBe(digest(bits(-0x1)))
  })
})

test('SHA-256 is that of Node, at every length', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => 37 * i + length)
    expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})
