import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import {
  distance,
  expectHessians,
  expectLawful,
  expectMaps,
  normal,
  expectSame,
  size,
  transposed,
  weighed
} from './matrices.js'

/** Random numbers with a diagonal away from zero. */
const square = (seed: number, stack: readonly number[], n: number): T.Tensor =>
  T.add(normal(seed, [...stack, n, n]), T.mul(T.eye(n, 'float64'), n))

const all: readonly Linalg.TriangularOptions[] = [true, false].flatMap((lower) =>
  [true, false].flatMap((transpose) => [true, false].map((unitDiagonal) => ({ lower, transpose, unitDiagonal })))
)

/** The matrix of the equations. */
const meant = (a: T.Tensor, { lower = true, transpose = false, unitDiagonal = false }: Linalg.TriangularOptions) => {
  const strict = lower ? T.tril(a, { offset: -1 }) : T.triu(a, { offset: 1 })
  const whole = lower ? T.tril(a) : T.triu(a)
  const triangle = unitDiagonal ? T.add(strict, T.eye(a.shape[a.shape.length - 1] ?? 0, 'float64')) : whole
  return transpose ? transposed(triangle) : triangle
}

describe('values', () => {
  it('substitutes', () => {
    const l = T.of([
      [2, 7],
      [1, 4]
    ])
    const x = Linalg.triangularSolve(l, T.of([2, 9]))
    expectTypeOf(x).toEqualTypeOf<T.Tensor<[2]>>()
    expect(x).toEqual(T.of([1, 2]))
    expect(pipe(l, Linalg.triangularSolve(T.of([2, 9])))).toEqual(T.of([1, 2]))
    const columns = pipe(l, Linalg.triangularSolve(T.of([[4], [8]]), { transpose: true }))
    expectTypeOf(columns).toEqualTypeOf<T.Tensor<[2, 1]>>()
    expect(columns).toEqual(T.of([[1], [2]]))
  })

  it.each(all)('solves with %j', (options) => {
    for (const [right, seed] of [
      [[4], 1],
      [[4, 3], 2],
      [[2, 4, 3], 3]
    ] as const) {
      const [a, b] = [square(seed, [], 4), normal(seed + 10, right)]
      const x = Linalg.triangularSolve(a, b, options)
      const b2 = T.matmul(meant(a, options), x)
      expect(distance(b2, b)).toBeLessThan(1e-14)
    }
  })

  it('has a residual near machine precision, of 100 equations', () => {
    const a = T.tril(square(1, [], 100))
    const b = normal(2, [100])
    const x = Linalg.triangularSolve(a, b)
    expect(size(T.sub(T.matmul(a, x), b)) / (size(a) * size(x))).toBeLessThan(1e-16)
  })

  it('rounds float32 once, and promotes', () => {
    const [a, b] = [T.cast(square(1, [], 20), 'float32'), normal(2, [20], 'float32')]
    const exact = Linalg.triangularSolve(T.cast(a, 'float64'), T.cast(b, 'float64'))
    expect(Linalg.triangularSolve(a, b)).toEqual(T.cast(exact, 'float32'))
    expect(Linalg.triangularSolve(T.of([[2]], 'int32'), T.of([3], 'int32'))).toEqual(T.of([1.5]))
  })

  it('broadcasts, and takes empty matrices', () => {
    const a = square(1, [2], 3)
    expect(Linalg.triangularSolve(a, normal(2, [3])).shape).toEqual([2, 3])
    expect(Linalg.triangularSolve(a, normal(2, [3, 5])).shape).toEqual([2, 3, 5])
    expect(Linalg.triangularSolve(a, normal(2, [4, 2, 3, 5])).shape).toEqual([4, 2, 3, 5])
    expect(Linalg.triangularSolve(T.zeros([0, 0]), T.zeros([0])).shape).toEqual([0])
  })

  it('is NaN where there is a NaN, beside a zero too', () => {
    const a = T.of([
      [1, 0],
      [NaN, 0]
    ])
    expect(Linalg.triangularSolve(a, T.of([1, 1]))).toEqual(T.of([1, NaN]))
    // in the triangle that is not read it does not count
    expect(() => Linalg.triangularSolve(a, T.of([1, 1]), { lower: false })).toThrow('diagonal element 1 is 0')
    expect(() => Linalg.triangularSolve(transposed(a), T.of([1, 1]))).toThrow('diagonal element 1 is 0')
  })
})

describe('derivatives', () => {
  it.each(all)('are lawful with %j', (options) => {
    const [a, b] = [square(1, [2], 3), normal(2, [3, 2])]
    expectLawful((x) => Linalg.triangularSolve(x, b, options), a)
    expectLawful((x) => Linalg.triangularSolve(a, x, options), b)
    expectHessians(
      weighed((x) => Linalg.triangularSolve(x, b, options)),
      a
    )
  })

  it('are zero outside of the triangle', () => {
    const a = square(1, [], 3)
    const gradient = grad(weighed((x) => Linalg.triangularSolve(x, T.of([1, 2, 3], 'float64'), { lower: false })))(a)
    expectSame(gradient, T.triu(gradient))
  })

  it('map over the matrix, the right side, and both', () => {
    const as = square(1, [4], 3)
    const bs = normal(2, [4, 3, 2])
    expectMaps((x) => Linalg.triangularSolve(x, T.at(bs, 0)), as)
    expectMaps((y) => Linalg.triangularSolve(T.at(as, 0), y, { transpose: true }), bs)
    const both = vmap((x: T.Tensor, y: T.Tensor) => Linalg.triangularSolve(x, y))(as, bs)
    expect(distance(both, Linalg.triangularSolve(as, bs))).toBeLessThan(1e-15)
  })
})

describe('refusals', () => {
  it('of a zero on the diagonal', () => {
    expect(() =>
      Linalg.triangularSolve(
        T.of([
          [1, 0],
          [5, 0]
        ]),
        T.of([1, 1])
      )
    ).toThrow(
      new Linalg.LinalgError(
        'triangularSolve',
        'the triangle is singular, diagonal element 1 is 0; expected a diagonal without zeros'
      )
    )
    const stack = T.of([
      [
        [1, 0],
        [5, 1]
      ],
      [
        [0, 0],
        [5, 1]
      ]
    ])
    expect(() => Linalg.triangularSolve(stack, T.of([1, 1]))).toThrow(
      'triangularSolve: the triangle is singular, diagonal element 0 of matrix [1] in the stack is 0; expected a diagonal without zeros'
    )
  })

  it('but not with unit diagonal', () => {
    const x = Linalg.triangularSolve(
      T.of([
        [0, 0],
        [5, 0]
      ]),
      T.of([1, 6]),
      { unitDiagonal: true }
    )
    expect(x).toEqual(T.of([1, 1]))
  })

  it('of shapes, options and arrays', () => {
    expect(() => Linalg.triangularSolve(T.zeros([3, 4]), T.zeros([3]))).toThrow(
      'triangularSolve: the shapes are [3, 4] and [3]; expected a square matrix or a stack of them as the first'
    )
    const wrong: object = { upper: true }
    expect(() => Linalg.triangularSolve(T.zeros([3, 3]), T.zeros([3]), wrong)).toThrow(
      'triangularSolve: unknown option upper; expected lower, transpose or unitDiagonal'
    )
    const array: never = [1, 2] as never
    expect(() => Linalg.triangularSolve(T.zeros([2, 2]), array)).toThrow(
      'triangularSolve: the right side is [1, 2]; expected a tensor, make one with T.of or T.scalar'
    )
  })
})
