import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { permuteTo, sumOver } from '../../src/tensor/structural.js'
import { type Refusal, adjoint, indicesOf, sizes, thrownBy, whole } from './naive.js'

type Entry = readonly [value: number, position: number]

/** The order of a lane by the sort of JavaScript's arrays, which is stable. */
const naiveOrder = (lane: readonly number[], descending: boolean): readonly number[] => {
  const rank = (value: number): number => (Number.isNaN(value) ? 1 : 0)
  const compare = ([a, i]: Entry, [b, j]: Entry): number => {
    if (rank(a) !== rank(b) || Number.isNaN(a)) return rank(a) - rank(b) || i - j
    if (a !== b) return a < b === descending ? 1 : -1
    return i - j
  }
  return lane
    .map((value, position): Entry => [value, position])
    .sort(compare)
    .map(([, position]) => position)
}

/** The lanes of a tensor along an axis, in row-major order of the other axes. */
const lanes = (x: T.Tensor, axis: number): readonly (readonly number[])[] => {
  const others = x.shape.filter((_, i) => i !== axis)
  const order = [...x.shape.map((_, i) => i).filter((i) => i !== axis), axis]
  const values = Array.from(T.toArray(permuteTo(x, order)))
  const n = x.shape[axis]!
  return indicesOf(others).map((_, lane) => values.slice(lane * n, (lane + 1) * n))
}

const awkward = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e300, -1e300, 5e-324, 2 ** 31)
)

/** Tensors with ties, NaN, infinities and both zeros; long lanes among them. */
const tensors: fc.Arbitrary<T.Tensor> = fc
  .oneof(
    sizes(1, 3),
    fc.tuple(fc.integer({ min: 0, max: 70 })),
    fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constant(2))
  )
  .chain((shape: Shape) => {
    const length = shape.reduce((product, n) => product * n, 1)
    return fc
      .array(awkward, { minLength: length, maxLength: length })
      .map((values) => T.fromTypedArray(new Float64Array(values), shape))
  })

const cases = tensors.chain((x) =>
  fc.record({ x: fc.constant(x), axis: fc.nat({ max: x.shape.length - 1 }), descending: fc.boolean() })
)

describe('argsort', () => {
  test('is the stable order by number, NaN last, along any axis and in both directions', () => {
    fc.assert(
      fc.property(cases, ({ x, axis, descending }) => {
        const order = T.argsort(x, { axis, descending })
        expect(order.dtype).toBe('int32')
        expect(order.shape).toEqual(x.shape)
        expect(lanes(order, axis)).toEqual(lanes(x, axis).map((lane) => naiveOrder(lane, descending)))
      })
    )
  })

  test('sorts 10^5 elements of every pattern', () => {
    const n = 100_000
    const patterns: ReadonlyArray<(i: number) => number> = [
      (i) => i,
      (i) => -i,
      () => 1,
      (i) => (i * 7919) % n,
      (i) => (i * 7919) % 10,
      (i) => (i % 2 === 0 ? i : n - i)
    ]
    for (const pattern of patterns) {
      const values = Float64Array.from({ length: n }, (_, i) => pattern(i))
      const sorted = T.toArray(T.sort(T.fromTypedArray(values, [n])))
      const expected = values.slice().sort()
      expect(sorted.every((value: number, i: number) => value === expected[i])).toBe(true)
    }
  })

  test('has derivative zero: it is a constant inside of transformations', () => {
    const f = (x: T.Tensor<[3]>): T.Tensor<[]> => T.dot(x, T.argsort(x))
    expect(T.toNested(grad(f)(T.of([5, 1, 3])))).toEqual([1, 2, 0])
  })
})

