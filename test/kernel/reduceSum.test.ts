import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sumInto } from '../../src/kernel/reduceSum.js'
import { awkward, block, integer, lines, make } from './reduction.js'

const magnitude = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + Math.abs(value), 0)
const plain = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0)

describe('sums of floats', () => {
  test.each([
    ['float32', 2 ** -24],
    ['float64', 0]
  ] as const)('%s: the plain sum, to the bound of summation in double', (dtype, rounding) => {
    fc.assert(
      fc.property(block(make[dtype], fc.double({ min: -1e6, max: 1e6, noNaN: true })), (x) => {
        const out = make[dtype](new Array(x.outer * x.inner).fill(77))
        sumInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        lines(x).forEach((line, at) => {
          const bound = magnitude(line) * 2 * line.length * 2 ** -53 + Math.abs(plain(line)) * rounding * (1 + 1e-6)
          expect(Math.abs(out[at]! - plain(line))).toBeLessThanOrEqual(bound + 2 ** -149)
        })
      })
    )
  })

  test.each(['float32', 'float64'] as const)('%s: NaN and infinities propagate', (dtype) => {
    fc.assert(
      fc.property(block(make[dtype], awkward), (x) => {
        const out = new Float64Array(x.outer * x.inner)
        sumInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        const kind = (sum: number): number | string => (Number.isFinite(sum) ? 'finite' : sum)
        expect(Array.from(out, kind)).toEqual(lines(x).map((line) => kind(plain(line))))
      })
    )
  })

  test.each([
    [1, 1e7],
    [4, 2_500_000],
    [16, 625_000],
    [2000, 5_000]
  ])('the mean of 10^7 times 0.1, in %i columns, is 0.1 to one unit in the last place', (inner, n) => {
    const ulp = 2 ** -56
    const sums = new Float64Array(inner)
    sumInto(new Float64Array(1e7).fill(0.1), 0, 1, n, inner, sums)
    for (const sum of sums) expect(Math.abs(sum / n - 0.1)).toBeLessThanOrEqual(ulp)
    sumInto(new Float32Array(1e7).fill(0.1), 0, 1, n, inner, sums)
    for (const sum of sums) expect(Math.fround(sum / n)).toBe(Math.fround(0.1))
  })

  test('integers in float64 are added exactly across blocks and chunks', () => {
    for (const [outer, n, inner] of [
      [2, 1000, 1],
      [2, 1001, 7],
      [2, 515, 1100]
    ] as const) {
      const data = Float64Array.from({ length: 3 + outer * n * inner }, (_, i) => (i * 7919) % 1013)
      const sums = new Float64Array(outer * inner)
      sumInto(data, 3, outer, n, inner, sums)
      expect([...sums]).toEqual(lines({ data, offset: 3, outer, n, inner }).map(plain))
    }
  })
})

test.each(['int32', 'bool'] as const)('%s is added modulo 2^32', (dtype) => {
  fc.assert(
    fc.property(block(make[dtype], integer), (x) => {
      const out = new Int32Array(x.outer * x.inner).fill(77)
      sumInto(x.data, x.offset, x.outer, x.n, x.inner, out)
      const exact = lines(x).map((line) => line.reduce((sum, value) => sum + BigInt(value), 0n))
      expect([...out]).toEqual(exact.map((sum) => Number(BigInt.asIntN(32, sum))))
    })
  )
})
