import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { evaluate, trace } from 'pullback/Debug'
import { grad, jvp } from 'pullback/Grad'
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
  size,
  transposed,
  weighed
} from './matrices.js'

const right = normal(50, [4, 2])
const shapes = [
  [4, 3],
  [4, 4],
  [4, 6],
  [4, 1]
] as const

/** Rank 2. */
const deficient = (m: number, n: number): T.Tensor => T.matmul(normal(1, [m, 2]), normal(2, [2, n]))

describe('pinv', () => {
  const pinv = (x: T.Tensor): T.Tensor => Linalg.pinv(x)

  it('inverts what can be inverted', () => {
    const inverse = Linalg.pinv(
      T.of([
        [2, 0],
        [0, 0],
        [0, 4]
      ])
    )
    expectTypeOf(inverse).toEqualTypeOf<T.Tensor<[2, 3]>>()
    expectSame(
      inverse,
      T.of([
        [0.5, 0, 0],
        [0, 0, 0.25]
      ])
    )
    const a = normal(1, [6, 6])
    expect(distance(pinv(a), Linalg.inverse(a))).toBeLessThan(1e-13)
    expectSame(pinv(T.zeros([2, 3])), T.zeros([3, 2]))
    expect(pinv(T.zeros([0, 3])).shape).toEqual([3, 0])
  })

  it('satisfies the four equations of Penrose, of any shape and rank', () => {
    const matrices = [normal(1, [6, 4]), normal(1, [4, 6]), normal(1, [2, 3, 3]), deficient(6, 4), deficient(5, 7)]
    for (const a of [...matrices, T.ones([3, 3], 'float64')]) {
      const p = pinv(a)
      expect(distance(T.matmul(T.matmul(a, p), a), a)).toBeLessThan(1e-14)
      expect(distance(T.matmul(T.matmul(p, a), p), p)).toBeLessThan(1e-14)
      for (const product of [T.matmul(a, p), T.matmul(p, a)]) {
        expect(distance(transposed(product), product)).toBeLessThan(1e-13)
      }
    }
  })

  it('has residuals near machine precision, of 100 rows', () => {
    const a = normal(1, [100, 50])
    expect(size(T.sub(T.matmul(pinv(a), a), T.eye(50, 'float64')))).toBeLessThan(1e-13)
  })

  it('takes what is small for 0', () => {
    const a = T.diag(T.of([2, 0.125]))
    expectSame(pipe(a, Linalg.pinv({ rcond: 0.1 })), T.diag(T.of([0.5, 0])))
    expectSame(Linalg.pinv(a, { rcond: 0 }), T.diag(T.of([0.5, 8])))
    // beyond float32, but not beyond float64
    const small = 2 ** -30
    expectSame(Linalg.pinv(T.diag(T.of([1, small]))), T.diag(T.of([1, 0])))
    expectSame(Linalg.pinv(T.diag(T.of([1, small], 'float64'))), T.diag(T.of([1, 1 / small], 'float64')))
  })

  it('is NaN where a matrix has a NaN', () => {
    expectSame(pinv(T.of([[1, NaN]])), T.of([[NaN], [NaN]]))
  })

  it.each(shapes)('has lawful derivatives, of %i x %i', (m, n) => {
    expectLawful(pinv, normal(1, [m, n]))
    expectLawful(pinv, normal(5, [2, m, n]))
  })

  it('has derivatives at constant rank', () => {
    // along a curve of matrices of rank 2
    const curve = (t: T.Tensor): T.Tensor =>
      T.matmul(
        T.add(normal(1, [5, 2]), T.mul(t, normal(3, [5, 2]))),
        T.add(normal(2, [2, 4]), T.mul(T.sin(t), normal(4, [2, 4])))
      )
    expectLawful((t) => pinv(curve(t)), T.scalar(0.5, 'float64'))
    expectHessians(weighed(pinv), normal(1, [4, 3]))
  })

  it('has them at equal singular values', () => {
    expectLawful(pinv, T.eye(3, 'float64'))
    expectLawful(pinv, Linalg.qr(normal(1, [4, 3]))[0])
    expectLawful((x) => Linalg.lstsq(x, right), Linalg.qr(normal(1, [4, 3]))[0])
  })

  it('maps, and is staged', () => {
    expectMaps(pinv, normal(1, [5, 3, 2]), 1e-13)
    const gradient = grad(weighed(pinv))
    expectSame(evaluate(trace(gradient)(normal(1, [3, 2])))(normal(2, [3, 2])), gradient(normal(2, [3, 2])))
  })
})

