import { describe, expect, test } from 'vitest'
import { foriLoop, whileLoop } from 'pullback/Control'
import { grad, jvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type S, namesOf, numbers, scalar, staged, vector } from './support.js'

/** Newton's method for the square root, until it is exact to the last digits. */
const root = (a: S): S =>
  whileLoop(
    ({ x, before }: { x: S; before: S }) => T.greater(T.abs(T.sub(x, before)), 1e-13),
    ({ x }) => ({ x: T.mul(0.5, T.add(x, T.div(a, x))), before: x })
  )({ x: T.add(T.mul(a, 0.5), 0.5), before: scalar(-1) }).x

describe('whileLoop', () => {
  const points = [1, 2, 1e6, 0.01]

  test.each([
    ['on values', root],
    ['staged', staged(root)]
  ] as const)('examples of vmap end at different steps, %s', (_, f) => {
    T.toArray(vmap(f)(vector(points))).forEach((x, i) => expect(x).toBeCloseTo(Math.sqrt(points[i]!), 9))
    const slopes = vmap(grad(f))(vector(points))
    T.toArray(slopes).forEach((x, i) => expect(x).toBeCloseTo(0.5 / Math.sqrt(points[i]!), 9))
    const tangents = vmap((a: S) => jvp(f)([a], [scalar(1)])[1])(vector(points))
    T.toArray(tangents).forEach((x, i) => expect(x).toBeCloseTo(0.5 / Math.sqrt(points[i]!), 9))
  })

  test('an example that has ended is left alone, even where a further step would be infinite', () => {
    const down = (x: S): S =>
      whileLoop(
        (y: S) => T.greater(y, 1),
        (y) => T.sqrt(T.sub(y, 1))
      )(x)
    for (const f of [down, staged(down)]) {
      const expected = [0.25, 3, 20].map((x) => T.item(down(scalar(x))))
      expect(numbers(vmap(f)(vector([0.25, 3, 20])))).toEqual([expected])
      const slopes = [0.25, 3, 20].map((x) => T.item(grad(down)(scalar(x))))
      numbers(vmap(grad(f))(vector([0.25, 3, 20])))[0]!.forEach((x, i) => expect(x).toBeCloseTo(slopes[i]!, 12))
    }
  })

  test('staged, it is one operation, also where only condition or body see a staged value', () => {
    const byCondition = (limit: T.Tensor): T.Tensor =>
      whileLoop(
        (x: T.Tensor) => T.all(T.less(x, limit)),
        (x) => T.mul(x, 2)
      )(scalar(1))
    const byBody = (factor: T.Tensor): T.Tensor =>
      whileLoop(
        (x: T.Tensor) => T.all(T.less(x, 100)),
        (x) => T.mul(x, factor)
      )(scalar(1))
    for (const f of [byCondition, byBody]) {
      expect(namesOf(f, scalar(5)).filter((name) => name !== 'less' && name !== 'mul')).toContain('whileLoop')
      expect(T.item(staged(f)(scalar(5)))).toBe(T.item(f(scalar(5))))
    }
  })

  test('staged, its gradient takes time in the number of steps', () => {
    const damped = (rate: S): S =>
      whileLoop(
        ({ n }: { x: S; n: S }) => T.less(n, 20_000),
        ({ x, n }) => ({ x: T.sub(x, T.mul(rate, x)), n: T.add(n, 1) })
      )({ x: scalar(1), n: T.scalar(0, 'int32') }).x
    expect(T.item(grad(staged(damped))(scalar(1e-4)))).toBe(T.item(grad(damped)(scalar(1e-4))))
  })

  test('no step at all', () => {
    const f = whileLoop(
      (x: S) => T.less(x, 0),
      (x) => T.mul(x, 2)
    )
    for (const g of [f, staged(f)]) {
      expect(T.item(g(scalar(3)))).toBe(3)
      expect(T.item(grad(g)(scalar(3)))).toBe(1)
    }
  })

  test('staged, it leaves what is behind it in the gradient of a value that its condition alone reads', () => {
    const f = (limit: S): S =>
      T.add(
        whileLoop(
          (x: S) => T.less(x, limit),
          (x) => T.mul(x, 2)
        )(T.mul(limit, 0.1)),
        T.mul(limit, limit)
      )
    for (const g of [f, staged(f)]) expect(T.item(grad(g)(scalar(5)))).toBeCloseTo(1.6 + 10, 12)
  })

  test('rejects more than maxSteps steps', () => {
    const loop = (options: object) =>
      whileLoop(
        (x: S) => T.greater(x, 0),
        (x) => T.add(x, 1),
        options
      )
    const sentence = (n: number): string =>
      `whileLoop: the condition is still true after ${n} steps; make it become false, or raise maxSteps`
    expect(() => loop({ maxSteps: 10 })(scalar(1))).toThrow(new RangeError(sentence(10)))
    expect(() => staged(loop({ maxSteps: 10 }))(scalar(1))).toThrow(new RangeError(sentence(10)))
    expect(() => vmap(loop({ maxSteps: 7 }))(vector([-1, 1]))).toThrow(new RangeError(sentence(7)))
  })

  test.each([0, 1, 5])('may take exactly maxSteps steps, and not one more: %i steps', (n) => {
    const counting = (maxSteps: number) =>
      whileLoop(
        ({ i }: { i: S; x: S }) => T.less(i, n),
        ({ i, x }) => ({ i: T.add(i, 1), x: T.mul(x, 2) }),
        { maxSteps }
      )
    const ways = (maxSteps: number): readonly (() => number)[] => {
      const f = (x: S): S => counting(maxSteps)({ i: scalar(0), x }).x
      // The count depends on the example, so that the mask of those that go on is what ends the loop.
      const each = (x: S): S => counting(maxSteps)({ i: T.mul(x, 0), x }).x
      return [f, each].flatMap((g) => [
        () => T.item(g(scalar(1))),
        () => T.item(staged(g)(scalar(1))),
        () => T.item(grad(g)(scalar(1))),
        () => T.item(grad(staged(g))(scalar(1))),
        () => T.item(staged(grad(g))(scalar(1))),
        () => T.item(jvp(staged(g))([scalar(1)], [scalar(1)])[1]),
        () => T.toArray(vmap(g)(vector([1, 1])))[1]!,
        () => T.toArray(vmap(staged(g))(vector([1, 1])))[1]!,
        () => T.toArray(vmap(grad(staged(g)))(vector([1, 1])))[1]!
      ])
    }
    for (const way of ways(n)) expect(way()).toBe(2 ** n)
    for (const way of n > 0 ? ways(n - 1) : []) expect(way).toThrow(`the condition is still true after ${n - 1} step`)
  })
})

