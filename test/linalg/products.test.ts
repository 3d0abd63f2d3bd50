import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import {
  distance,
  expectHessians,
  expectLawful,
  expectMaps,
  expectSame,
  normal,
  transposed,
  weighed
} from './matrices.js'

describe('kron', () => {
  it('is the block matrix of products', () => {
    const product = Linalg.kron(
      T.of([[1, 10]]),
      T.of([
        [1, 2],
        [3, 4]
      ])
    )
    expectTypeOf(product).toEqualTypeOf<T.Tensor<[number, number]>>()
    expectSame(
      product,
      T.of([
        [1, 2, 10, 20],
        [3, 4, 30, 40]
      ])
    )
    expectSame(
      pipe(T.eye(2), Linalg.kron(T.of([[1, 2]]))),
      T.of([
        [1, 2, 0, 0],
        [0, 0, 1, 2]
      ])
    )
    expectSame(Linalg.kron(T.of([[2]], 'int32'), T.of([[3]], 'int32')), T.of([[6]], 'int32'))
    expect(Linalg.kron(T.zeros([0, 2]), T.zeros([3, 4])).shape).toEqual([0, 8])
  })

  it('multiplies as the products do', () => {
    const [a, b, c, d] = [normal(1, [2, 3]), normal(2, [4, 2]), normal(3, [3, 2]), normal(4, [2, 3])]
    const left = T.matmul(Linalg.kron(a, b), Linalg.kron(c, d))
    expect(distance(left, Linalg.kron(T.matmul(a, c), T.matmul(b, d)))).toBeLessThan(1e-15)
  })

  it('takes stacks that broadcast, and has derivatives', () => {
    const a = normal(1, [3, 1, 2, 2])
    const b = normal(2, [5, 1, 3])
    const whole = Linalg.kron(a, b)
    expect(whole.shape).toEqual([3, 5, 2, 6])
    expectSame(T.at(T.at(whole, 2), 4), Linalg.kron(T.at(T.at(a, 2), 0), T.at(b, 4)))
    expectLawful((x) => Linalg.kron(x, T.sin(transposed(x))), normal(1, [2, 3]))
    expectMaps((x) => Linalg.kron(x, T.at(b, 0)), normal(1, [4, 2, 3]))
  })

  it('rejects bad input', () => {
    expect(() => Linalg.kron(T.ones([2]), T.ones([2, 2]))).toThrow(
      'kron: the operand has shape [2]; expected a matrix or a stack of matrices'
    )
    expect(() => Linalg.kron(T.ones([2, 1, 1]), T.ones([3, 1, 1]))).toThrow(
      'kron: the shapes are [2, 1, 1] and [3, 1, 1]; expected axes before the last two that broadcast'
    )
  })
})

describe('cross', () => {
  it('is orthogonal to both, as long as the area between them', () => {
    expectSame(Linalg.cross(T.of([1, 0, 0]), T.of([0, 1, 0])), T.of([0, 0, 1]))
    expectTypeOf(Linalg.cross(T.zeros([4, 3]), T.zeros([3]))).toEqualTypeOf<T.Tensor<[4, 3]>>()
    const [a, b] = [normal(1, [7, 3]), normal(2, [7, 3])]
    const c = Linalg.cross(a, b)
    for (const side of [a, b]) expect(T.item(T.norm(T.sum(T.mul(c, side), { axis: -1 })))).toBeLessThan(1e-14)
    const area = T.sqrt(
      T.sub(
        T.mul(T.sum(T.square(a), { axis: -1 }), T.sum(T.square(b), { axis: -1 })),
        T.square(T.sum(T.mul(a, b), { axis: -1 }))
      )
    )
    expect(distance(T.norm(c, { axis: -1 }), area)).toBeLessThan(1e-14)
    expectSame(Linalg.cross(T.of([1, 2, 3], 'int32'), T.of([4, 5, 6], 'int32')), T.of([-3, 6, -3], 'int32'))
  })

  it('broadcasts, is dual, and has derivatives', () => {
    const b = normal(2, [2, 1, 3])
    expect(Linalg.cross(normal(1, [4, 3]), b).shape).toEqual([2, 4, 3])
    expectSame(pipe(T.of([0, 1, 0]), Linalg.cross(T.of([1, 0, 0]))), T.of([0, 0, -1]))
    expectLawful((x) => Linalg.cross(x, T.sin(x)), normal(1, [2, 3]))
    expectHessians(
      weighed((x) => Linalg.cross(x, T.exp(x))),
      normal(1, [2, 3])
    )
    const mapped = vmap((x: T.Tensor, y: T.Tensor) => Linalg.cross(x, y), { inAxes: [1, null] })(
      normal(1, [3, 5]),
      normal(2, [3])
    )
    expectSame(mapped, Linalg.cross(transposed(normal(1, [3, 5])), normal(2, [3])))
  })

  it('rejects bad input', () => {
    expect(() => Linalg.cross(T.ones([2]), T.ones([3]))).toThrow(
      'cross: the shapes are [2] and [3]; expected a last axis of 3 elements in both'
    )
    expect(() => Linalg.cross(T.ones([2, 3]), T.ones([4, 3]))).toThrow(
      'cross: the shapes are [2, 3] and [4, 3]; expected axes before the last that broadcast'
    )
  })
})
