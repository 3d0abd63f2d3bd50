import { describe, expect, expectTypeOf, it } from 'vitest'
import { evaluate, trace } from 'pullback/Debug'
import { grad, jvp } from 'pullback/Grad'
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

const exp = (x: T.Tensor): T.Tensor => Linalg.matrixExp(x)

/** The series, to degree 60: right for small matrices. */
const series = (x: T.Tensor): T.Tensor => {
  const one = T.eye(x.shape[0] ?? 0, 'float64')
  let term: T.Tensor = one
  let sum: T.Tensor = one
  for (let k = 1; k <= 60; k++) {
    term = T.div(T.matmul(term, x), k)
    sum = T.add(sum, term)
  }
  return sum
}

const turn = (angle: number): T.Tensor =>
  T.of(
    [
      [Math.cos(angle), Math.sin(angle)],
      [-Math.sin(angle), Math.cos(angle)]
    ],
    'float64'
  )

describe('values', () => {
  it('of simple matrices are known', () => {
    const e = Linalg.matrixExp(
      T.of([
        [0, 2],
        [0, 0]
      ])
    )
    expectTypeOf(e).toEqualTypeOf<T.Tensor<[2, 2]>>()
    expectSame(
      e,
      T.of([
        [1, 2],
        [0, 1]
      ])
    )
    expectSame(exp(T.zeros([3, 3])), T.eye(3))
    const diagonal = T.of([-3, 0.1, 2], 'float64')
    expect(distance(exp(T.diag(diagonal)), T.diag(T.exp(diagonal)))).toBeLessThan(1e-15)
    for (const angle of [1e-3, 0.1, 0.5, 1.5, 3, 10, 100]) {
      const generator = T.of(
        [
          [0, angle],
          [-angle, 0]
        ],
        'float64'
      )
      expect(distance(exp(generator), turn(angle))).toBeLessThan(1e-16 * (2 + 4 * angle))
    }
  })

  it.each([1e-3, 0.03, 0.1, 0.3, 1])('agree with the series, of size %d', (scale) => {
    for (const seed of [1, 2, 3]) {
      const a = T.mul(normal(seed, [6, 6]), scale)
      expect(distance(exp(a), series(a))).toBeLessThan(3e-15)
    }
  })

  it('of 100 rows are near machine precision: exp(a) exp(-a) = 1, exp(2 a) = exp(a)^2', () => {
    const a = T.div(normal(1, [100, 100]), 10)
    const e = exp(a)
    expect(size(T.sub(T.matmul(e, exp(T.neg(a))), T.eye(100, 'float64')))).toBeLessThan(1e-12)
    expect(distance(exp(T.mul(a, 2)), T.matmul(e, e))).toBeLessThan(1e-13)
  })

  it('take stacks, round float32 once, take integers, and empty matrices', () => {
    const a = T.cast(normal(1, [2, 3, 4, 4]), 'float32')
    expectSame(T.at(T.at(exp(a), 1), 2), exp(T.at(T.at(a, 1), 2)))
    expectSame(exp(a), T.cast(exp(T.cast(a, 'float64')), 'float32'))
    expectSame(
      exp(
        T.of(
          [
            [0, 1],
            [0, 0]
          ],
          'int32'
        )
      ),
      T.of([
        [1, 1],
        [0, 1]
      ])
    )
    expect(exp(T.zeros([0, 0])).shape).toEqual([0, 0])
    expect(exp(T.zeros([0, 2, 2])).shape).toEqual([0, 2, 2])
  })

  it('of the largest numbers come to an end', () => {
    const largest = T.mul(
      1e308,
      T.of(
        [
          [1, 1],
          [1, 1]
        ],
        'float64'
      )
    )
    expectSame(Linalg.matrixExp(largest), T.mul(Infinity, T.ones([2, 2], 'float64')))
    expectSame(Linalg.matrixExp(T.diag(T.of([-1.7e308, -1.7e308, -1e308], 'float64'))), T.zeros([3, 3], 'float64'))
  })

  it('are NaN where a matrix has a NaN or an infinity', () => {
    expectSame(T.flatten(exp(T.stack([T.of([[NaN]]), T.of([[0]]), T.of([[Infinity]])]))), T.of([NaN, 1, NaN]))
  })
})

describe('derivatives', () => {
  it.each([0.01, 0.3, 1, 4])('are lawful, of size %d', (scale) => {
    expectLawful(exp, T.mul(normal(1, [3, 3]), scale))
    expectLawful(exp, T.mul(normal(2, [2, 2, 2]), scale))
    expectHessians(weighed(exp), T.mul(normal(1, [4, 4]), scale))
  })

  it('are those of the series', () => {
    const a = normal(1, [4, 4])
    expect(distance(grad(weighed(exp))(a), grad(weighed(series))(a))).toBeLessThan(1e-14)
  })

  it('of the trace are the transposed exponential, to any order and whatever the eigenvalues', () => {
    const trace1 = (x: T.Tensor): T.Tensor<[]> => T.sum(T.trace(exp(x)))
    for (const a of [normal(1, [4, 4]), T.eye(4, 'float64'), T.zeros([4, 4], 'float64')]) {
      expect(distance(grad(trace1)(a), transposed(exp(a)))).toBeLessThan(1e-14)
      const v = normal(2, [4, 4])
      const second = jvp(grad(trace1))([a], [v])[1]
      expect(distance(second, transposed(jvp(exp)([a], [v])[1]))).toBeLessThan(1e-14)
    }
  })

  it('keep their digits in large and in small directions', () => {
    const a = normal(1, [4, 4])
    const v = normal(2, [4, 4])
    const along = (scale: number): T.Tensor => T.div(jvp(exp)([a], [T.mul(v, scale)])[1], scale)
    for (const scale of [1e-100, 1e10, 1e100]) expect(distance(along(scale), along(1))).toBeLessThan(1e-14)
    expectSame(jvp(exp)([a], [T.zeros([4, 4], 'float64')])[1], T.zeros([4, 4], 'float64'))
  })

  it('solve a linear differential equation', () => {
    const a = normal(1, [3, 3])
    const x = (t: T.Tensor): T.Tensor => exp(T.mul(a, t))
    const t = T.scalar(0.7, 'float64')
    expect(distance(jvp(x)([t], [T.scalar(1, 'float64')])[1], T.matmul(a, x(t)))).toBeLessThan(1e-14)
  })

  it('map, and are staged', () => {
    expectMaps(exp, normal(1, [5, 3, 3]))
    const gradient = grad(weighed(exp))
    expectSame(evaluate(trace(gradient)(normal(1, [3, 3])))(normal(2, [3, 3])), gradient(normal(2, [3, 3])))
  })
})

describe('bad input', () => {
  it('is rejected', () => {
    expect(() => Linalg.matrixExp(T.ones([2, 3]))).toThrow(
      'matrixExp: the operand has shape [2, 3]; expected a square matrix or a stack of them'
    )
  })
})
