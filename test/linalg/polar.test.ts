// The polar decomposition, against A (A^T A)^(-1/2), at equal singular values too.
import { evaluate, trace } from 'pullback/Debug'
import { grad, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
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

type M = T.Tensor

const first = (a: M): M => Linalg.polar(a)[0]
const second = (a: M): M => Linalg.polar(a)[1]

/** By other means, whose rules know no singular vectors. */
const byRoot = (a: M): readonly [M, M] => {
  const p = Linalg.matrixSqrt(T.matmul(transposed(a), a))
  return [T.matmul(a, Linalg.inverse(p)), p]
}

const orthogonal = (n: number): M => Linalg.qr(normal(n, [n, n]))[0]

const points: readonly (readonly [string, M])[] = [
  ['a square matrix', normal(1, [4, 4])],
  ['a tall matrix', normal(2, [5, 3])],
  ['a multiple of an orthogonal matrix', T.mul(orthogonal(3), 2)],
  ['two equal singular values', T.matmul(orthogonal(3), T.diag(T.of([1, 1, 3], 'float64')))],
  ['a tall matrix with equal singular values', T.matmul(normal(4, [5, 2]), T.eye(2, 'float64'))],
  ['a tall matrix with orthonormal columns', Linalg.qr(normal(5, [5, 3]))[0]]
]

describe('polar', () => {
  it.each(points)('is a product of the nearest orthogonal and a positive matrix: %s', (_, a) => {
    const [q, p] = Linalg.polar(a)
    const n = a.shape[1]!
    expect(distance(T.matmul(q, p), a)).toBeLessThan(1e-14)
    expect(distance(T.matmul(transposed(q), q), T.eye(n, 'float64'))).toBeLessThan(1e-14)
    expectSame(transposed(p), p)
    expect(Linalg.eigh(p)[0].shape).toEqual([n])
  })

  it.each(points)('has the first and second derivatives of A (A^T A)^(-1/2): %s', (_, a) => {
    const e = normal(11, a.shape)
    const h = normal(12, a.shape)
    const along =
      (g: (x: M) => M, d: M) =>
      (x: M): M =>
        jvp(g)([x], [d])[1]
    for (const which of [0, 1] as const) {
      const f = (x: M): M => Linalg.polar(x)[which]
      const reference = (x: M): M => byRoot(x)[which]
      expect(distance(along(f, e)(a), along(reference, e)(a))).toBeLessThan(1e-11)
      expect(distance(grad(weighed(f))(a), grad(weighed(reference))(a))).toBeLessThan(1e-11)
      expect(distance(along(along(f, e), h)(a), along(along(reference, e), h)(a))).toBeLessThan(1e-10)
      expect(distance(along(grad(weighed(f)), h)(a), along(grad(weighed(reference)), h)(a))).toBeLessThan(1e-10)
      expectHessians(weighed(f), a, 1e-11)
    }
  })

  it('keeps the laws, maps, and stages', () => {
    for (const f of [first, second]) {
      expectLawful(f, normal(1, [3, 3]))
      expectLawful(f, T.mul(T.eye(2, 'float64'), 2))
      expectMaps(f, normal(2, [3, 4, 3]), 1e-13)
    }
    const a = normal(3, [3, 3])
    expectSame(evaluate(trace(first)(a))(a), first(a))
  })

  it('is NaN beside NaN, and its gradient zero there for a cotangent of zero', () => {
    expectSame(
      first(
        T.of([
          [1, NaN],
          [2, 3]
        ])
      ),
      T.mul(NaN, T.ones([2, 2]))
    )
    const a = T.of(
      [
        [
          [1, NaN],
          [NaN, 1]
        ],
        [
          [2, 0],
          [0, 2]
        ]
      ],
      'float64'
    )
    const f = (x: M): T.Tensor<[]> => T.sum(T.at(first(x), 1))
    expectSame(T.at(grad(f)(a), 0), T.zeros([2, 2], 'float64'))
  })

  it('rejects wide matrices', () => {
    expect(() => Linalg.polar(T.ones([2, 3]))).toThrow(
      'polar: the matrix has shape [2, 3]; expected at least as many rows as columns, take the transposed matrix'
    )
  })
})
