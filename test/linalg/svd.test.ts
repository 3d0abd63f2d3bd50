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
  expectTurned,
  normal,
  size,
  transposed,
  weighed
} from './matrices.js'

const values = (x: T.Tensor): T.Tensor => Linalg.svd(x)[1]
const vectors = (x: T.Tensor): T.Tensor => {
  const [u, , vt] = Linalg.svd(x)
  return T.concat([T.flatten(u), T.flatten(vt)])
}
const everything = (x: T.Tensor): T.Tensor => T.concat([vectors(x), T.flatten(values(x))])

/** U diag(s) V^T. */
const around = (u: T.Tensor, s: T.Tensor, vt: T.Tensor): T.Tensor => T.matmul(T.mul(u, T.expandDims(s, -2)), vt)

const back = (x: T.Tensor): T.Tensor => around(...Linalg.svd(x))
const polar = (x: T.Tensor): T.Tensor => {
  const [u, , vt] = Linalg.svd(x)
  return T.matmul(u, vt)
}
const nuclear = (x: T.Tensor): T.Tensor<[]> => T.sum(values(x))

const turns = (seed: number, n: number): T.Tensor => Linalg.qr(normal(seed, [n, n]))[0]

/** Rows or columns that are orthonormal. */
const expectOrthonormal = (product: T.Tensor): void => {
  expect(size(T.sub(product, T.eye(product.shape[0] ?? 0, 'float64')))).toBeLessThan(5e-14)
}

const expectFactors = (a: T.Tensor): void => {
  const [u, s, vt] = Linalg.svd(a)
  expect(T.item(T.max(T.abs(T.sub(around(u, s, vt), a))))).toBeLessThanOrEqual(1e-14 * size(a))
  expectOrthonormal(T.matmul(transposed(u), u))
  expectOrthonormal(T.matmul(vt, transposed(vt)))
  expectSame(s, T.neg(T.sort(T.neg(s))))
  expect(T.item(T.min(s))).toBeGreaterThanOrEqual(0)
}

