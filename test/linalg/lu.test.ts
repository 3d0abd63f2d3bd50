import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad, vjp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { thrownBy } from '../tensor/naive.js'
import { distance, expectHessians, expectLawful, normal, expectSame, weighed } from './matrices.js'

/** The rows of each matrix in the order of its permutation. */
const ordered = (a: T.Tensor, p: T.Tensor): T.Tensor => T.takeAlongAxis(a, T.expandDims(p, -1), { axis: -2 })

const lowerOf = (a: T.Tensor): T.Tensor => Linalg.lu(a)[1]
const upperOf = (a: T.Tensor): T.Tensor => Linalg.lu(a)[2]
const both = (a: T.Tensor): T.Tensor => T.add(T.sum(T.exp(Linalg.lu(a)[1])), T.sum(T.square(Linalg.lu(a)[2])))

describe('values', () => {
  it('factors, with row exchanges', () => {
    const [p, l, u] = Linalg.lu(
      T.of([
        [1, 2],
        [4, 4]
      ])
    )
    expectTypeOf(p).toEqualTypeOf<T.Tensor<[2]>>()
    expectTypeOf(l).toEqualTypeOf<T.Tensor<[2, 2]>>()
    expect(p).toEqual(T.of([1, 0], 'int32'))
    expect(l).toEqual(
      T.of([
        [1, 0],
        [0.25, 1]
      ])
    )
    expect(u).toEqual(
      T.of([
        [4, 4],
        [0, 1]
      ])
    )
  })

  it.each([
    [[1, 1]],
    [[4, 4]],
    [[100, 100]],
    [[7, 3]],
    [[3, 7]],
    [[2, 3, 4, 4]],
    [[2, 5, 3]],
    [[0, 0]],
    [[0, 3]],
    [[3, 0]],
    [[0, 3, 3]]
  ])('gives the rows back, of shape %j', (shape) => {
    const a = normal(1, shape)
    const [p, l, u] = Linalg.lu(a)
    const [m, n] = [shape[shape.length - 2] ?? 0, shape[shape.length - 1] ?? 0]
    const stack = shape.slice(0, -2)
    expect([p.shape, l.shape, u.shape]).toEqual([
      [...stack, m],
      [...stack, m, Math.min(m, n)],
      [...stack, Math.min(m, n), n]
    ])
    expect(p.dtype).toBe('int32')
    if (a.shape.includes(0)) return
    expect(distance(T.matmul(l, u), ordered(a, p))).toBeLessThan(1e-15)
    expectSame(u, T.triu(u))
    expectSame(T.tril(l), l)
    expect(T.isClose(T.diagonal(l), 1, { rtol: 0, atol: 0 })).toBe(true)
    expect(T.item(T.max(T.abs(l)))).toBe(1)
  })

  it('rounds float32 once', () => {
    const a = normal(1, [20, 20], 'float32')
    const exact = Linalg.lu(T.cast(a, 'float64'))
    const [p, l, u] = Linalg.lu(a)
    expectSame(p, exact[0])
    expectSame(l, T.cast(exact[1], 'float32'))
    expectSame(u, T.cast(exact[2], 'float32'))
  })

  it('factors singular matrices, and NaN spreads', () => {
    const [p, l, u] = Linalg.lu(
      T.of([
        [0, 0, 1],
        [0, 0, 2],
        [0, 3, 3]
      ])
    )
    expectSame(
      T.matmul(l, u),
      ordered(
        T.of([
          [0, 0, 1],
          [0, 0, 2],
          [0, 3, 3]
        ]),
        p
      )
    )
    const stack = T.of([
      [
        [1, NaN],
        [3, 4]
      ],
      [
        [2, 0],
        [0, 2]
      ]
    ])
    const [, spread, upper] = Linalg.lu(stack)
    expectSame(
      spread,
      T.of([
        [
          [1, 0],
          [NaN, 1]
        ],
        [
          [1, 0],
          [0, 1]
        ]
      ])
    )
    expectSame(
      upper,
      T.of([
        [
          [NaN, NaN],
          [0, NaN]
        ],
        [
          [2, 0],
          [0, 2]
        ]
      ])
    )
  })
})

describe('derivatives', () => {
  it.each([[[3, 3]], [[2, 3, 3]], [[4, 2]], [[2, 4]]])('are expectLawful, of shape %j', (shape) => {
    expectLawful(lowerOf, normal(1, shape))
    expectLawful(upperOf, normal(2, shape))
    expectLawful(both, normal(3, shape))
    expectHessians(weighed(upperOf), normal(2, shape))
  })

  it('of the product are those of the rows', () => {
    const a = normal(1, [4, 4])
    const w = normal(2, [4, 4])
    const [p] = Linalg.lu(a)
    const again = (x: T.Tensor): T.Tensor<[]> => {
      const [, l, u] = Linalg.lu(x)
      return T.sum(T.mul(T.matmul(l, u), w))
    }
    const rows = grad((x: T.Tensor) => T.sum(T.mul(ordered(x, p), w)))(a)
    expect(distance(grad(again)(a), rows)).toBeLessThan(1e-14)
  })

  it('leave the permutation untraced', () => {
    let order: readonly number[] = []
    vjp((x: T.Tensor) => {
      const [p, l] = Linalg.lu(x)
      order = [...T.toArray(p)]
      return l
    })(
      T.of([
        [1, 2],
        [4, 4]
      ])
    )
    expect(order).toEqual([1, 0])
  })

  it('map', () => {
    const xs = normal(1, [4, 3, 3])
    const mapped = vmap((x: T.Tensor) => Linalg.lu(x))(xs)
    Linalg.lu(xs).forEach((each, i) => expectSame(mapped[i] ?? xs, each))
    const gradient = grad(weighed(both))
    const parts = T.stack([0, 1, 2, 3].map((i) => gradient(T.at(xs, i))))
    expect(distance(vmap(gradient)(xs), parts)).toBeLessThan(1e-14)
  })

  it('are rejected where a pivot is zero', () => {
    const error = thrownBy(() =>
      grad(weighed(upperOf))(
        T.of(
          [
            [
              [1, 0],
              [0, 1]
            ],
            [
              [1, 1],
              [1, 1]
            ]
          ],
          'float64'
        )
      )
    )
    expect(error).toBeInstanceOf(Linalg.LinalgError)
    expect(error).toHaveProperty(
      'message',
      'lu: the derivative is taken at a singular matrix, pivot 1 of matrix [1] in the stack is 0; expected an invertible matrix'
    )
  })
})

it('rejects a vector', () => {
  const error = thrownBy(() => Linalg.lu(T.zeros([3])))
  expect(error).toBeInstanceOf(ShapeError)
  expect(error).toHaveProperty('message', 'lu: the operand has shape [3]; expected a matrix or a stack of matrices')
})