describe('lstsq', () => {
  it('solves what can be solved', () => {
    const x = Linalg.lstsq(
      T.of([
        [0, 1],
        [1, 1],
        [2, 1]
      ]),
      T.of([1, 3, 5])
    )
    expectTypeOf(x).toEqualTypeOf<T.Tensor<[2]>>()
    expectSame(x, T.of([2, 1]))
    const a = normal(1, [100, 100])
    const b = normal(2, [100])
    expect(distance(Linalg.lstsq(a, b), Linalg.solve(a, b))).toBeLessThan(1e-12)
    expect(distance(T.matmul(a, Linalg.lstsq(a, b)), b)).toBeLessThan(1e-12)
  })

  it('leaves a residual orthogonal to the columns, and is the shortest', () => {
    for (const a of [normal(1, [4, 3]), deficient(4, 3), deficient(4, 7), normal(1, [4, 9])]) {
      const x = Linalg.lstsq(a, right)
      expect(size(T.matmul(transposed(a), T.sub(T.matmul(a, x), right)))).toBeLessThan(1e-13)
      // no part of it is taken to 0
      const inRows = T.matmul(Linalg.pinv(a), T.matmul(a, x))
      expect(distance(inRows, x)).toBeLessThan(1e-13)
    }
  })

  it('neither overflows nor underflows', () => {
    const a = T.diag(T.of([1e-310, 2e-310], 'float64'))
    expectSame(Linalg.lstsq(a, T.of([1e-310, 1e-310], 'float64')), T.of([1, 0.5], 'float64'))
  })

  it('keeps the digits of badly conditioned systems', () => {
    const t = T.linspace(0, 1, 30, 'float64')
    const powers = T.pow(T.expandDims(t, 1), T.arange(0, 9, 1, 'float64'))
    const x = T.ones([9], 'float64')
    const b = T.matmul(powers, x)
    expect(distance(T.matmul(powers, Linalg.lstsq(powers, b)), b)).toBeLessThan(1e-15)
    expect(distance(Linalg.lstsq(powers, b), x)).toBeLessThan(1e-9)
  })

  it('takes stacks that broadcast, rounds float32 once, and takes empty systems', () => {
    const a = normal(1, [3, 1, 4, 2])
    const b = normal(2, [5, 4, 6])
    const x = Linalg.lstsq(a, b)
    expect(x.shape).toEqual([3, 5, 2, 6])
    expect(distance(T.at(T.at(x, 2), 4), Linalg.lstsq(T.at(T.at(a, 2), 0), T.at(b, 4)))).toBeLessThan(1e-15)
    expect(Linalg.lstsq(normal(1, [3, 4, 2]), normal(2, [4])).shape).toEqual([3, 2])
    const single = [T.cast(normal(1, [4, 2]), 'float32'), T.cast(normal(2, [4]), 'float32')] as const
    expectSame(
      Linalg.lstsq(...single),
      T.cast(Linalg.lstsq(T.cast(single[0], 'float64'), T.cast(single[1], 'float64')), 'float32')
    )
    expectSame(Linalg.lstsq(T.of([[2]], 'int32'), T.of([3], 'int32')), T.of([1.5]))
    expectSame(Linalg.lstsq(T.zeros([0, 2]), T.zeros([0])), T.zeros([2]))
    expectSame(pipe(T.of([[1, 1]]), Linalg.lstsq(T.of([2]))), T.of([1, 1]))
  })

  it.each(shapes)('has lawful derivatives, of %i x %i', (m, n) => {
    expectLawful((x) => Linalg.lstsq(x, right), normal(1, [m, n]))
    expectLawful((b) => Linalg.lstsq(normal(1, [m, n]), b), right)
    expectHessians(
      weighed((x) => Linalg.lstsq(x, right)),
      normal(1, [m, n])
    )
    expectHessians((x) => T.sum(T.square(Linalg.lstsq(x, T.sin(T.slice(x, [[0], [0, 1]]))))), normal(1, [m, n]))
  })

  it('has the derivatives of solve, where that has an answer', () => {
    const a = normal(1, [4, 4])
    const ofSolve = grad(weighed((x) => Linalg.solve(x, right)))(a)
    expect(distance(grad(weighed((x) => Linalg.lstsq(x, right)))(a), ofSolve)).toBeLessThan(1e-12)
  })

  it('has derivatives at constant rank', () => {
    const curve = (t: T.Tensor): T.Tensor =>
      T.matmul(
        T.add(normal(1, [4, 2]), T.mul(t, normal(3, [4, 2]))),
        T.add(normal(2, [2, 5]), T.mul(T.sin(t), normal(4, [2, 5])))
      )
    expectLawful((t) => Linalg.lstsq(curve(t), T.mul(right, T.exp(t))), T.scalar(0.5, 'float64'))
    const along = jvp((t: T.Tensor) => Linalg.lstsq(curve(t), right))(
      [T.scalar(0.5, 'float64')],
      [T.scalar(1, 'float64')]
    )
    const by = jvp((t: T.Tensor) => T.matmul(Linalg.pinv(curve(t)), right))(
      [T.scalar(0.5, 'float64')],
      [T.scalar(1, 'float64')]
    )
    expect(distance(along[1], by[1])).toBeLessThan(1e-13)
  })

  it('maps over either operand, or both', () => {
    const a = normal(1, [5, 4, 3])
    const b = normal(2, [5, 4])
    expectMaps((x) => Linalg.lstsq(x, right), a, 1e-13)
    expectMaps((x) => Linalg.lstsq(T.at(a, 0), x), b, 1e-13)
    const both = vmap((x: T.Tensor, y: T.Tensor) => Linalg.lstsq(x, y))(a, b)
    expect(distance(T.at(both, 3), Linalg.lstsq(T.at(a, 3), T.at(b, 3)))).toBeLessThan(1e-14)
  })
})

describe('bad input', () => {
  it('is rejected', () => {
    expect(() => Linalg.pinv(T.of([1]))).toThrow(
      'pinv: the operand has shape [1]; expected a matrix or a stack of matrices'
    )
    expect(() => Linalg.pinv(T.eye(2), { rcond: -1 })).toThrow(
      'pinv: rcond is -1; expected a finite number of 0 or more'
    )
    expect(() => Linalg.lstsq(T.ones([2, 3]), T.ones([3]))).toThrow(
      'lstsq: the shapes are [2, 3] and [3]; expected a right side of 2 rows, not 3'
    )
    expect(() => Linalg.lstsq(T.ones([2, 1, 3]), T.ones([3, 1, 2]))).toThrow(
      'lstsq: the shapes are [2, 1, 3] and [3, 1, 2]; expected axes before the last two that broadcast'
    )
    expect(() => Linalg.lstsq(T.ones([2]), T.ones([2]))).toThrow(
      'lstsq: the shapes are [2] and [2]; expected a matrix or a stack of them as the first'
    )
    expect(() => Linalg.lstsq(T.ones([2, 2]), T.scalar(1))).toThrow(
      'lstsq: the shapes are [2, 2] and []; expected a right side of at least one axis'
    )
  })
})
