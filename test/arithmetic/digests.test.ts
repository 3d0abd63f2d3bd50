// The arithmetic of docs/arithmetic.md, by digests that are kept: here on the engine that runs the tests, from source.
import { createHash } from 'node:crypto'
import * as Debug from 'pullback/Debug'
import { type Expression, type Intrinsic, type Primitive, expressionFor } from 'pullback/Primitive'
import type { Program } from 'pullback/Program'
import { primitives } from 'pullback/ProgramJson'
import * as T from 'pullback/Tensor'
import { describe, expect, it, test } from 'vitest'
import { textOf } from '../../scripts/sources.js'
import { differences } from './compare.js'
import { digest } from './digest.js'
import { cases } from './digests.js'
import { allDigests } from './digitsModel.js'
import { expectedDigests } from './expected.js'
import { sha256 } from './sha256.js'

describe('digests', () => {
  it('are those that are kept; `npm run digests` says when they may be written anew', async () => {
    expect(differences(expectedDigests(), await allDigests(textOf('examples/data/digits.csv')))).toEqual([])
  })

  it('have a name each, and differ from each other', () => {
    const names = cases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const kept = Object.values(expectedDigests())
    expect(new Set(kept).size).toBe(kept.length)
  })

  it('are compared by name, both ways', () => {
    expect(differences({ a: '1', b: '2', c: '3' }, { a: '1', b: '4', d: '5' })).toEqual([
      'b: 4; 2 is expected',
      'c: no digest; 3 is expected',
      'd: 5; no digest is kept'
    ])
  })
})

/** The names of the primitives in a program, and in the programs inside. */
const namesIn = ({ equations }: Program): readonly string[] =>
  equations.flatMap(({ primitive, params }) => [
    primitive.name,
    ...(primitive.programs?.(params) ?? []).flatMap(namesIn)
  ])

/** The functions whose float32 value is defined, by rules 1 to 3; that of all others is the engine's. */
const defined: ReadonlySet<Intrinsic> = new Set<Intrinsic>([
  ...(['neg', 'abs', 'sqrt', 'floor', 'ceil', 'round', 'min', 'max', 'rem', 'imul', 'ipow'] as const),
  ...(['exp', 'expm1', 'log', 'log1p', 'log2', 'tanh', 'sin', 'cos', 'pow', 'erf'] as const)
])

const calls = (e: Expression): readonly Intrinsic[] => {
  if (e.op === 'operand' || e.op === 'constant' || e.op === 'parameter') return []
  if (e.op === 'intrinsic') return [e.name, ...e.args.flatMap(calls)]
  return (e.op === 'select' ? [e.condition, e.onTrue, e.onFalse] : [e.left, e.right]).flatMap(calls)
}

/** Whether a primitive needs no digest: it computes nothing, or what it computes is the engine's own. */
const isFree = ({ name, kind, scalar }: Primitive): boolean =>
  kind === 'view' ||
  kind === 'move' ||
  kind === 'control' ||
  kind === 'opaque' ||
  // they take logarithms and error functions in float64
  name === 'truncatedNormal' ||
  name === 'weightedChoice' ||
  (scalar !== undefined && !calls(expressionFor(scalar, 'float32')).every((each) => defined.has(each)))

test('every primitive whose results are defined is in a digest', () => {
  const found = new Set(cases.flatMap(({ operands, f }) => namesIn(Debug.trace(f)(...operands))))
  const missing = primitives.filter((each) => !found.has(each.name) && !isFree(each))
  expect(missing.map(({ name }) => name)).toEqual([])
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
