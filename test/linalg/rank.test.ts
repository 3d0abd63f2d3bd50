import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { expectSame, normal } from './matrices.js'

describe('matrixRank', () => {
  it('counts independent columns', () => {
    expectTypeOf(Linalg.matrixRank(T.zeros([5, 2, 3]))).toEqualTypeOf<T.Tensor<[5]>>()
    expectSame(
      Linalg.matrixRank(
        T.of([
          [1, 2],
          [2, 4]
        ])
      ),
      T.scalar(1, 'int32')
    )
    for (const rank of [1, 2, 3, 4]) {
      const a = T.matmul(normal(1, [7, rank]), normal(2, [rank, 4]))
      expectSame(Linalg.matrixRank(a), T.scalar(rank, 'int32'))
      expectSame(Linalg.matrixRank(T.cast(a, 'float32')), T.scalar(rank, 'int32'))
    }
    expectSame(Linalg.matrixRank(T.zeros([2, 3])), T.scalar(0, 'int32'))
    expectSame(Linalg.matrixRank(T.zeros([4, 0, 3])), T.zeros([4], 'int32'))
    expectSame(
      pipe(
        T.of([
          [1, 0],
          [0, 0.001]
        ]),
        Linalg.matrixRank({ rcond: 0.01 })
      ),
      T.scalar(1, 'int32')
    )
  })

  it('takes stacks, maps, and has no derivative', () => {
    const a = T.stack([T.eye(3), T.ones([3, 3]), T.zeros([3, 3])])
    expectSame(Linalg.matrixRank(a), T.of([3, 1, 0], 'int32'))
    expectSame(vmap((x: T.Tensor) => Linalg.matrixRank(x))(a), T.of([3, 1, 0], 'int32'))
    const counted = (x: T.Tensor): T.Tensor<[]> => T.mul(T.sum(x), T.sum(Linalg.matrixRank(x)))
    expectSame(grad(counted)(T.eye(2)), T.full([2, 2], 2))
  })

  it('rejects bad input', () => {
    expect(() => Linalg.matrixRank(T.of([1]))).toThrow(
      'matrixRank: the operand has shape [1]; expected a matrix or a stack of matrices'
    )
    expect(() => Linalg.matrixRank(T.eye(2), { rcond: NaN })).toThrow(
      'matrixRank: rcond is NaN; expected a finite number of 0 or more'
    )
  })
})
