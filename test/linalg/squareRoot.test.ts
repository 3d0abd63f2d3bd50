import { describe, expect, it } from 'vitest'
import { evaluate, trace } from 'pullback/Debug'
import { grad, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import {
  definite,
  distance,
  expectHessians,
  expectLawful,
  expectMaps,
  expectSame,
  normal,
  transposed,
  weighed
} from './matrices.js'

const symmetric = (x: T.Tensor): T.Tensor => T.div(T.add(x, transposed(x)), 2)
const root = (x: T.Tensor): T.Tensor => Linalg.matrixSqrt(symmetric(x))
const identity = (n: number): T.Tensor => T.eye(n, 'float64')

describe('values', () => {
  it.each([1, 2, 5, 30, 100])('squared are the matrix to near machine precision, of %i rows', (n) => {
    const a = definite(n, [n, n])
    const s = Linalg.matrixSqrt(a)
    expect(distance(T.matmul(s, s), a)).toBeLessThan(1e-14)
    expectSame(transposed(s), s)
  })

  it('of squares of positive definite matrices are these', () => {
    const s = definite(1, [6, 6])
    expect(distance(Linalg.matrixSqrt(T.matmul(s, s)), s)).toBeLessThan(1e-14)
  })

  it('exist where eigenvalues are 0', () => {
    expectSame(Linalg.matrixSqrt(T.zeros([2, 2])), T.zeros([2, 2]))
    const x = normal(1, [5, 2])
    const a = T.matmul(x, transposed(x))
    const s = Linalg.matrixSqrt(a)
    expect(distance(T.matmul(s, s), a)).toBeLessThan(1e-14)
  })

  it('take stacks, round float32 once, take integers, and empty matrices', () => {
    const a = definite(1, [2, 3, 4, 4])
    const narrow = T.cast(a, 'float32')
    expectSame(Linalg.matrixSqrt(narrow), T.cast(Linalg.matrixSqrt(T.cast(narrow, 'float64')), 'float32'))
    expectSame(T.at(T.at(Linalg.matrixSqrt(a), 1), 2), Linalg.matrixSqrt(T.at(T.at(a, 1), 2)))
    expectSame(Linalg.matrixSqrt(T.of([[9]], 'int32')), T.of([[3]]))
    expect(Linalg.matrixSqrt(T.zeros([0, 0])).shape).toEqual([0, 0])
    expect(Linalg.matrixSqrt(T.zeros([0, 2, 2])).shape).toEqual([0, 2, 2])
  })

  it('neither overflow nor underflow, and are NaN where there is a NaN or an infinity', () => {
    const a = definite(1, [4, 4])
    for (const scale of [1e-300, 1e300]) {
      const s = Linalg.matrixSqrt(T.mul(a, scale))
      expect(distance(T.div(s, Math.sqrt(scale)), Linalg.matrixSqrt(a))).toBeLessThan(1e-14)
    }
    for (const bad of [NaN, Infinity]) {
      expectSame(Linalg.matrixSqrt(T.diag(T.of([1, bad]))), T.mul(NaN, T.ones([2, 2])))
    }
  })
})

describe('derivatives', () => {
  it('are lawful, far from and at equal eigenvalues', () => {
    for (const at of [definite(1, [1, 1]), definite(2, [3, 3]), definite(3, [2, 2, 2]), T.mul(4, identity(3))]) {
      expectLawful(root, at)
    }
    expectHessians(weighed(root), definite(1, [4, 4]))
    expectHessians(weighed(root), T.diag(T.of([1, 4, 4, 9], 'float64')))
  })

  it('of the trace are half of the inverse of the root, at equal eigenvalues too, and to the second order', () => {
    const traceOf = (x: T.Tensor): T.Tensor<[]> => T.sum(T.trace(root(x)))
    for (const a of [definite(1, [4, 4]), identity(4), T.diag(T.of([1, 2, 2, 2], 'float64'))]) {
      const half = (x: T.Tensor): T.Tensor => T.div(Linalg.inverse(root(x)), 2)
      expect(distance(grad(traceOf)(a), half(a))).toBeLessThan(1e-13)
      const direction = symmetric(normal(2, [4, 4]))
      const second = (f: (x: T.Tensor) => T.Tensor): T.Tensor => jvp(f)([a], [direction])[1]
      expect(distance(second(grad(traceOf)), second(half))).toBeLessThan(1e-13)
    }
  })

  it('of the square of the root are those of the symmetric part, wherever', () => {
    const square = weighed((x) => T.matmul(root(x), root(x)))
    const expected = symmetric(normal(99, [4, 4]))
    for (const a of [definite(1, [4, 4]), identity(4), T.diag(T.of([1, 1, 1 + 1e-13, 2], 'float64'))]) {
      expect(distance(grad(square)(a), expected)).toBeLessThan(1e-14)
      const second = jvp(grad(square))([a], [normal(3, [4, 4])])[1]
      expect(T.item(T.max(T.abs(second)))).toBeLessThan(1e-14)
    }
  })

  it('are finite where eigenvalues are 0', () => {
    for (const a of [T.zeros([3, 3], 'float64'), T.diag(T.of([1, 0, 2], 'float64')), T.ones([3, 3], 'float64')]) {
      const gradient = grad(weighed(root))
      expect(T.item(T.all(T.isFinite(gradient(a))))).toBe(1)
      expect(T.item(T.all(T.isFinite(jvp(gradient)([a], [normal(1, [3, 3])])[1])))).toBe(1)
    }
    // what stays among the eigenvalues that are not 0 is right
    const traceOf = (x: T.Tensor): T.Tensor<[]> => T.sum(T.trace(root(x)))
    expectSame(grad(traceOf)(T.diag(T.of([4, 0], 'float64'))), T.diag(T.of([0.25, 0], 'float64')))
  })

  it('map, and are staged', () => {
    expectMaps(root, definite(1, [5, 3, 3]), 1e-13)
    const gradient = grad(weighed(root))
    expectSame(evaluate(trace(gradient)(identity(3)))(definite(2, [3, 3])), gradient(definite(2, [3, 3])))
  })
})

describe('bad input', () => {
  it('is rejected', () => {
    expect(() => Linalg.matrixSqrt(T.ones([2, 3]))).toThrow(
      'matrixSqrt: the operand has shape [2, 3]; expected a square matrix'
    )
    expect(() =>
      Linalg.matrixSqrt(
        T.of([
          [1, 2],
          [0, 1]
        ])
      )
    ).toThrow('matrixSqrt: the matrix is not symmetric')
    const stack = T.stack([T.eye(2), T.diag(T.of([-3, 1]))])
    expect(() => Linalg.matrixSqrt(stack)).toThrow(
      'matrixSqrt: an eigenvalue of matrix [1] in the stack is -3; expected eigenvalues of 0 or more'
    )
  })
})
