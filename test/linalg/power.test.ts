import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { distance, expectHessians, expectLawful, expectMaps, expectSame, normal, weighed } from './matrices.js'

const fibonacci = T.of([
  [1, 1],
  [1, 0]
])

describe('matrixPower', () => {
  it('multiplies as often as the exponent says', () => {
    expectTypeOf(Linalg.matrixPower(fibonacci, 3)).toEqualTypeOf<T.Tensor<[2, 2]>>()
    const numbers = [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    for (let n = 1; n <= 10; n++) {
      expect(T.toNested(Linalg.matrixPower(fibonacci, n))).toEqual([
        [numbers[n + 1], numbers[n]],
        [numbers[n], numbers[n - 1]]
      ])
    }
    expectSame(
      pipe(
        T.of(
          [
            [2, 0],
            [0, 4]
          ],
          'int32'
        ),
        Linalg.matrixPower(2)
      ),
      T.of([
        [4, 0],
        [0, 16]
      ])
    )
  })

  it('gives the identity for 0, and inverts for negative exponents', () => {
    expectSame(Linalg.matrixPower(T.zeros([3, 2, 2]), 0), T.broadcastTo(T.eye(2), [3, 2, 2]))
    const a = normal(1, [4, 4])
    expect(distance(Linalg.matrixPower(a, -1), Linalg.inverse(a))).toBe(0)
    const third = T.matmul(T.matmul(a, a), a)
    expect(distance(T.matmul(Linalg.matrixPower(a, -3), third), T.eye(4, 'float64'))).toBeLessThan(1e-13)
  })

  it('has lawful derivatives', () => {
    for (const n of [-2, 0, 1, 2, 5]) {
      expectLawful((x) => Linalg.matrixPower(x, n), normal(1, [2, 3, 3]))
      expectMaps((x) => T.add(x, Linalg.matrixPower(x, n)), normal(3, [4, 3, 3]), 1e-13)
    }
    expectHessians(
      weighed((x) => Linalg.matrixPower(x, 5)),
      normal(1, [3, 3])
    )
  })

  it('rejects bad input', () => {
    expect(() => Linalg.matrixPower(T.ones([2, 3]), 2)).toThrow(
      'matrixPower: the operand has shape [2, 3]; expected a square matrix or a stack of them'
    )
    expect(() => Linalg.matrixPower(T.eye(2), 0.5)).toThrow('matrixPower: the exponent is 0.5; expected an integer')
    expect(() => Linalg.matrixPower(T.ones([2, 2]), -1)).toThrow(/^inverse: the matrix is singular/)
  })
})
