import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { thrownBy } from '../tensor/naive.js'
import { distance, expectHessians, expectLawful, expectMaps, expectSame, normal, size, weighed } from './matrices.js'

describe('values', () => {
  it('solves a system that needs a row exchange', () => {
    const a = T.of(
      [
        [0, 2],
        [1, 1]
      ],
      'float64'
    )
    expect(Linalg.solve(a, T.of([4, 3], 'float64'))).toEqual(T.of([1, 2], 'float64'))
    expect(pipe(a, Linalg.solve(T.of([4, 3], 'float64')))).toEqual(T.of([1, 2], 'float64'))
  })

  it('takes a vector, or a right side per column', () => {
    const a = T.of([
      [2, 0],
      [1, 4]
    ])
    const x = Linalg.solve(a, T.of([2, 9]))
    expectTypeOf(x).toEqualTypeOf<T.Tensor<[2]>>()
    expect(x).toEqual(T.of([1, 2]))
    const columns = Linalg.solve(
      a,
      T.of([
        [2, 4, 0],
        [9, 6, 4]
      ])
    )
    expectTypeOf(columns).toEqualTypeOf<T.Tensor<[2, 3]>>()
    expect(columns).toEqual(
      T.of([
        [1, 2, 0],
        [2, 1, 1]
      ])
    )
  })

  it.each([5, 50, 100])('has a residual near machine precision, of %i equations', (n) => {
    for (const seed of [1, 2, 3]) {
      const a = normal(seed, [n, n])
      const b = normal(seed + 10, [n])
      const x = Linalg.solve(a, b)
      expect(size(T.sub(T.matmul(a, x), b)) / (size(a) * size(x))).toBeLessThan(1e-15)
    }
  })

  it('rounds float32 once', () => {
    const [a, b] = [normal(1, [100, 100], 'float32'), normal(2, [100, 3], 'float32')]
    const x = Linalg.solve(a, b)
    expect(x.dtype).toBe('float32')
    const exact = Linalg.solve(T.cast(a, 'float64'), T.cast(b, 'float64'))
    expect(T.Eq.equals(x, T.cast(exact, 'float32'))).toBe(true)
  })

  it('promotes', () => {
    expect(Linalg.solve(T.of([[2]], 'int32'), T.of([3], 'int32'))).toEqual(T.of([1.5]))
    expect(Linalg.solve(T.of([[2]]), T.of([3], 'float64'))).toEqual(T.of([1.5], 'float64'))
  })

  it.each([
    [[3, 3], [3], [3]],
    [
      [3, 3],
      [3, 2],
      [3, 2]
    ],
    [[4, 3, 3], [3], [4, 3]],
    [
      [4, 3, 3],
      [3, 2],
      [4, 3, 2]
    ],
    [
      [3, 3],
      [4, 3, 2],
      [4, 3, 2]
    ],
    [
      [4, 3, 3],
      [5, 4, 3, 2],
      [5, 4, 3, 2]
    ],
    [
      [5, 1, 3, 3],
      [4, 3, 2],
      [5, 4, 3, 2]
    ],
    [
      [1, 3, 3],
      [4, 3, 2],
      [4, 3, 2]
    ],
    [
      [0, 3, 3],
      [3, 2],
      [0, 3, 2]
    ],
    [[0, 0], [0], [0]],
    [
      [0, 0],
      [0, 2],
      [0, 2]
    ],
    [
      [3, 3],
      [3, 0],
      [3, 0]
    ]
  ])('broadcasts %j and %j', (left, right, result) => {
    const [a, b] = [normal(1, left), normal(2, right)]
    const x = Linalg.solve(a, b)
    expect(x.shape).toEqual(result)
    const column = right.length === 1
    const product = T.matmul(a, column ? T.expandDims(x, -1) : x)
    expect(T.isClose(product, column ? T.expandDims(b, -1) : b, { rtol: 1e-10, atol: 1e-12 })).toBe(true)
  })

  it('is NaN where there is a NaN, and in no other matrix of the stack', () => {
    const a = T.of([
      [
        [1, NaN],
        [0, 0]
      ],
      [
        [1, 0],
        [0, 2]
      ]
    ])
    expect(Linalg.solve(a, T.of([[1], [2]]))).toEqual(
      T.of([
        [[NaN], [NaN]],
        [[1], [1]]
      ])
    )
  })
})

describe('infinities', () => {
  it('give NaN, and no word of singular matrices', () => {
    const infinite = T.of(
      [
        [Infinity, 0],
        [0, 1]
      ],
      'float64'
    )
    const nothing = T.of([NaN, NaN], 'float64')
    expectSame(Linalg.solve(infinite, T.of([1, 1], 'float64')), nothing)
    expectSame(Linalg.inverse(infinite), T.stack([nothing, nothing]))
    // what overflows on the way
    const largest = T.mul(
      1.7e308,
      T.of(
        [
          [1, 1],
          [1, -1]
        ],
        'float64'
      )
    )
    expectSame(Linalg.solve(largest, T.of([1, 1], 'float64')), nothing)
  })
})

