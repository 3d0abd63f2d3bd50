// What every record declares of itself: a unique name, a kind, and parameters that are plain data.
import * as fc from 'fast-check'
import { draw } from 'pullback/Arbitrary'
import type { Kind } from 'pullback/Primitive'
import { describe, expect, it } from 'vitest'
import { primitives } from './primitives.js'

/** Operations whose inside no compiler could look into: decompositions, solvers, searches. */
const opaque: readonly string[] = [
  'cholesky',
  'cofactor',
  'det',
  'detSign',
  'eigh',
  'extendedInverse',
  'inverse',
  'logAbsDet',
  'lstsq',
  'lu',
  'lyapunov',
  'matrixExp',
  'matrixFunction',
  'matrixFunctionJets',
  'matrixSqrt',
  'pivots',
  'polar',
  'qr',
  'searchSorted',
  'solve',
  'svd',
  'symmetrise',
  'triangularSolve'
]

const kinds: readonly Kind[] = [
  'elementwise',
  'reduce',
  'lane',
  'view',
  'move',
  'contract',
  'index',
  'random',
  'control',
  'opaque'
]

describe('the records', () => {
  it('are of these kinds', () => {
    const table = kinds.map((kind) => {
      const names = primitives.filter(({ primitive }) => primitive.kind === kind).map(({ primitive }) => primitive.name)
      return `${kind} (${names.length}): ${[...names].sort().join(', ')}`
    })
    console.log(table.join('\n'))
    expect(primitives.filter(({ primitive }) => !kinds.includes(primitive.kind))).toEqual([])
  })

  it('are opaque only where nothing else fits', () => {
    const found = primitives.flatMap(({ primitive: { kind, name } }) => (kind === 'opaque' ? [name] : []))
    expect([...found].sort()).toEqual([...opaque].sort())
  })

  it('have names that are unique', () => {
    const names = primitives.map(({ primitive }) => primitive.name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })

  it.each(primitives.map(({ place, primitive }) => [place, primitive] as const))(
    'have parameters that are a record: %s',
    (_, primitive) => {
      for (const from of fc.sample(draw({ maxElements: 8 }), { numRuns: 5, seed: 1 })) {
        const params: unknown = primitive.sample?.(from).params
        expect(Object.getPrototypeOf(params)).toBe(Object.prototype)
      }
    }
  )
})
