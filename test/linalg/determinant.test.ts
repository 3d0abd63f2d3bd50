import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { grad, hessian, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import {
  definite,
  distance,
  expectHessians,
  expectLawful,
  expectMaps,
  normal,
  expectSame,
  size,
  transposed,
  weighed
} from './matrices.js'

/** All orders of n things, with their signs. */
const permutations = (n: number): readonly (readonly [order: readonly number[], sign: number])[] =>
  n === 0
    ? [[[], 1]]
    : permutations(n - 1).flatMap(([order, sign]) =>
        Array.from({ length: n }, (_, i): readonly [readonly number[], number] => [
          [...order.slice(0, i), n - 1, ...order.slice(i)],
          (n - 1 - i) % 2 === 0 ? sign : -sign
        ])
      )

/** The determinant as a polynomial, by Leibniz: its derivatives of all orders are those of sums and products. */
const leibniz = (a: T.Tensor, signOf = (sign: number): number => sign): T.Tensor<[]> => {
  const n = a.shape[0] ?? 0
  const element = (i: number, j: number): T.Tensor => T.at(T.at(a, i), j)
  const terms = permutations(n).map(([order, sign]) =>
    order.reduce((product: T.Tensor, j, i) => T.mul(product, element(i, j)), T.scalar(signOf(sign), 'float64'))
  )
  return T.ensure([])(terms.reduce((sum, term) => T.add(sum, term)))
}

const det = (a: T.Tensor): T.Tensor<[]> => T.ensure([])(Linalg.det(a))

/** The derivatives of order 0 to 4, along one direction after the other. */
const derivatives = (
  f: (a: T.Tensor) => T.Tensor<[]>,
  a: T.Tensor,
  along: (order: number, shape: T.Tensor['shape']) => T.Tensor = normal
): readonly number[] => {
  const orders = [f]
  for (let order = 1; order <= 4; order++) {
    const last = orders[order - 1] ?? f
    orders.push((x) => jvp(last)([x], [along(order, x.shape)])[1])
  }
  return orders.map((g) => T.item(g(a)))
}

/** What rounding is relative to: the same with all terms positive. */
const magnitudes = (a: T.Tensor): readonly number[] =>
  derivatives(
    (x) => leibniz(x, () => 1),
    T.abs(a),
    (order, shape) => T.abs(normal(order, shape))
  )

/** A matrix of a given rank. */
const ofRank = (seed: number, n: number, rank: number): T.Tensor =>
  T.matmul(normal(seed, [n, rank]), normal(seed + 1, [rank, n]))

describe('det', () => {
  it('of small matrices', () => {
    const d = Linalg.det(
      T.of([
        [1, 2],
        [3, 4]
      ])
    )
    expectTypeOf(d).toEqualTypeOf<T.Tensor<[]>>()
    expect(d).toEqual(T.scalar(-2))
    expect(
      Linalg.det(
        T.of(
          [
            [0, 1],
            [1, 0]
          ],
          'int32'
        )
      )
    ).toEqual(T.scalar(-1))
    expect(Linalg.det(T.zeros([0, 0], 'float64'))).toEqual(T.scalar(1, 'float64'))
    expect(Linalg.det(T.zeros([2, 0, 0]))).toEqual(T.of([1, 1]))
    expect(Linalg.det(T.zeros([0, 3, 3])).shape).toEqual([0])
    expect(
      Linalg.det(
        T.of([
          [1, NaN],
          [0, 0]
        ])
      )
    ).toEqual(T.scalar(NaN))
  })

  it('is that of Leibniz, of stacks too', () => {
    const a = normal(1, [2, 3, 4, 4])
    const d = Linalg.det(a)
    expect(d.shape).toEqual([2, 3])
    for (const i of [0, 1]) {
      for (const j of [0, 1, 2]) {
        const expected = T.item(leibniz(T.at(T.at(a, i), j)))
        expect(T.item(T.at(T.at(d, i), j))).toBeCloseTo(expected, 13)
      }
    }
  })

  it('is within range when factors are not; so are its cofactors', () => {
    const a = T.diag(T.of([1e200, 1e-200, 1e150, 1e200, 1e-200, -1e-150], 'float64'))
    expect(T.item(Linalg.det(a))).toBeCloseTo(-1, 12)
    expect(T.item(Linalg.det(T.diag(T.of([1e-200, 1e-200, 1e200, 1e200], 'float64'))))).toBeCloseTo(1, 12)
    expect(T.item(Linalg.det(T.diag(T.of([1e300, 1e300], 'float64'))))).toBe(Infinity)
    expect(T.item(Linalg.det(T.diag(T.of([1e-300, 1e-300], 'float64'))))).toBe(0)
    expect(T.item(Linalg.det(T.diag(T.of([1e-300, 0, 1e300, 1e300], 'float64'))))).toBe(0)
    expect(T.item(Linalg.det(T.diag(T.of([NaN, 0, 1e300, 1e300], 'float64'))))).toBe(NaN)
    const gradient = grad((x: T.Tensor) => T.sum(Linalg.det(x)))(a)
    expect(distance(T.mul(gradient, a), T.neg(T.eye(6, 'float64')))).toBeLessThan(1e-14)
  })

  it('rounds float32 once', () => {
    const a = normal(1, [5, 5], 'float32')
    expectSame(Linalg.det(a), T.cast(Linalg.det(T.cast(a, 'float64')), 'float32'))
  })

  it('rejects a matrix that is not square', () => {
    expect(() => Linalg.det(T.zeros([2, 3]))).toThrow(
      'det: the operand has shape [2, 3]; expected a square matrix or a stack of them'
    )
  })
})

describe('derivatives of det', () => {
  it('are lawful', () => {
    expectLawful(Linalg.det, normal(1, [2, 3, 3]))
    expectHessians(weighed(Linalg.det), normal(2, [2, 4, 4]), 1e-11)
    expectMaps(Linalg.det, normal(3, [4, 3, 3]))
  })

  it('are the cofactors', () => {
    const a = normal(1, [6, 6])
    const expected = T.mul(Linalg.det(a), transposed(Linalg.inverse(a)))
    expect(distance(grad(det)(a), expected)).toBeLessThan(1e-14)
  })

  it('at singular matrices of rank n - 1 are finite, and not zero', () => {
    const singular: T.Tensor<[2, 2]> = T.of([
      [1, 2],
      [2, 4]
    ])
    expect(grad((a: T.Tensor<[2, 2]>) => Linalg.det(a))(singular)).toEqual(
      T.of([
        [4, -2],
        [-2, 1]
      ])
    )
    const first = T.of(
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9]
      ],
      'float64'
    )
    const adjugate = T.of(
      [
        [-3, 6, -3],
        [6, -12, 6],
        [-3, 6, -3]
      ],
      'float64'
    )
    expect(distance(grad(det)(first), adjugate)).toBeLessThan(1e-15)
  })

  it.each([2, 3, 4].flatMap((n) => Array.from({ length: n + 1 }, (_, rank) => [n, rank] as const)))(
    'of %i rows and rank %i are those of the polynomial, to the fourth order',
    (n, rank) => {
      for (const seed of [10, 20, 30]) {
        const a = rank === 0 ? T.zeros([n, n], 'float64') : ofRank(seed, n, rank)
        const expected = derivatives((x) => leibniz(x), a)
        derivatives(det, a).forEach((each, order) => {
          expect(Math.abs(each - (expected[order] ?? NaN)), `order ${order}`).toBeLessThan(2e-13)
        })
      }
    }
  )

  it('between regular and singular matrices lose few digits', () => {
    const exponent = fc.integer({ min: -18, max: 0 })
    const exponents = fc.tuple(exponent, exponent, exponent)
    fc.assert(
      fc.property(exponents, fc.integer({ min: 0, max: 1000 }), (powers, seed) => {
        const scales = T.of(
          powers.map((power) => 10 ** power),
          'float64'
        )
        const a = T.matmul(T.mul(normal(seed, [3, 3]), scales), normal(seed + 1, [3, 3]))
        const expected = derivatives((x) => leibniz(x), a)
        const natural = magnitudes(a)
        derivatives(det, a).forEach((each, order) => {
          // Pivots that are shifted away from 0 cost the third order up to 650 units in the last place, the others 16.
          const units = order === 3 ? 4096 : 64
          const bound = units * 2 ** -52 * (natural[order] ?? NaN)
          expect(Math.abs(each - (expected[order] ?? NaN)), `order ${order}`).toBeLessThanOrEqual(bound)
        })
      })
    )
  })

  it('of a zero matrix: the Hessian of two rows is that of ad - bc', () => {
    const flat = hessian((x: T.Tensor<[4]>) => det(T.reshape(x, [2, 2])))(T.zeros([4], 'float64'))
    expectSame(
      flat,
      T.of(
        [
          [0, 0, 0, 1],
          [0, 0, -1, 0],
          [0, -1, 0, 0],
          [1, 0, 0, 0]
        ],
        'float64'
      )
    )
  })

  it('map over singular and regular matrices at once', () => {
    const xs = T.stack([normal(1, [3, 3]), ofRank(2, 3, 2), ofRank(4, 3, 1), T.zeros([3, 3], 'float64')])
    const curvature = (x: T.Tensor): T.Tensor => jvp(grad(det))([x], [normal(9, [3, 3])])[1]
    const parts = T.stack([0, 1, 2, 3].map((i) => curvature(T.at(xs, i))))
    expect(distance(vmap(curvature)(xs), parts)).toBeLessThan(1e-15)
  })
})

