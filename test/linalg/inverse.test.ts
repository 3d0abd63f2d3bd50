import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { thrownBy } from '../tensor/naive.js'
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

describe('values', () => {
  it('inverts', () => {
    const x = Linalg.inverse(
      T.of([
        [2, 0],
        [1, 4]
      ])
    )
    expectTypeOf(x).toEqualTypeOf<T.Tensor<[2, 2]>>()
    expect(x).toEqual(
      T.of([
        [0.5, 0],
        [-0.125, 0.25]
      ])
    )
    expect(
      Linalg.inverse(
        T.of(
          [
            [0, 2],
            [4, 0]
          ],
          'int32'
        )
      )
    ).toEqual(
      T.of([
        [0, 0.25],
        [0.5, 0]
      ])
    )
  })

  it.each([3, 30, 100])('has residuals near machine precision, of %i rows', (n) => {
    for (const seed of [1, 2, 3]) {
      const a = normal(seed, [n, n])
      const x = Linalg.inverse(a)
      const eye = T.eye(n, 'float64')
      expect(size(T.sub(T.matmul(a, x), eye)) / (size(a) * size(x))).toBeLessThan(1e-15)
      expect(size(T.sub(T.matmul(x, a), eye)) / (size(a) * size(x))).toBeLessThan(1e-14)
    }
  })

  it('takes stacks, and rounds float32 once', () => {
    const a = normal(1, [2, 3, 4, 4], 'float32')
    const x = Linalg.inverse(a)
    expectSame(T.at(T.at(x, 1), 2), Linalg.inverse(T.at(T.at(a, 1), 2)))
    expect(x).toEqual(T.cast(Linalg.inverse(T.cast(a, 'float64')), 'float32'))
  })

  it('takes empty matrices, and NaN', () => {
    expect(Linalg.inverse(T.zeros([0, 0])).shape).toEqual([0, 0])
    expect(Linalg.inverse(T.zeros([2, 0, 0])).shape).toEqual([2, 0, 0])
    expectSame(
      Linalg.inverse(
        T.of([
          [NaN, 1],
          [0, 0]
        ])
      ),
      T.of([
        [NaN, NaN],
        [NaN, NaN]
      ])
    )
  })
})

describe('derivatives', () => {
  it('are lawful', () => {
    expectLawful(Linalg.inverse, normal(1, [2, 3, 3]))
    expectHessians(weighed(Linalg.inverse), normal(2, [2, 4, 4]), 1e-11)
  })

  it('have their known form', () => {
    const a = normal(1, [4, 4])
    const w = normal(2, [4, 4])
    const gradient = grad((x: T.Tensor) => T.sum(T.mul(Linalg.inverse(x), w)))(a)
    const back = transposed(Linalg.inverse(a))
    expect(distance(gradient, T.neg(T.matmul(T.matmul(back, w), back)))).toBeLessThan(1e-14)
  })

  it('map', () => {
    expectMaps(Linalg.inverse, normal(1, [4, 3, 3]))
  })
})

describe('refusals', () => {
  it('rejects a matrix that is not square', () => {
    const error = thrownBy(() => Linalg.inverse(T.zeros([2, 3])))
    expect(error).toBeInstanceOf(ShapeError)
    expect(error).toHaveProperty(
      'message',
      'inverse: the operand has shape [2, 3]; expected a square matrix or a stack of them'
    )
    expect(() => Linalg.inverse(T.zeros([3]))).toThrow(
      'inverse: the operand has shape [3]; expected a square matrix or a stack of them'
    )
  })

  it('of singular matrices', () => {
    expect(() =>
      Linalg.inverse(
        T.of([
          [1, 2],
          [2, 4]
        ])
      )
    ).toThrow('inverse: the matrix is singular, pivot 1 is 0; expected an invertible matrix')
    expect(() => Linalg.inverse(T.zeros([2, 1, 1]))).toThrow(
      'inverse: the matrix is singular, pivot 0 of matrix [0] in the stack is 0; expected an invertible matrix'
    )
  })
})
