import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { DTypeError, LeakedTracerError } from 'pullback/Primitive'
import { IndexError, ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { distance, expectLawful, expectMaps, expectSame, normal } from '../linalg/matrices.js'
import { type Refusal, thrownBy, total, whole } from './naive.js'

interface Case {
  readonly x: T.Tensor
  readonly ids: readonly number[]
  readonly count: number
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.nat({ max: 6 }), fc.nat({ max: 3 }), fc.integer({ min: 1, max: 4 }))
  .chain(([n, width, count]) =>
    fc.record({
      x: whole([n, width]),
      ids: fc.array(fc.nat({ max: count - 1 }), { minLength: n, maxLength: n }),
      count: fc.constant(count)
    })
  )

/** Each element of the result from the elements of its segment and column. */
const naive = ({ x, ids, count }: Case, f: (values: readonly number[]) => number): readonly number[] => {
  const rows = T.toNested(x) as readonly (readonly number[])[]
  return Array.from({ length: count }, (_, k) =>
    Array.from({ length: x.shape[1]! }, (__, i) => f(rows.filter((___, j) => ids[j] === k).map((row) => row[i]!)))
  ).flat()
}

const ids = T.of([2, 0, 2, 1], 'int32')

describe.each([
  ['segmentSum', T.segmentSum, total],
  ['segmentMax', T.segmentMax, (values: readonly number[]) => Math.max(...values)]
] as const)('%s', (_name, f, reduce) => {
  test('reduces what has the same number', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const result = f(each.x, each.ids, { numSegments: each.count })
        expect(result.shape).toEqual([each.count, each.x.shape[1]])
        expect(Array.from(T.toArray(result), (value) => value + 0)).toEqual(
          naive(each, reduce).map((value) => value + 0)
        )
      })
    )
  })

  test('obeys the laws of derivatives, and maps over either operand', () => {
    expectLawful((x) => f(x, ids, { numSegments: 3 }), normal(1, [4, 2]))
    expectMaps((x) => f(x, ids, { numSegments: 3 }), normal(2, [3, 4, 2]))
    const xs = normal(3, [2, 4])
    const lists = T.of(
      [
        [0, 0, 1, 1],
        [1, 0, 1, 0]
      ],
      'int32'
    )
    const both = vmap((x: T.Tensor, list: T.Tensor) => f(x, list, { numSegments: 2 }))(xs, lists)
    const each = [0, 1].map((i) => f(T.at(xs, i), T.at(lists, i)))
    expect(distance(both, T.stack(each))).toBe(0)
  })

  test('takes numbers for several leading axes', () => {
    const x = normal(1, [2, 2, 3])
    const grid = T.of(
      [
        [0, 1],
        [1, 1]
      ],
      'int32'
    )
    expectSame(f(x, grid), f(T.reshape(x, [4, 3]), T.ravel(grid)))
    expectTypeOf(f(T.zeros([2, 2, 3]), grid, { numSegments: 5 })).toEqualTypeOf<T.Tensor<[5, 3]>>()
    expectTypeOf(pipe(T.zeros([2, 3]), f([0, 1]))).toEqualTypeOf<T.Tensor<[number, 3]>>()
  })
})

test('of nothing, the sum is 0 and the largest is the least of its type', () => {
  expectSame(T.segmentSum(T.of([1, 2]), [0, 0], { numSegments: 2 }), T.of([3, 0]))
  expectSame(T.segmentMax(T.of([1, 2]), [0, 0], { numSegments: 2 }), T.of([2, -Infinity]))
  expectSame(T.segmentMax(T.of([1, 2], 'int32'), [1, 1]), T.of([-(2 ** 31), 2], 'int32'))
  expectSame(T.segmentMax(T.of([false, true]), [1, 1]), T.of([false, true]))
  expectSame(T.segmentSum(T.of([true, true]), [0, 0]), T.of([2], 'int32'))
  expect(T.segmentMax(T.zeros([0, 2]), []).shape).toEqual([0, 2])
})