describe('values', () => {
  it('fall, with singular vectors in columns and rows', () => {
    const [u, s, vt] = Linalg.svd(
      T.of([
        [0, 2],
        [3, 0],
        [0, 0]
      ])
    )
    expectTypeOf(u).toEqualTypeOf<T.Tensor<[3, number]>>()
    expectTypeOf(Linalg.svd(T.zeros([5, 2, 2]))[1]).toEqualTypeOf<T.Tensor<[5, 2]>>()
    expectTypeOf(vt).toEqualTypeOf<T.Tensor<[number, 2]>>()
    expectSame(
      u,
      T.of([
        [0, 1],
        [1, 0],
        [0, 0]
      ])
    )
    expectSame(s, T.of([3, 2]))
    expectSame(
      vt,
      T.of([
        [1, 0],
        [0, 1]
      ])
    )
  })

  it.each([
    [100, 100],
    [100, 30],
    [30, 100],
    [7, 1],
    [1, 7],
    [3, 3]
  ])('has residuals near machine precision, of %i x %i', (m, n) => {
    for (const seed of [1, 2, 3]) expectFactors(normal(seed, [m, n]))
  })

  it('finds small singular values as exactly as large ones', () => {
    // a graded matrix: each column a thousandth of the one before
    const scales = T.pow(10, T.mul(-3, T.arange(0, 5, 1, 'float64')))
    const a = T.mul(T.add(T.mul(normal(1, [5, 5]), 0.1), T.eye(5, 'float64')), scales)
    const product = T.prod(values(a))
    const determinant = T.abs(Linalg.det(a))
    expect(distance(product, determinant)).toBeLessThan(1e-13)
    expect(T.item(T.div(T.at(values(a), 4), 1e-12))).toBeGreaterThan(0.5)
  })

  it('answers matrices of any rank', () => {
    expectFactors(T.zeros([3, 2], 'float64'))
    expectFactors(T.ones([4, 4], 'float64'))
    expectFactors(T.matmul(normal(1, [9, 2]), normal(2, [2, 6])))
    expectFactors(T.matmul(normal(1, [5, 2]), normal(2, [2, 8])))
    expectFactors(turns(1, 6))
    expectFactors(T.diag(T.of([0, 3, 0, 1], 'float64')))
    expectSame(values(T.eye(3)), T.ones([3]))
  })

  it('turns vectors so that the first of the largest components on the left is positive', () => {
    const [u] = Linalg.svd(normal(1, [20, 20]))
    expectTurned(u)
    expectSame(Linalg.svd(T.of([[-2]]))[0], T.of([[1]]))
    expectSame(Linalg.svd(T.of([[-2]]))[2], T.of([[-1]]))
  })

  it('takes stacks, rounds float32 once, takes integers, and empty matrices', () => {
    const a = T.cast(normal(1, [2, 3, 4, 2]), 'float32')
    expectSame(T.at(T.at(back(a), 1), 2), back(T.at(T.at(a, 1), 2)))
    expectSame(values(a), T.cast(values(T.cast(a, 'float64')), 'float32'))
    expectSame(values(T.of([[0, 3]], 'int32')), T.of([3]))
    expect(Linalg.svd(T.zeros([3, 0])).map(({ shape }) => shape)).toEqual([[3, 0], [0], [0, 0]])
    expect(Linalg.svd(T.zeros([0, 2, 3])).map(({ shape }) => shape)).toEqual([
      [0, 2, 2],
      [0, 2],
      [0, 2, 3]
    ])
  })

  it('neither overflows nor underflows', () => {
    const a = normal(1, [5, 3])
    for (const scale of [1e-300, 1e300]) {
      expect(distance(T.div(values(T.mul(a, scale)), scale), values(a))).toBeLessThan(1e-15)
    }
  })

  it('finds orthonormal vectors also where squares of elements underflow', () => {
    const graded = T.mul(normal(1, [20, 20]), T.expandDims(T.pow(10, T.mul(-15, T.arange(0, 20, 1, 'float64'))), 1))
    const block = T.of(
      [
        [1, 0, 0],
        [0, 1e-170, 1e-170],
        [0, 0, 1e-170]
      ],
      'float64'
    )
    const beyond = T.of(
      [
        [1, 0, 0, 0],
        [0, 1e-290, 2e-305, 1e-312],
        [0, 2e-308, 5e-324, 2e-290]
      ],
      'float64'
    )
    for (const a of [graded, transposed(graded), block, beyond]) expectFactors(a)
    // the golden ratio, and what it leaves
    expect(T.item(T.div(T.at(values(block), 1), 1.618033988749895e-170))).toBeCloseTo(1, 14)
    expect(T.item(T.div(T.at(values(block), 2), 0.6180339887498949e-170))).toBeCloseTo(1, 14)
  })

  it('is NaN where a matrix has a NaN or an infinity', () => {
    const a = T.stack([
      T.of([
        [1, NaN],
        [NaN, 1]
      ]),
      T.eye(2),
      T.of([
        [1, 0],
        [0, Infinity]
      ])
    ])
    expectSame(
      values(a),
      T.of([
        [NaN, NaN],
        [1, 1],
        [NaN, NaN]
      ])
    )
  })
})

describe('derivatives', () => {
  it.each([
    [3, 3],
    [4, 2],
    [2, 4],
    [1, 1],
    [3, 1],
    [1, 3]
  ])('are lawful, of %i x %i', (m, n) => {
    const apart = T.zeros([m, n], 'float64')
    const k = Math.min(m, n)
    const diagonal = T.pad(T.diag(T.of([9, 1, 4].slice(0, k), 'float64')), [
      [0, m - k],
      [0, n - k]
    ])
    expectLawful(everything, T.add(T.add(normal(1, [m, n]), diagonal), apart))
    expectLawful(everything, T.add(normal(2, [2, m, n]), diagonal))
  })

  it('agree to the second order', () => {
    expectHessians(weighed(values), normal(1, [4, 3]))
    expectHessians(weighed(everything), normal(1, [4, 3]), 1e-10)
    expectHessians(weighed(everything), normal(1, [3, 5]), 1e-10)
  })

  it('of the product of the factors are those of the identity', () => {
    for (const shape of [
      [4, 3],
      [3, 3],
      [3, 5]
    ]) {
      expect(distance(grad(weighed(back))(normal(1, shape)), normal(99, shape))).toBeLessThan(1e-13)
    }
  })

  it('of the sum are the polar factor', () => {
    for (const shape of [
      [4, 3],
      [3, 5]
    ]) {
      const a = normal(1, shape)
      expect(distance(grad(nuclear)(a), polar(a))).toBeLessThan(1e-15)
    }
  })

  it('map, and are staged', () => {
    expectMaps(everything, normal(1, [5, 3, 2]), 1e-13)
    expectMaps(everything, normal(1, [5, 2, 3]), 1e-13)
    const gradient = grad(weighed(everything))
    expectSame(evaluate(trace(gradient)(normal(1, [3, 2])))(normal(2, [3, 2])), gradient(normal(2, [3, 2])))
  })
})