describe('slogdet', () => {
  it('of small matrices', () => {
    const [sign, logAbsDet] = Linalg.slogdet(
      T.of(
        [
          [0, 2],
          [2, 0]
        ],
        'float64'
      )
    )
    expectTypeOf(sign).toEqualTypeOf<T.Tensor<[]>>()
    expect(sign).toEqual(T.scalar(-1, 'float64'))
    expect(T.item(logAbsDet)).toBeCloseTo(Math.log(4), 15)
    expect(Linalg.slogdet(T.zeros([0, 0]))).toEqual([T.scalar(1), T.scalar(0)])
    expect(
      Linalg.slogdet(
        T.of([
          [1, 2],
          [2, 4]
        ])
      )
    ).toEqual([T.scalar(0), T.scalar(-Infinity)])
    expect(
      Linalg.slogdet(
        T.of([
          [1, NaN],
          [0, 0]
        ])
      )
    ).toEqual([T.scalar(NaN), T.scalar(NaN)])
    expect(() => Linalg.slogdet(T.zeros([2, 3]))).toThrow(
      'slogdet: the operand has shape [2, 3]; expected a square matrix'
    )
  })

  it('is that of the determinant, and does not overflow', () => {
    const a = normal(1, [2, 3, 4, 4])
    const [sign, logAbsDet] = Linalg.slogdet(a)
    expect(distance(T.mul(sign, T.exp(logAbsDet)), Linalg.det(a))).toBeLessThan(1e-14)
    const large = Linalg.slogdet(T.mul(T.eye(400, 'float64'), -1e3))
    expect(large[0]).toEqual(T.scalar(1, 'float64'))
    expect(T.item(large[1])).toBeCloseTo(400 * Math.log(1e3), 9)
  })

  it('has lawful derivatives: the transposed inverse', () => {
    const logAbsDet = (x: T.Tensor): T.Tensor => Linalg.slogdet(x)[1]
    expectLawful(logAbsDet, normal(1, [2, 3, 3]))
    expectHessians(weighed(logAbsDet), normal(2, [2, 4, 4]), 1e-11)
    expectMaps(logAbsDet, normal(3, [4, 3, 3]))
    const a = definite(1, [5, 5])
    expect(distance(grad(weighed(logAbsDet))(a), T.mul(transposed(Linalg.inverse(a)), normal(99, [])))).toBeLessThan(
      1e-14
    )
  })

  it('has second derivatives of 0 at singular matrices', () => {
    const logAbsDet = (x: T.Tensor): T.Tensor<[]> => T.ensure([])(Linalg.slogdet(x)[1])
    const singular = T.of([
      [1, 2],
      [2, 4]
    ])
    const direction = normal(1, [2, 2], 'float32')
    expectSame(jvp(grad(logAbsDet))([singular], [direction])[1], T.zeros([2, 2]))
    expectSame(grad((x: T.Tensor) => T.sum(T.mul(grad(logAbsDet)(x), direction)))(singular), T.zeros([2, 2]))
  })

  it('has an infinite gradient at singular matrices, and a zero one where it is not chosen', () => {
    const logAbsDet = (x: T.Tensor): T.Tensor<[]> => T.ensure([])(Linalg.slogdet(x)[1])
    expectSame(grad(logAbsDet)(T.of([[0]])), T.of([[Infinity]]))
    expectSame(
      grad(logAbsDet)(
        T.of([
          [1, 2],
          [2, 4]
        ])
      ),
      T.of([
        [Infinity, -Infinity],
        [-Infinity, Infinity]
      ])
    )
    expectSame(
      grad(logAbsDet)(
        T.of([
          [1, 0],
          [0, 0]
        ])
      ),
      T.of([
        [0, 0],
        [0, Infinity]
      ])
    )
    const chosen = (x: T.Tensor): T.Tensor<[]> => {
      const [sign, value] = Linalg.slogdet(x)
      return T.ensure([])(T.where(T.greater(sign, 0), value, 0))
    }
    const zero = T.zeros([2, 2], 'float64')
    expectSame(grad(chosen)(zero), zero)
    expect(size(jvp(grad(chosen))([zero], [normal(1, [2, 2])])[1])).toBe(0)
    expect(size(grad((x: T.Tensor) => T.sum(T.mul(grad(chosen)(x), normal(1, [2, 2]))))(zero))).toBe(0)
  })
})
