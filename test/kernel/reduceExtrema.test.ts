import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { argmaxInto, argminInto, maxInto, minInto } from '../../src/kernel/reduceExtrema.js'
import { allInto, anyInto } from '../../src/kernel/reduceLogical.js'
import { awkward, block, lines, make } from './reduction.js'

describe.each(['float32', 'float64', 'int32', 'bool'] as const)('%s', (dtype) => {
  const blocks = block(make[dtype], awkward, 1)

  test('maxInto and minInto are Math.max and Math.min', () => {
    fc.assert(
      fc.property(blocks, (x) => {
        const out = make[dtype](new Array(x.outer * x.inner).fill(1))
        maxInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        expect([...out]).toEqual(lines(x).map((line) => Math.max(...line)))
        minInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        expect([...out]).toEqual(lines(x).map((line) => Math.min(...line)))
      })
    )
  })

  test('argmaxInto and argminInto are the first place of the extremum, NaN before all', () => {
    const first = (line: ReadonlyArray<number>, value: number): number =>
      line.findIndex((other) => other === value || (Number.isNaN(other) && Number.isNaN(value)))
    fc.assert(
      fc.property(blocks, (x) => {
        const out = new Int32Array(x.outer * x.inner).fill(77)
        argmaxInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        expect([...out]).toEqual(lines(x).map((line) => first(line, Math.max(...line))))
        argminInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        expect([...out]).toEqual(lines(x).map((line) => first(line, Math.min(...line))))
      })
    )
  })

  test('anyInto and allInto are some and every, also of nothing', () => {
    fc.assert(
      fc.property(block(make[dtype], fc.oneof(fc.constantFrom(0, -0), awkward)), (x) => {
        const out = new Uint8Array(x.outer * x.inner).fill(77)
        anyInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        expect([...out]).toEqual(lines(x).map((line) => Number(line.some((value) => value !== 0))))
        allInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        expect([...out]).toEqual(lines(x).map((line) => Number(line.every((value) => value !== 0))))
      })
    )
  })
})

test('more columns than are taken at a time', () => {
  const [outer, n, inner] = [2, 3, 2500]
  const data = Float64Array.from({ length: outer * n * inner }, (_, i) => (i * 7919) % 1013)
  const expected = lines({ data, offset: 0, outer, n, inner })
  const out = new Float64Array(outer * inner)
  const at = new Int32Array(outer * inner)
  maxInto(data, 0, outer, n, inner, out)
  argmaxInto(data, 0, outer, n, inner, at)
  expect([...out]).toEqual(expected.map((line) => Math.max(...line)))
  expect([...at]).toEqual(expected.map((line) => line.indexOf(Math.max(...line))))
})