describe('sort', () => {
  test('takes the elements in the order of argsort', () => {
    fc.assert(
      fc.property(cases, ({ x, axis, descending }) => {
        const sorted = T.sort(x, { axis, descending })
        const expected = lanes(x, axis).map((lane) => naiveOrder(lane, descending).map((position) => lane[position]!))
        expect(sorted.dtype).toBe(x.dtype)
        expect(lanes(sorted, axis)).toEqual(expected)
      })
    )
  })

  test('by number, not by text; both zeros are equal and stay as they are', () => {
    expect(T.toNested(T.sort(T.of([10, 9, 100, 1])))).toEqual([1, 9, 10, 100])
    expect(T.toNested(T.sort(T.of([0, -0, 0, -1])))).toEqual([-1, 0, -0, 0])
    expect(T.toNested(T.sort(T.of([-0, 0, 1]), { descending: true }))).toEqual([1, -0, 0])
    expect(T.toNested(T.argsort(T.of([0, -0]), { descending: true }))).toEqual([0, 1])
  })

  test('integers to the ends of their range, and booleans', () => {
    const ends = T.of([2147483647, -2147483648, 0], 'int32')
    expect(T.toNested(T.sort(ends))).toEqual([-2147483648, 0, 2147483647])
    expect(T.toNested(T.sort(ends, { descending: true }))).toEqual([2147483647, 0, -2147483648])
    const flags = T.sort(T.of([true, false, true]))
    expect(flags.dtype).toBe('bool')
    expect(T.toNested(flags)).toEqual([0, 1, 1])
  })

  test('is dual, along the last axis by default', () => {
    const x = T.of([
      [3, 1],
      [2, 4]
    ])
    expect(T.toNested(pipe(x, T.sort))).toEqual([
      [1, 3],
      [2, 4]
    ])
    expect(T.toNested(pipe(x, T.sort({ axis: 0 })))).toEqual([
      [2, 1],
      [3, 4]
    ])
    expect(T.toNested(pipe(x, T.argsort({ axis: -2, descending: true })))).toEqual([
      [0, 1],
      [1, 0]
    ])
  })

  test('both modes of differentiation are adjoint, exactly, with ties', () => {
    const moving = sizes(1, 3).chain((shape) =>
      fc.tuple(whole(shape), whole(shape), whole(shape), fc.nat({ max: shape.length - 1 }), fc.boolean())
    )
    fc.assert(
      fc.property(moving, ([x, v, u, axis, descending]) => {
        const [forward, reverse] = adjoint((y) => T.sort(y, { axis, descending }), [x], [v], u)
        expect(forward).toBe(reverse)
      })
    )
  })

  test('at a tie the gradient goes where each element came from; second derivatives too', () => {
    const weights = T.of([1, 10, 100], 'float64')
    const f = (x: T.Tensor<[3]>): T.Tensor<[]> => T.dot(T.mul(T.sort(x), T.sort(x)), weights)
    const x = T.of([2, 1, 2], 'float64')
    expect(T.toNested(grad(f)(x))).toEqual([40, 2, 400])
    expect(T.toNested(jvp(grad(f))([x], [T.of([1, 1, 1], 'float64')])[1])).toEqual([20, 2, 200])
  })
})

describe('topK', () => {
  test('is the beginning of the descending sort, values and positions', () => {
    const withCount = cases.chain((each) => fc.tuple(fc.constant(each), fc.nat({ max: each.x.shape[each.axis]! })))
    fc.assert(
      fc.property(withCount, ([{ x, axis }, k]) => {
        const [values, positions] = T.topK(x, k, { axis })
        const first = lanes(x, axis).map((lane) => naiveOrder(lane, true).slice(0, k))
        expect([values.dtype, positions.dtype]).toEqual([x.dtype, 'int32'])
        expect(lanes(positions, axis)).toEqual(first)
        expect(lanes(values, axis)).toEqual(
          lanes(x, axis).map((lane, i) => first[i]!.map((position) => lane[position]!))
        )
      })
    )
  })

  test('the first of equal elements; NaN only when there is nothing else', () => {
    expect(T.topK(T.of([1, 3, 3, 3]), 2).map(T.toNested)).toEqual([
      [3, 3],
      [1, 2]
    ])
    expect(T.topK(T.of([NaN, 1, NaN, 2]), 3).map(T.toNested)).toEqual([
      [2, 1, NaN],
      [3, 1, 0]
    ])
  })

  test('is dual; the gradient goes to what was taken', () => {
    const x = T.of([
      [1, 2],
      [4, 3]
    ])
    expect(pipe(x, T.topK(1)).map(T.toNested)).toEqual([
      [[2], [4]],
      [[1], [0]]
    ])
    expect(pipe(x, T.topK(1, { axis: 0 })).map(T.toNested)).toEqual([[[4, 3]], [[1, 1]]])
    const f = (y: T.Tensor<[2, 2]>): T.Tensor<[]> => T.ensure([])(sumOver(T.mul(T.topK(y, 1)[0], 10), [0, 1]))
    expect(T.toNested(grad(f)(x))).toEqual([
      [0, 10],
      [10, 0]
    ])
  })
})

describe('errors', () => {
  const x = T.of([1, 2, 3])
  const refused: readonly Refusal[] = [
    ['sort: axis is 1; for shape [3], expected an integer from -1 to 0', ShapeError, () => T.sort(x, { axis: 1 })],
    ['argsort: axis is -1; for shape [], expected no axis', ShapeError, () => T.argsort(T.scalar(1))],
    ['topK: k is 5; along axis 0 of shape [3], expected an integer from 0 to 3', ShapeError, () => T.topK(x, 5)],
    ['topK: k is 1.5; along axis 0 of shape [3], expected an integer from 0 to 3', ShapeError, () => T.topK(x, 1.5)]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
