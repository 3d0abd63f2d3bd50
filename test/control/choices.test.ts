import { describe, expect, test } from 'vitest'
import { cond, scan, switchCase } from 'pullback/Control'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type S, type V, namesOf, numbers, scalar, staged, vector } from './support.js'

const never = (): never => {
  throw new Error('this branch is not taken')
}

const isPositive = (x: S): S => T.greater(x, 0)

describe('cond', () => {
  test('calls the branch that is taken, and not the other', () => {
    expect(T.item(cond(T.scalar(true), (x: S): S => T.neg(x), never)(scalar(2)))).toBe(-2)
    const otherwise = (x: S): S => T.neg(x)
    expect(T.item(cond<[S], S>(T.scalar(false), never, otherwise)(scalar(2)))).toBe(-2)
    const f = (x: S): S => cond(isPositive(x), (y: S) => T.log(y), never)(x)
    expect(T.item(grad(f)(scalar(4)))).toBe(0.25)
  })

  test('takes and gives trees, and no operands', () => {
    const swap = cond(
      T.scalar(true),
      (x: { a: S; b: V }) => ({ c: x.b, d: [x.a] as const }),
      (x) => ({ c: T.neg(x.b), d: [x.a] as const })
    )
    expect(numbers(swap({ a: scalar(1), b: vector([2, 3]) }))).toEqual([[2, 3], [1]])
    const none = cond(
      T.scalar(false),
      () => scalar(1),
      () => scalar(2)
    )
    expect(T.item(none())).toBe(2)
  })

  test('staged, it is one operation, which runs one branch', () => {
    const f = (x: T.Tensor): T.Tensor =>
      cond(
        T.greater(T.sum(x), 0),
        (y: T.Tensor) => T.mul(y, 2),
        (y) => T.neg(y)
      )(x)
    expect(namesOf(f, vector([1, 2]))).toEqual(['sum', 'greater', 'logicalNot', 'truncate', 'cond'])
    for (const x of [vector([1, 2]), vector([-1, 0])]) expect(numbers(staged(f)(x))).toEqual(numbers(f(x)))
  })

  // At 0 the logarithm is infinite, and its derivative too; below, both are NaN.
  const logOrSquare = (x: S): S =>
    cond(
      isPositive(x),
      (y: S) => T.mul(T.log(y), T.sqrt(y)),
      (y) => T.square(y)
    )(x)
  const slope = (x: number): number => (x > 0 ? (1 + Math.log(x) / 2) / Math.sqrt(x) : 2 * x)
  const curvature = (x: number): number => (x > 0 ? -Math.log(x) / 4 / x ** 1.5 : 2)
  const points = [4, 0, -3, 0.25]

  test.each([
    ['on values', logOrSquare],
    ['staged', staged(logOrSquare)]
  ] as const)('what is not taken spoils no gradient, under vmap, %s', (_, f) => {
    const mapped = (g: (x: S) => S): readonly number[] => [...T.toArray(vmap(g)(vector(points)))]
    mapped(grad(f)).forEach((x, i) => expect(x).toBeCloseTo(slope(points[i]!), 12))
    mapped(grad(grad(f))).forEach((x, i) => expect(x).toBeCloseTo(curvature(points[i]!), 12))
    // cond inside of vmap inside of grad
    const total = (xs: V): S => T.sum(vmap(f)(xs))
    for (const way of [grad(total), staged(grad(total)), grad(staged(total))]) {
      T.toArray(way(vector(points))).forEach((x, i) => expect(x).toBeCloseTo(slope(points[i]!), 12))
    }
  })

  test('inside of a scan inside of vmap', () => {
    const clip = (limit: S, xs: V): S =>
      scan((c: S, x: S) => {
        const next = T.add(c, x)
        return [
          cond(
            T.greater(next, limit),
            () => limit,
            () => next
          )(),
          undefined
        ]
      })(scalar(0), xs)[0]
    const limits = vector([1.5, 10, 3])
    const xs = vector([1, 1, -0.5, 2])
    for (const f of [clip, staged(clip)]) {
      expect(numbers(vmap(f, { inAxes: [0, null] })(limits, xs))).toEqual([[1.5, 3.5, 3]])
      expect(numbers(vmap(grad(f), { inAxes: [0, null] })(limits, xs))).toEqual([[1, 0, 1]])
    }
  })
})

describe('switchCase', () => {
  const branches = [(x: S): S => T.neg(x), (x: S): S => T.mul(x, 10), (x: S): S => T.square(x)]
  const at = (i: number): S => T.scalar(i, 'int32')

  test('picks by index, which is clamped', () => {
    const f = (i: S, x: S): S => switchCase(i, branches)(x)
    const expected = [-3, -3, 30, 9, 9]
    for (const g of [f, staged(f)]) {
      expect([-5, 0, 1, 2, 7].map((i) => T.item(g(at(i), scalar(3))))).toEqual(expected)
      expect(numbers(vmap(g, { inAxes: [0, null] })(T.of([-5, 0, 1, 2, 7], 'int32'), scalar(3)))).toEqual([expected])
    }
  })

  test('one branch alone', () => {
    expect(T.item(switchCase(at(4), [(x: S): S => T.neg(x)])(scalar(3)))).toBe(-3)
  })
})
