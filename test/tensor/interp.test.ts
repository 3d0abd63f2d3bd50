// Piecewise linear functions, and the grids that functions are evaluated on.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { distance, expectLawful, expectMaps, expectSame, normal } from '../linalg/matrices.js'
import { type Refusal, thrownBy } from './naive.js'

const naive = (x: number, xp: readonly number[], fp: readonly number[]): number => {
  const n = xp.length
  if (x <= xp[0]!) return fp[0]!
  if (x >= xp[n - 1]!) return fp[n - 1]!
  const i = xp.findIndex((each) => each > x)
  return fp[i - 1]! + ((x - xp[i - 1]!) / (xp[i]! - xp[i - 1]!)) * (fp[i]! - fp[i - 1]!)
}

const doubles = (values: readonly number[]): T.Tensor<[number]> =>
  T.fromTypedArray(Float64Array.from(values), [values.length])

const small = fc.integer({ min: -8, max: 8 })

const xp = T.of([-1, 0, 2, 3], 'float64')
const fp = T.of([1, -1, 4, 0], 'float64')
const x = T.of([-2, -0.5, 0.25, 1.75, 2.5, 4], 'float64')

describe('interp', () => {
  test('joins the points by straight lines', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 6 }), fc.array(small), (points, at) => {
        const xs = points.map(([each]) => each).sort((a, b) => a - b)
        const ys = points.map(([, each]) => each)
        const expected = at.map((each) => naive(each / 2, xs, ys) + 0)
        const found = T.interp(doubles(at.map((each) => each / 2)), doubles(xs), doubles(ys))
        expect(Array.from(T.toArray(found), (value) => value + 0)).toEqual(expected)
      })
    )
  })

  test('obeys the laws of derivatives in each operand', () => {
    expectLawful((each) => T.interp(each, xp, fp), x)
    expectLawful((each) => T.interp(x, each, fp), xp)
    expectLawful((each) => T.interp(x, xp, each), fp)
  })

  test('maps over each operand', () => {
    expectMaps((each) => T.interp(each, xp, fp), normal(1, [3, 5]))
    expectMaps((each) => T.interp(x, xp, each), normal(1, [3, 4]))
    const lists = T.sort(normal(2, [3, 4]))
    const mapped = vmap((list: T.Tensor) => T.interp(x, list, fp))(lists)
    expect(distance(mapped, T.stack([0, 1, 2].map((i) => T.interp(x, T.at(lists, i), fp))))).toBe(0)
  })

  test('has the slope on the right of a point, and none at the ends', () => {
    const slope = (at: number): number =>
      T.item(grad((each: T.Tensor<[]>) => T.interp(each, xp, fp))(T.scalar(at, 'float64')))
    expect([-2, -1, -0.5, 0, 2, 3, 4].map((at) => slope(at) + 0)).toEqual([0, 0, -2, 2.5, -4, 0, 0])
  })

  test('takes numbers, one point, points at one place, NaN and integers', () => {
    expectSame(T.interp(1, T.of([0, 2]), T.of([0, 1])), T.scalar(0.5))
    expectSame(T.interp(T.of([0, 5]), T.of([3]), T.of([7])), T.of([7, 7]))
    expectSame(T.interp(T.of([0.5, 1, 1.5]), T.of([0, 1, 1, 2]), T.of([0, 2, 4, 6])), T.of([1, 4, 5]))
    expectSame(T.interp(T.of([NaN]), T.of([0, 1]), T.of([0, 1])), T.of([NaN]))
    expectSame(T.interp(T.of([1], 'int32'), T.of([0, 2], 'int32'), T.of([0, 3], 'int32')), T.of([1.5]))
    expectTypeOf(pipe(T.zeros([2, 3]), T.interp(xp, fp))).toEqualTypeOf<T.Tensor<[2, 3]>>()
  })
})

describe('meshgrid', () => {
  test('is the coordinates of each point, in both orders', () => {
    const vectors = [normal(1, [2]), normal(2, [3]), normal(3, [4])]
    const grids = T.meshgrid(vectors, { indexing: 'ij' })
    const one = (n: number, axis: number): readonly number[] => [0, 1, 2].map((each) => (each === axis ? n : 1))
    grids.forEach((grid, axis) => {
      const n = vectors[axis]!.shape[0]!
      expectSame(grid, T.broadcastTo(T.reshape(vectors[axis]!, one(n, axis)), [2, 3, 4]))
    })
    T.meshgrid(vectors).forEach((grid, i) => expectSame(grid, T.swapAxes(grids[i]!, 0, 1)))
    expectSame(T.meshgrid([T.of([1, 2])])[0], T.of([1, 2]))
    expect(T.meshgrid([])).toEqual([])
  })

  test('knows its rank, and sums its gradient', () => {
    const pair = T.meshgrid([T.of([1, 2, 3]), T.of([10, 20])])
    expectTypeOf(pair).toEqualTypeOf<readonly [T.Tensor<[number, number]>, T.Tensor<[number, number]>]>()
    const f = (each: T.Tensor<[3]>): T.Tensor<[]> => T.sum(T.meshgrid([each, T.of([10, 20])])[0])
    expectSame(grad(f)(T.of([1, 2, 3])), T.of([2, 2, 2]))
    expectLawful((each) => T.stack(T.meshgrid([each, T.of([1, 2], 'float64')])), normal(1, [3]))
  })
})

const refusals: readonly Refusal[] = [
  [
    'interp: xp has shape [2] and fp [3]; expected vectors of one size, from 1 on',
    ShapeError,
    () => T.interp(1, T.of([1, 2]), T.of([1, 2, 3]))
  ],
  [
    'interp: xp has shape [0] and fp [0]; expected vectors of one size, from 1 on',
    ShapeError,
    () => T.interp(1, T.zeros([0]), T.zeros([0]))
  ],
  ['meshgrid: tensor 1 has shape [1, 2]; expected a vector', ShapeError, () => T.meshgrid([T.of([1]), T.of([[1, 2]])])]
]

test.each(refusals)('%s', (message, kind, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(kind)
  expect(error).toHaveProperty('message', message)
})

test('at a point the value is the one there, whatever the next one is', () => {
  expect(T.interp(T.of([0, 1, 2]), T.of([-1, 0, 1, 2, 3]), T.of([0, 1, Infinity, 3, 4]))).toEqual(
    T.of([1, Infinity, 3])
  )
  expect(T.interp(1, T.of([0, 1, 2]), T.of([5, 6, NaN]))).toEqual(T.scalar(6))
})

test('the derivative to x is that of the line after it, and 0 at the ends and outside', () => {
  const slopes = grad((x: T.Tensor<[number]>) => T.sum(T.interp(x, T.of([0, 1, 2]), T.of([0, 1, 4]))))
  expect(slopes(T.of([-1, 0, 0.5, 1, 1.5, 2, 3]) as T.Tensor<[number]>)).toEqual(T.of([0, 0, 1, 3, 3, 0, 0]))
})
