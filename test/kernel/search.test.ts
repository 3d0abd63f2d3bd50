import { expect, test } from 'vitest'
import { searchSortedInto } from '../../src/kernel/search.js'

test('searches a stretch of an array, for a stretch of values', () => {
  const sorted = Float64Array.of(99, -1, 0, 0, 4, NaN, -99)
  const values = Float64Array.of(7, -2, 0, 4.5, NaN)
  const [left, right] = [new Int32Array(4), new Int32Array(4)]
  searchSortedInto(sorted, 1, 5, values, 1, false, left)
  searchSortedInto(sorted, 1, 5, values, 1, true, right)
  expect(Array.from(left)).toEqual([0, 1, 4, 4])
  expect(Array.from(right)).toEqual([0, 3, 4, 5])
})
