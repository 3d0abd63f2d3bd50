import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, flat, thrownBy } from './naive.js'

const numbers = fc.array(
  fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -5, max: 5 }) }, fc.constantFrom(NaN, Infinity, -Infinity, -0))
)

const vector = (values: readonly number[]): T.Tensor => T.fromTypedArray(new Float64Array(values), [values.length])

/** Whether `x` stands before `y`, when NaN is the greatest. */
const isBefore = (x: number, y: number): boolean => (Number.isNaN(x) ? false : Number.isNaN(y) || x < y)

describe('searchSorted', () => {
  test('counts the elements before a value, or those not behind it', () => {
    fc.assert(
      fc.property(numbers, numbers, (elements, values) => {
        const sorted = T.sort(vector(elements))
        const left = T.searchSorted(sorted, vector(values))
        const right = T.searchSorted(sorted, vector(values), { side: 'right' })
        expect([left.dtype, right.dtype]).toEqual(['int32', 'int32'])
        expect(flat(left)).toEqual(values.map((value) => elements.filter((each) => isBefore(each, value)).length))
        expect(flat(right)).toEqual(values.map((value) => elements.filter((each) => !isBefore(value, each)).length))
      })
    )
  })

  test('has the shape of the values, and is dual', () => {
    const edges = T.of([0, 10, 20])
    expect(
      T.toNested(
        T.searchSorted(
          edges,
          T.of([
            [5, 10],
            [-1, 99]
          ])
        )
      )
    ).toEqual([
      [1, 1],
      [0, 3]
    ])
    expect(T.toNested(pipe(edges, T.searchSorted(T.of([10]), { side: 'right' })))).toEqual([2])
    expect(T.toNested(pipe(edges, T.searchSorted(T.of([10]))))).toEqual([1])
    expect(T.toNested(pipe(edges, T.searchSorted(15)))).toBe(2)
  })

  test('a number takes the type of the vector when that is a float; across types, values are compared exactly', () => {
    expect(T.toNested(T.searchSorted(T.of([0.1, 0.2]), 0.1))).toBe(0)
    expect(T.toNested(T.searchSorted(T.of([0.1, 0.2]), 0.1, { side: 'right' }))).toBe(1)
    expect(T.toNested(T.searchSorted(T.of([1, 2, 3], 'int32'), 2.5))).toBe(2)
    expect(T.toNested(T.searchSorted(T.of([0.1]), T.scalar(0.1, 'float64')))).toBe(0)
    expect(T.toNested(T.searchSorted(T.of([16777217], 'int32'), T.of([16777216])))).toEqual([0])
  })

  const refused: readonly Refusal[] = [
    [
      'searchSorted: shape is [2, 2]; expected a sorted vector',
      ShapeError,
      () => T.searchSorted(T.zeros([2, 2]), T.of([1]))
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
