import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MatmulData, matmulInto } from '../../src/kernel/matmul.js'

/** A matrix somewhere in an array: element `(i, j)` is at `offset + i * row + j * col`. */
type View<D extends MatmulData = MatmulData> = {
  readonly data: D
  readonly offset: number
  readonly row: number
  readonly col: number
}

type Layout = {
  readonly kind: 'rows' | 'columns' | 'spread' | 'oneRow' | 'oneColumn' | 'oneElement'
  readonly offset: number
  readonly gap: number
}

const layout: fc.Arbitrary<Layout> = fc.record({
  kind: fc.constantFrom('rows', 'columns', 'spread', 'oneRow', 'oneColumn', 'oneElement'),
  offset: fc.integer({ min: 0, max: 5 }),
  gap: fc.integer({ min: 0, max: 3 })
})

const place = <D extends MatmulData>(
  make: (length: number) => D,
  fill: (i: number) => number,
  rows: number,
  columns: number,
  { kind, offset, gap }: Layout
): View<D> => {
  const strides = {
    rows: [columns + gap, 1],
    columns: [1, rows + gap],
    spread: [2 * columns + gap, 2],
    oneRow: [0, 1 + gap],
    oneColumn: [1 + gap, 0],
    oneElement: [0, 0]
  } as const
  const [row, col] = strides[kind]
  const data = make(offset + Math.max(0, rows - 1) * row + Math.max(0, columns - 1) * col + 1)
  for (let i = 0; i < data.length; i++) data[i] = fill(i)
  return { data, offset, row, col }
}

const at = (view: View, i: number, j: number): number => view.data[view.offset + i * view.row + j * view.col]!

/** The sum, and the sum of the magnitudes, that every bound is a multiple of; plain loops in double. */
const reference = (a: View, b: View, k: number, i: number, j: number): readonly [number, number] => {
  let sum = 0
  let magnitude = 0
  for (let p = 0; p < k; p++) {
    const term = at(a, i, p) * at(b, p, j)
    sum += term
    magnitude += Math.abs(term)
  }
  return [sum, magnitude]
}

const run = <D extends MatmulData>(
  make: (length: number) => D,
  m: number,
  n: number,
  k: number,
  a: View<D>,
  b: View<D>
): D => {
  const margin = 3
  const c = make(m * n + 2 * margin)
  c.fill(77)
  matmulInto(m, n, k, a.data, a.offset, a.row, a.col, b.data, b.offset, b.row, b.col, c, margin)
  const outside = [...c.subarray(0, margin), ...c.subarray(margin + m * n)]
  expect(outside).toEqual(outside.map(() => 77))
  return c.slice(margin, margin + m * n) as D
}

/** Numbers that look random, for arrays too long to draw element by element: the hash of Murmur's finalizer. */
const noise = (seed: number) => (i: number) => {
  let h = Math.imul(seed ^ i, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) | 0) / 2 ** 31
}

const float32 = (length: number): Float32Array => new Float32Array(length)
const float64 = (length: number): Float64Array => new Float64Array(length)
const int32 = (length: number): Int32Array => new Int32Array(length)

const size = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 70 }))
const problem = fc.record({ m: size, n: size, k: size, left: layout, right: layout, seed: fc.integer() })

/** Terms that are added up by themselves before they are added to the others. */
const block = 256

/**
 * A term is rounded once as a product, at most min(k, 256) - 1 times in the sum of its block, and once for each later block:
 * less than u times that, of the sum of the magnitudes. A product of float32 below the normal numbers is off by 2^-150. The reference
 * is a sum in double, of k terms in order.
 */
const bound = (k: number, magnitude: number, single: boolean): number => {
  const roundings = Math.min(k, block) + k / block
  const reference = magnitude * (k + 1) * 2 ** -53
  return reference + magnitude * roundings * (single ? 2 ** -24 : 2 ** -53) * (1 + 1e-4) + (single ? k * 2 ** -150 : 0)
}

