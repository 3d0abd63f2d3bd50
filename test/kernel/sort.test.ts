import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { argsortInto } from '../../src/kernel/sort.js'

const order = (values: readonly number[], descending: boolean, count = values.length): readonly number[] => {
  const out = new Int32Array(count)
  const data = Float64Array.from(values)
  argsortInto({ data, offset: 0, outer: 1, along: values.length, inner: 1 }, descending, count, out)
  return Array.from(out)
}

const numbers = fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(NaN, 0, -0, Infinity)), {
  maxLength: 200
})

describe('argsortInto', () => {
  test('is a permutation in which neighbours are in order, equal ones by position, and NaN comes last', () => {
    fc.assert(
      fc.property(numbers, fc.boolean(), (values, descending) => {
        const positions = order(values, descending)
        expect([...positions].sort((a, b) => a - b)).toEqual(values.map((_, i) => i))
        const sign = descending ? -1 : 1
        for (let i = 1; i < positions.length; i++) {
          const [p, q] = [positions[i - 1]!, positions[i]!]
          const [x, y] = [sign * values[p]!, sign * values[q]!]
          expect(x < y || (x === y && p < q) || (Number.isNaN(y) && (!Number.isNaN(x) || p < q))).toBe(true)
        }
      })
    )
  })

  test('the first few, selected in one pass, are those of the whole order', () => {
    fc.assert(
      fc.property(numbers, fc.boolean(), fc.nat({ max: 20 }), (values, descending, few) => {
        const count = Math.min(few, values.length)
        expect(order(values, descending, count)).toEqual(order(values, descending).slice(0, count))
      })
    )
  })

  test('lanes do not touch each other', () => {
    const data = Int32Array.of(99, 3, 1, 2, 9, 1, 5, 6, 8, 5, 4, 9, 7)
    const out = new Int32Array(12)
    argsortInto({ data, offset: 1, outer: 2, along: 3, inner: 2 }, false, 3, out)
    expect(Array.from(out)).toEqual([2, 0, 1, 2, 0, 1, 1, 1, 0, 2, 2, 0])
  })
})
