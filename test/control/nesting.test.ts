// Control flow around everything that carries functions of its own, and inside of itself.
import { describe, expect, test } from 'vitest'
import { cond, foriLoop, scan, whileLoop } from 'pullback/Control'
import { checkpoint, customJvp, customVjp, grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type S, numbers, scalar, staged, vector } from './support.js'

type F = (x: S) => S

const sines: readonly (readonly [name: string, sine: F])[] = [
  [
    'customVjp',
    customVjp(
      (x: S) => [T.sin(x), { x }] as const,
      ({ x }, ct) => [T.mul(ct, T.cos(x))]
    )
  ],
  [
    'customJvp',
    customJvp(
      (x: S): S => T.sin(x),
      ([x], [t]) => [T.sin(x), T.mul(t, T.cos(x))]
    )
  ],
  ['checkpoint', checkpoint((x: S): S => T.sin(x))]
]

const powers =
  (sine: F, options: object): F =>
  (x) =>
    scan((c: S) => [sine(T.mul(c, x)), undefined], { length: 5, ...options })(scalar(0.7))[0]

/** Steps whose kind and number depend on their values. */
const wandering =
  (sine: F): F =>
  (x) =>
    whileLoop(
      (y: S) => T.less(y, 10),
      (y) =>
        cond(
          T.less(y, 2),
          (z: S) => T.add(T.mul(sine(z), x), z),
          (z) => T.mul(z, 2)
        )(y)
    )(x)

const close = (actual: S, expected: S): void => expect(T.item(actual)).toBeCloseTo(T.item(expected), 11)

describe.each(sines)('%s inside of', (_, sine) => {
  test.each([{}, { checkpointEvery: 2 }])('scan %s', (options) => {
    const [f, plain] = [powers(sine, options), powers(T.sin, {})]
    const x = scalar(1.3)
    for (const way of [grad(f), grad(staged(f)), staged(grad(f))]) {
      close(way(x), grad(plain)(x))
      expect(numbers(vmap(way)(vector([1.3, 0.4])))[0]![1]).toBeCloseTo(T.item(grad(plain)(scalar(0.4))), 11)
    }
    for (const way of [grad(grad(f)), grad(grad(staged(f)))]) close(way(x), grad(grad(plain))(x))
  })

  test('whileLoop and cond', () => {
    const plain = wandering(T.sin)
    const points = [1.3, 0.2, 11]
    for (const f of [wandering(sine), staged(wandering(sine))]) {
      points.forEach((x) => close(grad(f)(scalar(x)), grad(plain)(scalar(x))))
      numbers(vmap(grad(f))(vector(points)))[0]!.forEach((slope, i) =>
        expect(slope).toBeCloseTo(T.item(grad(plain)(scalar(points[i]!))), 10)
      )
    }
  })
})

test('a loop in a choice in a loop', () => {
  const f: F = (x) => {
    const step = (c: S, y: S): readonly [S, S] => {
      const next = cond(
        T.greater(y, 0),
        (z: S) => foriLoop(0, 3, (_i, w: S) => T.mul(T.sin(w), x))(z),
        (z) => T.exp(T.neg(T.mul(z, y)))
      )
      return [next(c), c]
    }
    return scan(step)(x, vector([1, -1, 0.5, -2]))[0]
  }
  const x = scalar(0.9)
  const ways = [(g: F) => g, (g: F) => grad(g), (g: F) => grad(grad(g))]
  for (const way of ways) {
    close(way(staged(f))(x), way(f)(x))
    close(staged(way(f))(x), way(f)(x))
    expect(numbers(vmap(way(staged(f)))(vector([0.9, 1])))[0]![0]).toBeCloseTo(T.item(way(f)(x)), 11)
  }
})