/** The first element of the product that misses its bound, in words. */
const firstWrong = <D extends Float32Array | Float64Array>(
  make: (length: number) => D,
  m: number,
  n: number,
  k: number,
  a: View<D>,
  b: View<D>
): string | undefined => {
  const c = run(make, m, n, k, a, b)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const [sum, magnitude] = reference(a, b, k, i, j)
      const error = Math.abs(c[i * n + j]! - sum)
      if (!(error <= bound(k, magnitude, c instanceof Float32Array)))
        return `(${i}, ${j}) of ${m} x ${n}, depth ${k}: got ${c[i * n + j]}, expected ${sum}`
    }
  }
  return undefined
}

describe.each([
  ['float32', float32],
  ['float64', float64]
] as const)('matmulInto over %s', (_name, make: (length: number) => Float32Array | Float64Array) => {
  test('is the triple loop, for all sizes, strides, offsets and broadcasts', () => {
    fc.assert(
      fc.property(problem, ({ m, n, k, left, right, seed }) => {
        const a = place(make, noise(seed), m, k, left)
        const b = place(make, noise(seed + 1), k, n, right)
        expect(firstWrong(make, m, n, k, a, b)).toBeUndefined()
      }),
      { numRuns: 400 }
    )
  })

  test.each([
    [67, 261, 1030],
    [130, 9, 515],
    [9, 513, 40],
    [1, 2050, 37],
    [2050, 1, 37]
  ])('is the triple loop across the edges of blocks: %i x %i, depth %i', (m, n, k) => {
    for (const left of ['rows', 'columns'] as const) {
      for (const right of ['rows', 'columns'] as const) {
        const a = place(make, noise(1), m, k, { kind: left, offset: 1, gap: 0 })
        const b = place(make, noise(2), k, n, { kind: right, offset: 2, gap: 0 })
        expect(firstWrong(make, m, n, k, a, b)).toBeUndefined()
      }
    }
  })

  test('skips no term: NaN and infinities propagate, also against zeros', () => {
    const special = fc.constantFrom(NaN, Infinity, -Infinity, 0)
    fc.assert(
      fc.property(problem, fc.array(fc.tuple(fc.nat(), special), { maxLength: 6 }), (p, specials) => {
        const { m, n, k, left, right, seed } = p
        const small = noise(seed)
        const a = place(make, (i) => Math.round(2 * small(i)), m, k, left)
        const b = place(make, (i) => Math.round(2 * small(~i)), k, n, right)
        for (const [where, value] of specials) {
          const { data } = where % 2 === 0 ? a : b
          data[where % data.length] = value
        }
        const c = run(make, m, n, k, a, b)
        const expected = Array.from(c, (_value, at) => reference(a, b, k, Math.floor(at / n), at % n)[0])
        // + 0: the sign of a zero depends on the order of the terms
        expect(Array.from(c, (value) => value + 0)).toEqual(expected.map((value) => value + 0))
      })
    )
  })

  test('leaves nothing behind for the next product', () => {
    const poison = place(make, () => NaN, 70, 70, { kind: 'rows', offset: 0, gap: 0 })
    run(make, 70, 70, 70, poison, poison)
    const ones = place(make, () => 1, 33, 33, { kind: 'rows', offset: 0, gap: 0 })
    expect([...run(make, 33, 33, 33, ones, ones)]).toEqual(Array.from({ length: 33 * 33 }, () => 33))
  })
})

test('int32 products and sums wrap modulo 2^32', () => {
  fc.assert(
    fc.property(problem, ({ m, n, k, left, right, seed }) => {
      const a = place(int32, (i) => noise(seed)(i) * 2 ** 31, m, k, left)
      const b = place(int32, (i) => noise(~seed)(i) * 2 ** 31, k, n, right)
      const c = run(int32, m, n, k, a, b)
      for (let i = 0; i < Math.min(m, 9); i++) {
        for (let j = 0; j < Math.min(n, 9); j++) {
          let sum = 0n
          for (let p = 0; p < k; p++) sum += BigInt(at(a, i, p)) * BigInt(at(b, p, j))
          expect(c[i * n + j]).toBe(Number(BigInt.asIntN(32, sum)))
        }
      }
    })
  )
})

test('operands of two types are refused', () => {
  const multiply = () =>
    matmulInto(1, 1, 1, new Float32Array(1), 0, 1, 1, new Float64Array(1), 0, 1, 1, new Float32Array(1), 0)
  expect(multiply).toThrow('matmul: the arrays are Float32Array, Float64Array, Float32Array; expected one type')
})
