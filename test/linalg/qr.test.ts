import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { evaluate, trace } from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import {
  distance,
  expectHessians,
  expectLawful,
  expectMaps,
  expectSame,
  normal,
  size,
  transposed,
  weighed
} from './matrices.js'

const q = (x: T.Tensor): T.Tensor => Linalg.qr(x)[0]
const r = (x: T.Tensor): T.Tensor => Linalg.qr(x)[1]

/** Both factors, laid side by side with weights of their own. */
const both = (x: T.Tensor): T.Tensor => T.concat([q(x), transposed(r(x))].map((each) => T.flatten(each)))

const eye = (n: number): T.Tensor => T.eye(n, 'float64')

describe('values', () => {
  it('factors, with a positive diagonal', () => {
    const [orthogonal, triangle] = Linalg.qr(
      T.of([
        [3, 1],
        [4, 2]
      ])
    )
    expectTypeOf(orthogonal).toEqualTypeOf<T.Tensor<[2, 2]>>()
    expectTypeOf(Linalg.qr(T.zeros([5, 3, 2]))[0]).toEqualTypeOf<T.Tensor<[5, 3, number]>>()
    expectSame(
      orthogonal,
      T.of([
        [0.6, -0.8],
        [0.8, 0.6]
      ])
    )
    expectSame(
      triangle,
      T.of([
        [5, 2.2],
        [0, 0.4]
      ])
    )
  })

  it.each([
    [100, 100],
    [100, 40],
    [40, 100],
    [200, 1],
    [1, 7]
  ])('has residuals near machine precision, of %i x %i', (m, n) => {
    for (const seed of [1, 2, 3]) {
      const a = normal(seed, [m, n])
      const [orthogonal, triangle] = Linalg.qr(a)
      expect(orthogonal.shape).toEqual([m, Math.min(m, n)])
      expect(distance(T.matmul(orthogonal, triangle), a)).toBeLessThan(3e-15)
      expect(size(T.sub(T.matmul(transposed(orthogonal), orthogonal), eye(Math.min(m, n))))).toBeLessThan(3e-14)
      expectSame(triangle, T.triu(triangle))
      expect(T.item(T.min(T.diagonal(triangle)))).toBeGreaterThan(0)
    }
  })

  it('takes stacks, rounds float32 once, takes integers, and empty matrices', () => {
    const a = T.cast(normal(1, [2, 3, 4, 2]), 'float32')
    expectSame(T.at(T.at(q(a), 1), 2), q(T.at(T.at(a, 1), 2)))
    expectSame(r(a), T.cast(r(T.cast(a, 'float64')), 'float32'))
    expect(r(T.of([[3], [4]], 'int32'))).toEqual(T.of([[5]]))
    expect(Linalg.qr(T.zeros([3, 0])).map(({ shape }) => shape)).toEqual([
      [3, 0],
      [0, 0]
    ])
    expect(Linalg.qr(T.zeros([0, 3])).map(({ shape }) => shape)).toEqual([
      [0, 0],
      [0, 3]
    ])
    expect(Linalg.qr(T.zeros([0, 3, 2])).map(({ shape }) => shape)).toEqual([
      [0, 3, 2],
      [0, 2, 2]
    ])
  })

  it('does without independent columns', () => {
    const a = T.of([
      [1, 1, 0],
      [0, 0, 0],
      [0, 0, 2]
    ])
    const [orthogonal, triangle] = Linalg.qr(a)
    expectSame(T.matmul(orthogonal, triangle), a)
    expectSame(T.matmul(transposed(orthogonal), orthogonal), T.eye(3))
    expectSame(r(T.zeros([2, 2])), T.zeros([2, 2]))
  })

  it('neither overflows nor underflows', () => {
    for (const scale of [1e-300, 1e300]) {
      const a = T.mul(normal(1, [5, 3]), scale)
      expect(distance(T.div(T.matmul(q(a), r(a)), scale), T.div(a, scale))).toBeLessThan(1e-15)
    }
  })

  it('nor at the bounds, or where columns differ by more than the range of numbers', () => {
    const scales = T.of([1e308, 1e-308, 5e-324], 'float64')
    const scaled = T.mul(T.clamp(normal(1, [5, 3]), { min: -1, max: 1 }), scales)
    expect(distance(T.matmul(transposed(q(scaled)), q(scaled)), T.eye(3, 'float64'))).toBeLessThan(1e-15)
    const first = (x: T.Tensor): T.Tensor => T.at(transposed(x), 0)
    expect(distance(T.div(first(T.matmul(q(scaled), r(scaled))), 1e308), T.div(first(scaled), 1e308))).toBeLessThan(
      1e-15
    )
    const wide = T.of(
      [
        [1, 1e-300, 0],
        [1e-310, 1e-305, 1e-280],
        [0, 1e-312, 1]
      ],
      'float64'
    )
    expect(distance(T.matmul(transposed(q(wide)), q(wide)), T.eye(3, 'float64'))).toBeLessThan(1e-15)
  })

  it('is NaN where a matrix has a NaN or an infinity', () => {
    const a = T.stack([T.of([[1], [NaN]]), T.of([[3], [4]]), T.of([[Infinity], [1]])])
    expectSame(T.flatten(r(a)), T.of([NaN, 5, NaN]))
    expectSame(T.flatten(q(a)), T.of([NaN, NaN, 0.6, 0.8, NaN, NaN]))
  })
})