test('segmentMax divides its derivative among equal ones, passes NaN on, and -Infinity as well', () => {
  const at = (x: T.Tensor<[4]>): T.Tensor => grad((y: T.Tensor<[4]>) => T.sum(T.segmentMax(y, [0, 0, 1, 1])))(x)
  expectSame(at(T.of([5, 5, 1, 2])), T.of([0.5, 0.5, 0, 1]))
  expectSame(at(T.of([-Infinity, -Infinity, 1, 2])), T.of([0.5, 0.5, 0, 1]))
  expectSame(T.segmentMax(T.of([1, NaN, 3]), [0, 0, 1]), T.of([NaN, 3]))
})

test('bincount counts', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 6 })), (values) => {
      const x = T.fromTypedArray(Int32Array.from(values), [values.length])
      const expected = Array.from({ length: 7 }, (_, k) => values.filter((value) => value === k).length)
      expect(Array.from(T.toArray(T.bincount(x, { length: 7 })))).toEqual(expected)
      expect(T.bincount(x).shape).toEqual([Math.max(0, ...values.map((value) => value + 1))])
    })
  )
  expectTypeOf(pipe(ids, T.bincount({ length: 4 }))).toEqualTypeOf<T.Tensor<[4]>>()
  expectTypeOf(pipe(ids, T.bincount)).toEqualTypeOf<T.Tensor<[number]>>()
  const rows = T.of(
    [
      [0, 0],
      [1, 0]
    ],
    'int32'
  )
  expectSame(
    vmap((x: T.Tensor) => T.bincount(x, { length: 2 }))(rows),
    T.of(
      [
        [2, 0],
        [1, 1]
      ],
      'int32'
    )
  )
  expectSame(T.bincount(rows), T.of([3, 1], 'int32'))
})

const refusals: readonly Refusal[] = [
  [
    'segmentSum: ids have shape [3]; for shape [2], expected that shape or its leading sizes',
    ShapeError,
    () => T.segmentSum(T.of([1, 2]), [0, 1, 2])
  ],
  [
    'segmentMax: index is 2 on an axis of size 2; expected an integer from -2 to 1',
    IndexError,
    () => T.segmentMax(T.of([1, 2]), [0, 2], { numSegments: 2 })
  ],
  [
    'segmentSum: index is 7 on an axis of size 3; expected an integer from -3 to 2',
    IndexError,
    () => T.segmentSum(T.of([1, 2]), [0, 7], { numSegments: 3 })
  ],
  ['segmentMax: ids[1] is 0.5; expected an integer', TypeError, () => T.segmentMax(T.of([1, 2]), [0, 0.5])],
  [
    "segmentSum: indices are float32; expected int32, cast them with T.cast(indices, 'int32')",
    DTypeError,
    () => T.segmentSum(T.of([1, 2]), T.of([0, 1]))
  ],
  [
    'segmentSum: numSegments is -1; expected an integer of 0 or more',
    RangeError,
    () => T.segmentSum(T.of([1, 2]), [0, 1], { numSegments: -1 })
  ],
  [
    'segmentMax: a value inside vmap decides the size of the result; give numSegments',
    LeakedTracerError,
    () => vmap((list: T.Tensor) => T.segmentMax(T.of([1, 2]), list))(T.zeros([2, 2], 'int32'))
  ],
  [
    'bincount: a value inside vmap decides the size of the result; give length',
    LeakedTracerError,
    () => vmap((list: T.Tensor) => T.bincount(list))(T.zeros([2, 2], 'int32'))
  ],
  [
    'bincount: index is -1 on an axis of size 3; expected an integer from 0 to 2',
    IndexError,
    () => T.bincount(T.of([-1, 2], 'int32'))
  ],
  [
    'bincount: index is 5 on an axis of size 3; expected an integer from 0 to 2',
    IndexError,
    () => T.bincount(T.of([5], 'int32'), { length: 3 })
  ]
]

test.each(refusals)('%s', (message, kind, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(kind)
  expect(error).toHaveProperty('message', message)
})