describe('foriLoop', () => {
  const horner = (x: S): S => foriLoop(0, 4, (i, y: S) => T.add(T.mul(y, x), T.cast(i, 'float64')))(scalar(2))

  test('counts from the lower bound to below the upper one', () => {
    const seen: number[] = []
    foriLoop(-1, 2, (i, c: S) => {
      seen.push(T.item(i))
      return c
    })(scalar(0))
    expect(seen).toEqual([-1, 0, 1])
    expect(T.item(horner(scalar(3)))).toBe(2 * 81 + 9 + 2 * 3 + 3)
    expect(T.item(foriLoop(3, 3, (_i, c: S) => T.neg(c))(scalar(1)))).toBe(1)
    expect(T.item(foriLoop(3, 1, (_i, c: S) => T.neg(c))(scalar(1)))).toBe(1)
  })

  test('staged between integers it is a scan; to a staged bound a whileLoop', () => {
    expect(namesOf((x) => foriLoop(0, 4, (_i, y: T.Tensor) => T.mul(y, x))(x), scalar(2))).toEqual(['scan'])
    const factorial = (n: S): S =>
      foriLoop(T.scalar(1, 'int32'), T.add(n, 1), (i, y: S) => T.mul(y, i))(T.scalar(1, 'int32'))
    expect(T.item(staged(factorial)(T.scalar(5, 'int32')))).toBe(120)
    expect(numbers(vmap(factorial)(T.of([0, 1, 5, 3], 'int32')))).toEqual([[1, 1, 120, 6]])
  })
})
