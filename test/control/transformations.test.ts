// Every function of control flow under every transformation, on values and staged, against the same mathematics unrolled.
import { describe, expect, test } from 'vitest'
import { associativeScan, cond, foriLoop, map, scan, switchCase, whileLoop } from 'pullback/Control'
import { checkpoint, grad, jvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type S, numbers, scalar, staged, vector } from './support.js'

type F = (x: S) => S

const forward =
  (f: F): F =>
  (x) =>
    jvp(f)([x], [scalar(1)])[1]

/** Derivatives in both modes, and of second order in every mixture of them. */
const derivatives: readonly (readonly [name: string, of: (f: F) => F])[] = [
  ['the value', (f) => f],
  ['grad', grad],
  ['jvp', forward],
  ['grad of grad', (f) => grad(grad(f))],
  ['jvp of grad', (f) => forward(grad(f))],
  ['grad of jvp', (f) => grad(forward(f))]
]

const close = (actual: unknown, expected: unknown, how: string): void => {
  const [a, b] = [numbers(actual).flat(), numbers(expected).flat()]
  expect(a).toHaveLength(b.length)
  a.forEach((x, i) => {
    expect(Math.abs(x - b[i]!), `${how}: ${x} for ${b[i]}`).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(b[i]!)))
  })
}

/** A function with control flow, the same by plain JavaScript, and points. */
const cases: readonly (readonly [name: string, f: F, plain: F, at: readonly number[]])[] = [
  [
    'cond',
    (x) =>
      cond(
        T.greater(x, 0),
        (y: S) => T.mul(T.sin(y), x),
        (y) => T.exp(y)
      )(T.mul(x, 2)),
    (x) => (T.item(T.stopGradient(x)) > 0 ? T.mul(T.sin(T.mul(x, 2)), x) : T.exp(T.mul(x, 2))),
    [0.5, -0.7]
  ],
  [
    'switchCase',
    (x) =>
      switchCase(T.cast(T.floor(x), 'int32'), [
        (y: S) => T.mul(T.sin(y), x),
        (y: S) => T.exp(y),
        (y: S): S => T.square(y)
      ])(T.mul(x, 2)),
    (x) => {
      const y = T.mul(x, 2)
      const i = Math.floor(T.item(T.stopGradient(x)))
      return i <= 0 ? T.mul(T.sin(y), x) : i === 1 ? T.exp(y) : T.square(y)
    },
    [0.5, -0.7, 1.5, 2.2, 7]
  ],
  [
    'whileLoop',
    (x) =>
      whileLoop(
        (y: S) => T.less(y, 10),
        (y) => T.add(T.mul(y, T.add(x, 1.5)), 0.1)
      )(T.mul(x, 2)),
    (x) => {
      let y: S = T.mul(x, 2)
      while (T.item(T.stopGradient(y)) < 10) y = T.add(T.mul(y, T.add(x, 1.5)), 0.1)
      return y
    },
    [0.5, 0.7, 1.5, 8]
  ],
  [
    'whileLoop that counts, over a closed-over value',
    (x) =>
      whileLoop(
        ({ i }: { y: S; i: S }) => T.less(i, 3),
        ({ y, i }) => ({ y: T.add(T.mul(y, T.sin(x)), x), i: T.add(i, 1) })
      )({ y: scalar(2), i: T.scalar(0, 'int32') }).y,
    (x) => {
      let y: S = scalar(2)
      for (let i = 0; i < 3; i++) y = T.add(T.mul(y, T.sin(x)), x)
      return y
    },
    [0.5, 0.7]
  ],
  [
    'foriLoop',
    (x) => foriLoop(2, 5, (i, y: S) => T.add(T.mul(y, x), T.cast(i, 'float64')))(x),
    (x) => {
      let y: S = x
      for (let i = 2; i < 5; i++) y = T.add(T.mul(y, x), i)
      return y
    },
    [0.5, 0.7]
  ],
  [
    'foriLoop to a traced bound',
    (x) =>
      foriLoop(T.scalar(1, 'int32'), T.cast(T.floor(x), 'int32'), (i, y: S) =>
        T.add(T.mul(y, x), T.cast(i, 'float64'))
      )(x),
    (x) => {
      let y: S = x
      for (let i = 1; i < Math.floor(T.item(T.stopGradient(x))); i++) y = T.add(T.mul(y, x), i)
      return y
    },
    [0.5, 2.7, 4.2]
  ],
  ...[{}, { reverse: true }, { checkpointEvery: 2 }, { checkpointEvery: true, reverse: true }].map(
    (options) =>
      [
        `scan ${JSON.stringify(options)}`,
        (x: S): S => {
          const step = (c: S, i: S) => [T.mul(T.sin(c), x), T.mul(c, i)] as const
          const [last, ys] = scan(step, options)(x, vector([1, 2, 3]))
          return T.add(last, T.sum(T.mul(ys, vector([0.3, -1, 2]))))
        },
        (x: S): S => {
          let c = x
          let total = scalar(0)
          const weights = [0.3, -1, 2]
          for (const i of 'reverse' in options ? [3, 2, 1] : [1, 2, 3]) {
            total = T.add(total, T.mul(T.mul(c, i), weights[i - 1]!))
            c = T.mul(T.sin(c), x)
          }
          return T.add(c, total)
        },
        [0.5, 0.7]
      ] as const
  ),
  [
    'map',
    (x) => T.sum(map((i: S) => T.sin(T.mul(x, i)))(vector([1, 2, 3]))),
    (x) => [1, 2, 3].reduce((total: S, i) => T.add(total, T.sin(T.mul(x, i))), scalar(0)),
    [0.5, 0.7]
  ],
  [
    'associativeScan',
    (x) =>
      T.sum(T.square(associativeScan((a: T.Tensor, b: T.Tensor) => T.mul(a, b))(T.mul(vector([1, 2, 3, 4, 5]), x)))),
    (x) => {
      let product = scalar(1)
      let total = scalar(0)
      for (const i of [1, 2, 3, 4, 5]) {
        product = T.mul(product, T.mul(x, i))
        total = T.add(total, T.square(product))
      }
      return total
    },
    [0.5, 0.7]
  ]
]

describe.each(cases.map(([name, f, plain, at]) => ({ name, f, plain, at })))('$name', ({ f, plain, at }) => {
  test.each(derivatives.map(([what, of]) => ({ what, of })))('$what', ({ what, of }) => {
    const expected = at.map((x) => of(plain)(scalar(x)))
    const ways: readonly (readonly [string, F])[] = [
      ['on values', of(f)],
      ['staged', staged(of(f))],
      ['of the staged function', of(staged(f))],
      ['staged twice', staged(of(staged(f)))],
      ['checkpointed', of(checkpoint(f))]
    ]
    for (const [how, g] of ways) {
      at.forEach((x, i) => close(g(scalar(x)), expected[i], `${what} ${how}`))
      close(vmap(g)(vector(at)), T.stack(expected), `vmap of ${what} ${how}`)
      close(
        staged((xs: T.Tensor<[number]>) => vmap(g)(xs))(vector(at)),
        T.stack(expected),
        `staged vmap of ${what} ${how}`
      )
    }
  })
})