describe('derivatives', () => {
  const a = normal(1, [2, 3, 3])
  const b = normal(2, [3, 2])

  it('are lawful in the matrix and in the right side', () => {
    expectLawful((x) => Linalg.solve(x, b), a)
    expectLawful((x) => Linalg.solve(a, x), b)
    expectLawful((x) => Linalg.solve(T.at(a, 0), x), normal(3, [2, 3, 1]))
    expectLawful((x) => Linalg.solve(x, T.of([1, 2, 3], 'float64')), a)
  })

  it('of second order are the same in three ways', () => {
    expectHessians(
      weighed((x) => Linalg.solve(x, b)),
      a
    )
    expectHessians(
      weighed((x) => T.square(Linalg.solve(a, x))),
      b
    )
  })

  it('have their known form', () => {
    const [m, y] = [normal(1, [4, 4]), normal(2, [4])]
    const w = normal(3, [4])
    const gradient = grad((x: T.Tensor) => T.sum(T.mul(Linalg.solve(x, y), w)))(m)
    const adjoint = Linalg.solve(T.transpose(m), w)
    const expected = T.neg(T.matmul(T.expandDims(adjoint, 1), T.expandDims(Linalg.solve(m, y), 0)))
    expect(distance(gradient, expected)).toBeLessThan(1e-13)
  })

  it('map over the matrix, the right side, and both', () => {
    const as = normal(4, [4, 3, 3])
    const bs = normal(5, [4, 3, 2])
    expectMaps((x) => Linalg.solve(x, b), as)
    expectMaps((y) => Linalg.solve(T.at(as, 0), y), bs)
    expectMaps((y) => Linalg.solve(T.at(as, 0), y), normal(6, [4, 3]))
    const both = vmap((x: T.Tensor, y: T.Tensor) => Linalg.solve(x, y))(as, bs)
    expect(distance(both, Linalg.solve(as, bs))).toBeLessThan(1e-15)
  })
})

describe('refusals', () => {
  it.each([
    [[3, 4], [3], 'solve: the shapes are [3, 4] and [3]; expected a square matrix or a stack of them as the first'],
    [[3], [3], 'solve: the shapes are [3] and [3]; expected a square matrix or a stack of them as the first'],
    [[3, 3], [], 'solve: the shapes are [3, 3] and []; expected a right side of at least one axis'],
    [[3, 3], [4], 'solve: the shapes are [3, 3] and [4]; expected a right side of 3 rows, not 4'],
    [[1, 1], [4, 1], 'solve: the shapes are [1, 1] and [4, 1]; expected a right side of 1 row, not 4'],
    [
      [2, 3, 3],
      [4, 3, 1],
      'solve: the shapes are [2, 3, 3] and [4, 3, 1]; expected axes before the last two that broadcast'
    ]
  ])('of shapes %j and %j', (left, right, sentence) => {
    const error = thrownBy(() => Linalg.solve(T.zeros(left), T.zeros(right)))
    expect(error).toBeInstanceOf(ShapeError)
    expect(error).toHaveProperty('message', sentence)
  })

  it('of a singular matrix, by its pivot', () => {
    const error = thrownBy(() =>
      Linalg.solve(
        T.of([
          [1, 2, 3],
          [2, 4, 6],
          [0, 0, 1]
        ]),
        T.of([1, 2, 3])
      )
    )
    expect(error).toBeInstanceOf(Linalg.LinalgError)
    expect(error).toHaveProperty(
      'message',
      'solve: the matrix is singular, pivot 1 is 0; expected an invertible matrix'
    )
    expect(error).toHaveProperty('matrix', [])
  })

  it('of a matrix that is singular to rounding', () => {
    const a = T.of(
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9]
      ],
      'float64'
    )
    expect(() => Linalg.solve(a, T.ones([3]))).toThrow(
      /^solve: the matrix is singular, pivot 2 is .*; expected an invertible matrix$/
    )
    const tenths = T.mul(a, 0.1)
    expect(() => Linalg.solve(tenths, T.ones([3]))).toThrow(/pivot 2 is .*e-17, which is 0 to rounding;/)
  })

  it('but not of a matrix that is badly scaled', () => {
    const a = T.of(
      [
        [1, 0],
        [0, 1e-300]
      ],
      'float64'
    )
    expect(Linalg.solve(a, T.of([1, 1e-300], 'float64'))).toEqual(T.of([1, 1], 'float64'))
  })

  it('names the matrix in its stack', () => {
    const regular = [
      [1, 0],
      [0, 1]
    ]
    const a = T.of([
      [regular, regular, regular],
      [
        regular,
        [
          [1, 1],
          [1, 1]
        ],
        regular
      ]
    ])
    const error = thrownBy(() => Linalg.solve(a, T.of([1, 2])))
    expect(error).toHaveProperty(
      'message',
      'solve: the matrix is singular, pivot 1 of matrix [1, 1] in the stack is 0; expected an invertible matrix'
    )
    expect(error).toHaveProperty('matrix', [1, 1])
    expect(error).toHaveProperty('operation', 'solve')
  })
})
