import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import {
  definite,
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

/** As a function of any matrix: of its symmetric part. */
const ofAny = (x: T.Tensor): T.Tensor => Linalg.cholesky(T.div(T.add(x, transposed(x)), 2))

describe('values', () => {
  it('factors', () => {
    const l = Linalg.cholesky(
      T.of([
        [4, 2],
        [2, 10]
      ])
    )
    expectTypeOf(l).toEqualTypeOf<T.Tensor<[2, 2]>>()
    expect(l).toEqual(
      T.of([
        [2, 0],
        [1, 3]
      ])
    )
    expect(Linalg.cholesky(T.of([[4]], 'int32'))).toEqual(T.of([[2]]))
    const classic = T.of([
      [4, 12, -16],
      [12, 37, -43],
      [-16, -43, 98]
    ])
    expect(Linalg.cholesky(classic)).toEqual(
      T.of([
        [2, 0, 0],
        [6, 1, 0],
        [-8, 5, 3]
      ])
    )
  })

  it.each([3, 30, 100])('has a residual near machine precision, of %i rows', (n) => {
    for (const seed of [1, 2, 3]) {
      const a = definite(seed, [n, n])
      const l = Linalg.cholesky(a)
      expect(distance(T.matmul(l, transposed(l)), a)).toBeLessThan(1e-15)
      expectSame(l, T.tril(l))
    }
  })

  it('takes stacks, rounds float32 once, and takes empty matrices', () => {
    const a = T.cast(definite(1, [2, 3, 4, 4]), 'float32')
    const l = Linalg.cholesky(a)
    expectSame(T.at(T.at(l, 1), 2), Linalg.cholesky(T.at(T.at(a, 1), 2)))
    const symmetric = T.cast(T.div(T.add(a, transposed(a)), 2), 'float64')
    expect(l).toEqual(T.cast(Linalg.cholesky(symmetric), 'float32'))
    expect(Linalg.cholesky(T.zeros([0, 0])).shape).toEqual([0, 0])
    expect(Linalg.cholesky(T.zeros([0, 2, 2])).shape).toEqual([0, 2, 2])
  })

  it('is NaN where there is a NaN, of indefinite matrices too', () => {
    expect(
      Linalg.cholesky(
        T.of([
          [1, 2],
          [2, NaN]
        ])
      )
    ).toEqual(
      T.of([
        [NaN, 0],
        [NaN, NaN]
      ])
    )
    expect(
      Linalg.cholesky(
        T.of([
          [-1, NaN],
          [NaN, 1]
        ])
      )
    ).toEqual(
      T.of([
        [NaN, 0],
        [NaN, NaN]
      ])
    )
  })

  it('takes the symmetric part of a matrix that is symmetric to rounding', () => {
    const a = T.of(
      [
        [4, 2],
        [2.002, 10]
      ],
      'float64'
    )
    expect(Linalg.cholesky(a)).toEqual(
      Linalg.cholesky(
        T.of(
          [
            [4, 2.001],
            [2.001, 10]
          ],
          'float64'
        )
      )
    )
  })
})

describe('derivatives', () => {
  it('are lawful', () => {
    expectLawful(ofAny, definite(1, [2, 3, 3]))
    expectLawful((x) => Linalg.cholesky(T.add(T.matmul(x, transposed(x)), T.eye(3, 'float64'))), normal(1, [3, 2]))
    expectHessians(weighed(ofAny), definite(2, [2, 4, 4]))
  })

  it('are symmetric', () => {
    const gradient = grad(weighed(Linalg.cholesky))(definite(1, [4, 4]))
    expect(size(T.sub(gradient, transposed(gradient)))).toBeLessThan(1e-15)
  })

  it('of the logarithm of the determinant give the inverse', () => {
    const a = definite(1, [5, 5])
    const logDet = (x: T.Tensor): T.Tensor<[]> => T.mul(2, T.sum(T.log(T.diagonal(Linalg.cholesky(x)))))
    expect(distance(grad(logDet)(a), Linalg.inverse(a))).toBeLessThan(1e-14)
  })

  it('map', () => {
    expectMaps(Linalg.cholesky, definite(1, [4, 3, 3]))
  })
})

describe('refusals', () => {
  it('rejects a matrix that is not square', () => {
    expect(() => Linalg.cholesky(T.zeros([2, 3]))).toThrow(
      'cholesky: the operand has shape [2, 3]; expected a square matrix or a stack of them'
    )
  })

  it('of indefinite matrices, by the first pivot that fails', () => {
    expect(() =>
      Linalg.cholesky(
        T.of([
          [1, 2],
          [2, 1]
        ])
      )
    ).toThrow(
      new Linalg.LinalgError(
        'cholesky',
        'the matrix is not positive definite, pivot 1 is -3; expected a positive definite matrix'
      )
    )
    expect(() =>
      Linalg.cholesky(
        T.of([
          [1, 1],
          [1, 1]
        ])
      )
    ).toThrow('cholesky: the matrix is not positive definite, pivot 1 is 0; expected a positive definite matrix')
    const stack = T.of([
      [
        [1, 0],
        [0, 1]
      ],
      [
        [-2, 0],
        [0, 1]
      ]
    ])
    expect(() => Linalg.cholesky(stack)).toThrow(
      'cholesky: the matrix is not positive definite, pivot 0 of matrix [1] in the stack is -2; expected a positive definite matrix'
    )
  })

  it('of matrices that are not symmetric', () => {
    expect(() =>
      Linalg.cholesky(
        T.of([
          [4, 1],
          [2, 3]
        ])
      )
    ).toThrow(
      'cholesky: the matrix is not symmetric, elements [1, 0] and [0, 1] are 2 and 1; expected a symmetric matrix, such as (a + a^T) / 2'
    )
    const stack = T.of([
      [
        [4, 1],
        [1, 3]
      ],
      [
        [4, 1],
        [2, 3]
      ]
    ])
    expect(() => Linalg.cholesky(stack)).toThrow(
      'cholesky: the matrix is not symmetric, elements [1, 0] and [0, 1] of matrix [1] in the stack are 2 and 1; expected a symmetric matrix, such as (a + a^T) / 2'
    )
  })

  it('by more than a thousandth of the largest element', () => {
    const nearly = (difference: number): T.Tensor =>
      T.of(
        [
          [10, 1],
          [1 + difference, 3]
        ],
        'float64'
      )
    expect(
      distance(
        Linalg.cholesky(nearly(9e-3)),
        Linalg.cholesky(
          T.of(
            [
              [10, 1.0045],
              [1.0045, 3]
            ],
            'float64'
          )
        )
      )
    ).toBeLessThan(1e-15)
    expect(() => Linalg.cholesky(nearly(11e-3))).toThrow('cholesky: the matrix is not symmetric')
  })

  it('inside derivatives too, but never of tangents', () => {
    const a = definite(1, [3, 3])
    const tangent = normal(2, [3, 3])
    const along = (v: T.Tensor): T.Tensor => jvp(Linalg.cholesky)([a], [v])[1]
    expect(distance(along(tangent), along(T.div(T.add(tangent, transposed(tangent)), 2)))).toBeLessThan(1e-15)
    expect(() =>
      grad(weighed(Linalg.cholesky))(
        T.of(
          [
            [1, 2],
            [2, 1]
          ],
          'float64'
        )
      )
    ).toThrow('pivot 1 is -3')
    expectLawful(
      (x) => Linalg.cholesky(T.add(T.mul(x, transposed(x)), T.mul(T.eye(3, 'float64'), 9))),
      normal(2, [3, 3])
    )
  })
})