describe('derivatives', () => {
  it.each([
    [3, 3],
    [4, 2],
    [2, 4],
    [1, 1],
    [3, 1],
    [1, 3]
  ])('are lawful, of %i x %i', (m, n) => {
    expectLawful(both, normal(1, [m, n]))
    expectLawful(both, normal(2, [2, m, n]))
  })

  it('of both factors agree to the second order', () => {
    expectHessians(weighed(both), normal(1, [4, 3]))
    expectHessians(weighed(both), normal(1, [3, 5]))
  })

  it('of the product of the factors are those of the identity', () => {
    for (const shape of [
      [4, 3],
      [3, 3],
      [3, 5]
    ]) {
      const gradient = grad(weighed((x) => T.matmul(q(x), r(x))))(normal(1, shape))
      expect(distance(gradient, normal(99, shape))).toBeLessThan(1e-14)
    }
  })

  it('of the determinant agree with the inverse', () => {
    const a = normal(1, [4, 4])
    const logarithm = (x: T.Tensor): T.Tensor<[]> => T.sum(T.log(T.diagonal(r(x))))
    expect(distance(grad(logarithm)(a), transposed(Linalg.inverse(a)))).toBeLessThan(1e-14)
  })

  it('map, and are staged', () => {
    expectMaps(both, normal(1, [5, 3, 2]))
    expectMaps(both, normal(1, [5, 2, 3]))
    const gradient = grad(weighed(both))
    const a = normal(1, [3, 2])
    expectSame(evaluate(trace(gradient)(a))(normal(2, [3, 2])), gradient(normal(2, [3, 2])))
  })
})

describe('bad input', () => {
  it('is rejected', () => {
    expect(() => Linalg.qr(T.of([1, 2]))).toThrow(
      'qr: the operand has shape [2]; expected a matrix or a stack of matrices'
    )
    expect(() => grad(weighed(both))(T.zeros([2, 2]))).toThrow(
      'qr: the derivative is taken at a singular matrix, pivot 0 is 0; expected an invertible matrix'
    )
  })
})

describe('the complete decomposition', () => {
  const complete = (x: T.Tensor): readonly [T.Tensor, T.Tensor] => Linalg.qr(x, { mode: 'complete' })

  it.each([
    [4, 2],
    [40, 1],
    [30, 29],
    [3, 3],
    [2, 4],
    [3, 0],
    [0, 0]
  ])('has a square Q, of %i x %i', (m, n) => {
    const a = normal(1, [2, m, n])
    const [orthogonal, triangle] = complete(a)
    expect([orthogonal.shape, triangle.shape]).toEqual([
      [2, m, m],
      [2, m, n]
    ])
    expect(size(T.sub(T.matmul(orthogonal, triangle), a))).toBeLessThan(3e-14)
    expect(size(T.sub(T.matmul(transposed(orthogonal), orthogonal), eye(m)))).toBeLessThan(3e-14)
    const k = Math.min(m, n)
    expect(size(T.sub(T.slice(orthogonal, [null, null, [0, k]]), q(a)))).toBeLessThan(1e-14)
    expect(size(T.sub(T.slice(triangle, [null, [0, k], null]), r(a)))).toBeLessThan(1e-14)
    expectSame(triangle, T.triu(triangle))
  })

  it('knows its shapes, data last too', () => {
    const a = T.zeros([5, 3])
    expectTypeOf(Linalg.qr(a, { mode: 'complete' })).toEqualTypeOf<
      readonly [Q: T.Tensor<[5, 5]>, R: T.Tensor<[5, 3]>]
    >()
    expectTypeOf(pipe(a, Linalg.qr({ mode: 'complete' }))[0]).toEqualTypeOf<T.Tensor<[5, 5]>>()
    expectTypeOf(pipe(a, Linalg.qr)[0]).toEqualTypeOf<T.Tensor<[5, number]>>()
    expectSame(complete(T.of([[3], [4]], 'int32'))[1], T.of([[5], [0]]))
  })

  it('is orthogonal where columns are dependent', () => {
    const [orthogonal, triangle] = complete(
      T.of(
        [
          [1, 1],
          [1, 1],
          [0, 0]
        ],
        'float64'
      )
    )
    expect(size(T.sub(T.matmul(transposed(orthogonal), orthogonal), eye(3)))).toBeLessThan(1e-15)
    expect(
      size(
        T.sub(
          T.matmul(orthogonal, triangle),
          T.of(
            [
              [1, 1],
              [1, 1],
              [0, 0]
            ],
            'float64'
          )
        )
      )
    ).toBeLessThan(1e-15)
  })

  it.each([
    [4, 2],
    [3, 1],
    [3, 3],
    [2, 3]
  ])('has the derivatives of the whole of Q, mapped too, of %i x %i', (m, n) => {
    const both = (x: T.Tensor): T.Tensor => T.concat(complete(x).map((each) => T.flatten(each)))
    expectLawful(both, normal(3, [m, n]))
    expectHessians(weighed(both), normal(3, [m, n]))
    expectMaps(both, normal(4, [3, m, n]), 1e-12)
  })

  it('has a projection on the complement whose derivative does not depend on the basis', () => {
    const a = normal(5, [4, 2])
    const complement = (x: T.Tensor): T.Tensor => T.slice(complete(x)[0], [null, [2, 4]])
    const outside = (x: T.Tensor): T.Tensor => T.matmul(complement(x), transposed(complement(x)))
    const inside = (x: T.Tensor): T.Tensor => T.sub(eye(4), T.matmul(q(x), transposed(q(x))))
    expect(distance(grad(weighed(outside))(a), grad(weighed(inside))(a))).toBeLessThan(1e-13)
  })

  it('refuses another mode', () => {
    expect(() => Linalg.qr(T.zeros([2, 2]), { mode: 'full' as 'complete' })).toThrow(
      "qr: mode is 'full'; expected 'reduced' or 'complete'"
    )
  })
})