describe('at equal singular values', () => {
  const orthogonal = turns(1, 3)

  it('gradients of smooth functions of the singular values are right', () => {
    expect(distance(grad(nuclear)(orthogonal), orthogonal)).toBeLessThan(1e-14)
    const sumOfSquares = (x: T.Tensor): T.Tensor<[]> => T.sum(T.square(values(x)))
    expect(distance(grad(sumOfSquares)(orthogonal), T.mul(2, orthogonal))).toBeLessThan(1e-14)
    const zeros = T.zeros([3, 2], 'float64')
    expectSame(grad(sumOfSquares)(zeros), zeros)
    const tall = T.matmul(normal(1, [4, 2]), normal(2, [2, 3]))
    expect(distance(grad(sumOfSquares)(tall), T.mul(2, tall))).toBeLessThan(1e-14)
  })

  it('derivatives of the polar factor are right, and second ones of the nuclear norm', () => {
    const direction = normal(2, [3, 3])
    // at a matrix Q with orthonormal columns, d polar = Q (Q^T E - E^T Q) / 2
    const inner = T.matmul(transposed(orthogonal), direction)
    const expected = T.matmul(orthogonal, T.div(T.sub(inner, transposed(inner)), 2))
    expect(distance(jvp(polar)([orthogonal], [direction])[1], expected)).toBeLessThan(1e-14)
    expect(distance(jvp(grad(nuclear))([orthogonal], [direction])[1], expected)).toBeLessThan(1e-14)
    expect(distance(grad((x: T.Tensor) => jvp(nuclear)([x], [direction])[1])(orthogonal), expected)).toBeLessThan(1e-14)
  })

  it('all derivatives are finite, in every order and mode', () => {
    const v = normal(3, [4, 3])
    const f = weighed(everything)
    const along =
      (g: (x: T.Tensor) => T.Tensor<[]>) =>
      (x: T.Tensor): T.Tensor<[]> =>
        jvp(g)([x], [v])[1]
    const points = [
      T.zeros([4, 3], 'float64'),
      T.ones([4, 3], 'float64'),
      T.pad(T.eye(3, 'float64'), [
        [0, 1],
        [0, 0]
      ])
    ]
    for (const at of points) {
      for (const g of [f, along(f), along(along(f))]) {
        expect(T.item(T.all(T.isFinite(grad(g)(at))))).toBe(1)
      }
      expect(T.item(T.all(T.isFinite(grad((x: T.Tensor) => T.sum(grad(f)(x)))(at))))).toBe(1)
    }
  })

  it('what leaves the null space is missing at rank deficiency, as the documentation says', () => {
    const direction = T.of(
      [
        [0, 0],
        [0, 1]
      ],
      'float64'
    )
    const singular = T.of(
      [
        [1, 0],
        [0, 0]
      ],
      'float64'
    )
    // the product of the factors is the identity, but its derivative sees no new direction beside a zero singular value
    const tall = T.of(
      [
        [1, 0],
        [0, 0],
        [0, 0]
      ],
      'float64'
    )
    const beside = T.of(
      [
        [0, 0],
        [0, 0],
        [0, 1]
      ],
      'float64'
    )
    expectSame(jvp(back)([singular], [direction])[1], direction)
    expectSame(jvp(back)([tall], [beside])[1], T.zeros([3, 2], 'float64'))
  })
})

describe('bad input', () => {
  it('is rejected', () => {
    expect(() => Linalg.svd(T.of([1, 2]))).toThrow(
      'svd: the operand has shape [2]; expected a matrix or a stack of matrices'
    )
  })
})
