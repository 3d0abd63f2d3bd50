import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { distance, expectHessians, expectLawful, expectMaps, expectSame, normal, weighed } from './matrices.js'

const a = T.of([
  [3, 0],
  [0, -4]
])

const orders = ['fro', 'nuc', 2, 1, Infinity] as const

describe('norms of matrices', () => {
  it('are what they are called', () => {
    expectTypeOf(Linalg.norm(a)).toEqualTypeOf<T.Tensor<[]>>()
    expectTypeOf(Linalg.norm(T.zeros([5, 2, 2]), { keepDims: true })).toEqualTypeOf<T.Tensor<[5, 1, 1]>>()
    expectSame(Linalg.norm(a), T.scalar(5))
    expectSame(pipe(a, Linalg.norm({ ord: 'nuc' })), T.scalar(7))
    expectSame(Linalg.norm(a, { ord: 2 }), T.scalar(4))
    const b = T.of([
      [1, -2],
      [3, 4]
    ])
    expectSame(Linalg.norm(b, { ord: 1 }), T.scalar(6))
    expectSame(Linalg.norm(b, { ord: Infinity }), T.scalar(7))
    expectSame(Linalg.norm(b, { ord: -Infinity }), T.min(T.sum(T.abs(b), { axis: -1 }), { axis: -1 }))
    expectSame(Linalg.norm(b, { ord: -Infinity, axis: 0 }), T.min(T.abs(b), { axis: 0 }))
    expectSame(Linalg.norm(b, { ord: 1, axis: [1, 0] }), T.scalar(7))
    expectSame(Linalg.norm(T.of([[3, 4]], 'int32')), T.scalar(5))
  })

  it('take stacks, other axes, and empty matrices', () => {
    const x = normal(1, [3, 4, 2])
    for (const ord of orders) {
      const each = T.stack([0, 1, 2].map((i) => Linalg.norm(T.at(x, i), { ord })))
      expect(distance(Linalg.norm(x, { ord }), each)).toBeLessThan(1e-15)
      expect(distance(Linalg.norm(T.moveAxis(x, 0, -1), { ord, axis: [0, 1] }), each)).toBeLessThan(1e-15)
      expect(Linalg.norm(x, { ord, keepDims: true }).shape).toEqual([3, 1, 1])
      expectSame(Linalg.norm(T.zeros([2, 0, 3]), { ord }), T.zeros([2]))
    }
  })

  it('have lawful derivatives', () => {
    for (const ord of orders) {
      expectLawful((x) => Linalg.norm(x, { ord }), normal(1, [2, 4, 3]))
      expectMaps((x) => Linalg.norm(x, { ord }), normal(1, [4, 3, 2]))
    }
    for (const ord of ['fro', 'nuc', 2] as const) {
      expectHessians(
        weighed((x) => Linalg.norm(x, { ord })),
        normal(1, [3, 4]),
        1e-11
      )
    }
  })

  it('have the least subgradient at their kinks', () => {
    const gradient = (x: T.Tensor, ord: (typeof orders)[number]): T.Tensor =>
      grad((y: T.Tensor) => T.sum(Linalg.norm(y, { ord })))(x)
    for (const ord of orders) expectSame(gradient(T.zeros([2, 3]), ord), T.zeros([2, 3]))
    const flat = T.of([
      [2, 0],
      [0, 0]
    ])
    expectSame(gradient(flat, 'nuc'), T.div(flat, 2))
    expectSame(gradient(T.eye(2), 2), T.div(T.eye(2), 2))
    // equal to rounding: an even share to each
    const turn = Linalg.qr(normal(1, [5, 5]))[0]
    expect(distance(gradient(turn, 2), T.div(turn, 5))).toBeLessThan(1e-14)
    expect(T.item(Linalg.norm(T.of([[1e308], [1e308]], 'float64'), { ord: 2 }))).toBeCloseTo(Math.SQRT2 * 1e308, -294)
    expectSame(
      gradient(
        T.of([
          [1, 1],
          [0, 0]
        ]),
        1
      ),
      T.of([
        [0.5, 0.5],
        [0, 0]
      ])
    )
  })
})

describe('norms of vectors', () => {
  it('are those of T.norm', () => {
    const x = T.of([3, -4])
    expectSame(Linalg.norm(x), T.scalar(5))
    expectSame(Linalg.norm(x, { ord: 1 }), T.scalar(7))
    expectSame(Linalg.norm(a, { axis: 0, ord: Infinity }), T.of([3, 4]))
    expect(Linalg.norm(a, { axis: -1, keepDims: true }).shape).toEqual([2, 1])
  })
})

describe('bad input', () => {
  it('is rejected', () => {
    expect(() => Linalg.norm(a, { ord: 3 })).toThrow(
      "norm: ord is 3; expected 'fro', 'nuc', 1, 2, Infinity or -Infinity for matrices"
    )
    expect(() => Linalg.norm(T.of([1, 2]), { ord: 'nuc' })).toThrow(
      "norm: ord is 'nuc'; expected 1, 2, Infinity or -Infinity for vectors"
    )
    expect(() => Linalg.norm(T.scalar(1))).toThrow(
      'norm: the operand is a scalar; expected a vector, a matrix or a stack of them'
    )
    expect(() => Linalg.norm(T.ones([1, 1, 1]), { axis: [0, 1, 2] })).toThrow(
      'norm: axis is [0, 1, 2]; expected one axis or two'
    )
    expect(() => Linalg.norm(a, { axis: [0, 0] })).toThrow(/given twice/)
  })
})
