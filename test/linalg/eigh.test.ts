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

const symmetric = (x: T.Tensor): T.Tensor => T.div(T.add(x, transposed(x)), 2)
const values = (x: T.Tensor): T.Tensor => Linalg.eigh(symmetric(x))[0]
const vectors = (x: T.Tensor): T.Tensor => Linalg.eigh(symmetric(x))[1]

/** V diag(f) V^T. */
const around = (v: T.Tensor, f: T.Tensor): T.Tensor => T.matmul(T.mul(v, T.expandDims(f, -2)), transposed(v))

/** Orthogonal matrices. */
const turns = (seed: number, n: number): T.Tensor => Linalg.qr(normal(seed, [n, n]))[0]

describe('values', () => {
  it('ascend, with the eigenvectors in columns', () => {
    const [w, v] = Linalg.eigh(
      T.of([
        [2, 2],
        [2, 5]
      ])
    )
    expectTypeOf(w).toEqualTypeOf<T.Tensor<[2]>>()
    expectTypeOf(v).toEqualTypeOf<T.Tensor<[2, 2]>>()
    expectSame(w, T.of([1, 6]))
    expect(
      size(
        T.sub(
          T.mul(v, v),
          T.of([
            [0.8, 0.2],
            [0.2, 0.8]
          ])
        )
      )
    ).toBeLessThan(1e-6)
  })

  it.each([1, 2, 3, 30, 100])('has residuals near machine precision, of %i rows', (n) => {
    for (const seed of [1, 2, 3]) {
      const a = symmetric(normal(seed, [n, n]))
      const [w, v] = Linalg.eigh(a)
      expect(distance(around(v, w), a)).toBeLessThan(1e-14)
      expect(size(T.sub(T.matmul(transposed(v), v), T.eye(n, 'float64')))).toBeLessThan(1e-13)
      expectSame(w, T.sort(w))
    }
  })

  it('finds known eigenvalues', () => {
    // of the second difference, 2 - 2 cos(k pi / (n + 1))
    const n = 50
    const difference = T.sub(
      T.mul(2, T.eye(n, 'float64')),
      T.add(T.diag(T.ones([n - 1], 'float64'), { offset: 1 }), T.diag(T.ones([n - 1], 'float64'), { offset: -1 }))
    )
    const k = T.arange(1, n + 1, 1, 'float64')
    const expected = T.sub(2, T.mul(2, T.cos(T.mul(k, Math.PI / (n + 1)))))
    expect(size(T.sub(values(difference), expected))).toBeLessThan(1e-13)
  })

  it('finds equal eigenvalues, with orthonormal vectors', () => {
    expectSame(values(T.eye(3, 'float64')), T.ones([3], 'float64'))
    expectSame(vectors(T.eye(3, 'float64')), T.eye(3, 'float64'))
    const a = around(turns(1, 5), T.of([1, 1, 1, 2, 2], 'float64'))
    expect(size(T.sub(values(a), T.of([1, 1, 1, 2, 2], 'float64')))).toBeLessThan(1e-14)
    expect(size(T.sub(T.matmul(transposed(vectors(a)), vectors(a)), T.eye(5, 'float64')))).toBeLessThan(1e-14)
    expectSame(values(T.zeros([2, 2])), T.zeros([2]))
  })

  it('turns eigenvectors so that the first of the largest components is positive', () => {
    const root = Math.SQRT1_2
    const swap = T.of(
      [
        [0, 1],
        [1, 0]
      ],
      'float64'
    )
    expect(
      size(
        T.sub(
          vectors(swap),
          T.of(
            [
              [root, root],
              [-root, root]
            ],
            'float64'
          )
        )
      )
    ).toBeLessThan(1e-15)
    expectSame(
      vectors(
        T.of([
          [3, 0],
          [0, 1]
        ])
      ),
      T.of([
        [0, 1],
        [1, 0]
      ])
    )
    const v = vectors(normal(1, [20, 20]))
    expectTurned(v)
  })

  it('takes stacks, rounds float32 once, takes integers, and empty matrices', () => {
    const a = T.cast(symmetric(normal(1, [2, 3, 4, 4])), 'float32')
    expectSame(T.at(T.at(vectors(a), 1), 2), vectors(T.at(T.at(a, 1), 2)))
    expectSame(values(a), T.cast(values(T.cast(a, 'float64')), 'float32'))
    expectSame(
      values(
        T.of(
          [
            [2, 2],
            [2, 5]
          ],
          'int32'
        )
      ),
      T.of([1, 6])
    )
    expect(Linalg.eigh(T.zeros([0, 0])).map(({ shape }) => shape)).toEqual([[0], [0, 0]])
    expect(Linalg.eigh(T.zeros([0, 2, 2])).map(({ shape }) => shape)).toEqual([
      [0, 2],
      [0, 2, 2]
    ])
  })

  it('neither overflows nor underflows', () => {
    const a = symmetric(normal(1, [5, 5]))
    for (const scale of [1e-300, 1e300]) {
      expect(distance(T.div(values(T.mul(a, scale)), scale), values(a))).toBeLessThan(1e-14)
    }
  })

  it('comes to an end, with orthonormal vectors, whatever the sizes of elements', () => {
    // tridiagonal, from the elements beside the diagonal and the last one on it
    const tridiagonal = (beside: readonly number[], last = 0): T.Tensor => {
      const half = T.diag(T.of(beside, 'float64'), { offset: 1 })
      const n = beside.length
      return T.add(T.add(half, transposed(half)), T.diag(T.of([...new Array<number>(n).fill(0), last], 'float64')))
    }
    const falling = Array.from({ length: 9 }, (_, i) => 10 ** (-40 * i))
    const matrices = [
      tridiagonal(falling),
      tridiagonal([...falling].reverse()),
      tridiagonal([7.841526614899401e-196, 1.1832581489251503e-205, 2.94454899666461e-39]),
      // where the sign of the last element is all that a rotation changes
      tridiagonal([1.506276510762292e-29, 2.2158803777247395e-298, 9.091883683572084e-19], 6.631186026751569e-104)
    ]
    for (const a of matrices) {
      const [w, v] = Linalg.eigh(a)
      expect(size(T.sub(T.matmul(transposed(v), v), T.eye(a.shape[0] ?? 0, 'float64')))).toBeLessThan(1e-14)
      expect(distance(around(v, w), a)).toBeLessThan(1e-15)
    }
    const largest = T.of(
      [
        [1.5e308, 0],
        [0, 1.7e308]
      ],
      'float64'
    )
    expectSame(Linalg.eigh(largest)[0], T.of([1.5e308, 1.7e308], 'float64'))
    const beside = T.of(
      [
        [0, 1.7e308],
        [1.7e308, 0]
      ],
      'float64'
    )
    expect(distance(T.div(Linalg.eigh(beside)[0], 1.7e308), T.of([-1, 1], 'float64'))).toBeLessThan(1e-15)
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
  it('are lawful', () => {
    for (const n of [1, 2, 3]) {
      const apart = T.diag(T.of([1, 4, 9].slice(0, n), 'float64'))
      expectLawful((x) => T.concat([T.flatten(values(x)), T.flatten(vectors(x))]), T.add(normal(n, [2, n, n]), apart))
    }
    expectHessians(weighed(values), normal(1, [4, 4]))
    expectHessians(weighed(vectors), normal(1, [4, 4]), 1e-10)
  })

  it('are symmetric', () => {
    const gradient = grad((x: T.Tensor) => T.add(weighed(values)(x), weighed(vectors)(x)))(normal(1, [4, 4]))
    expect(distance(transposed(gradient), gradient)).toBeLessThan(1e-15)
  })

  it('of the product of the factors are those of the identity', () => {
    const gradient = grad(weighed((x) => around(vectors(x), values(x))))(normal(1, [4, 4]))
    expect(distance(gradient, symmetric(normal(99, [4, 4])))).toBeLessThan(1e-13)
  })

  it('of the log determinant give the inverse', () => {
    const a = T.add(T.matmul(normal(1, [4, 4]), transposed(normal(1, [4, 4]))), T.eye(4, 'float64'))
    const logDet = (x: T.Tensor): T.Tensor<[]> => T.sum(T.log(values(x)))
    expect(distance(grad(logDet)(a), Linalg.inverse(a))).toBeLessThan(1e-13)
  })

  it('map, and are staged', () => {
    expectMaps(values, normal(1, [5, 3, 3]))
    expectMaps(vectors, normal(1, [5, 3, 3]), 1e-13)
    const gradient = grad(weighed(vectors))
    expectSame(evaluate(trace(gradient)(normal(1, [3, 3])))(normal(2, [3, 3])), gradient(normal(2, [3, 3])))
  })
})

describe('at equal eigenvalues', () => {
  const degenerate = around(turns(1, 4), T.of([1, 1, 2, 2], 'float64'))
  const identity = T.eye(3, 'float64')

  it('gradients of smooth functions of the eigenvalues are right', () => {
    const sumOfSquares = (x: T.Tensor): T.Tensor<[]> => T.sum(T.square(values(x)))
    expectSame(grad(sumOfSquares)(identity), T.mul(2, identity))
    expect(distance(grad(sumOfSquares)(degenerate), T.mul(2, degenerate))).toBeLessThan(1e-14)
    const logDet = (x: T.Tensor): T.Tensor<[]> => T.sum(T.log(values(x)))
    expect(distance(grad(logDet)(degenerate), Linalg.inverse(degenerate))).toBeLessThan(1e-14)
    const direction = normal(2, [4, 4])
    const expected = T.sum(T.mul(T.mul(2, degenerate), direction))
    expect(distance(jvp(sumOfSquares)([degenerate], [direction])[1], expected)).toBeLessThan(1e-13)
  })

  it('gradients of the trace of a function of the matrix are right', () => {
    const trace4 = (x: T.Tensor): T.Tensor<[]> => T.sum(T.trace(around(vectors(x), T.pow(values(x), 4))))
    const expected = T.mul(4, Linalg.matrixPower(degenerate, 3))
    expect(distance(grad(trace4)(degenerate), expected)).toBeLessThan(1e-13)
  })

  it('all derivatives are finite, in every order and mode', () => {
    const f = (x: T.Tensor): T.Tensor<[]> => T.add(weighed(values)(x), weighed(vectors)(x))
    const v = normal(3, [4, 4])
    const along =
      (g: (x: T.Tensor) => T.Tensor<[]>) =>
      (x: T.Tensor): T.Tensor<[]> =>
        jvp(g)([x], [v])[1]
    for (const at of [degenerate, T.eye(4, 'float64'), T.zeros([4, 4], 'float64')]) {
      for (const g of [f, along(f), along(along(f))]) {
        expect(T.item(T.all(T.isFinite(grad(g)(at))))).toBe(1)
      }
      expect(T.item(T.all(T.isFinite(grad((x: T.Tensor) => T.sum(grad(f)(x)))(at))))).toBe(1)
    }
  })

  it('what mixes equal eigenvalues is missing from second derivatives, as the documentation says', () => {
    const sumOfSquares = (x: T.Tensor): T.Tensor<[]> => T.sum(T.square(values(x)))
    const direction = T.of(
      [
        [1, 1],
        [1, 0]
      ],
      'float64'
    )
    const second = jvp(grad(sumOfSquares))([T.eye(2, 'float64')], [direction])[1]
    // not [[2, 2], [2, 0]]
    expectSame(
      second,
      T.of(
        [
          [2, 0],
          [0, 0]
        ],
        'float64'
      )
    )
  })

  it('and from derivatives of functions of the matrix by its eigenvectors; those without eigenvectors are right', () => {
    const f = weighed((x) => around(vectors(x), T.exp(values(x))))
    const expected = grad(weighed((x) => Linalg.matrixExp(symmetric(x))))(identity)
    expectSame(grad(f)(identity), T.diag(T.diag(grad(f)(identity))))
    expect(distance(expected, T.mul(symmetric(normal(99, [3, 3])), Math.E))).toBeLessThan(1e-15)
    expect(distance(T.diag(grad(f)(identity)), T.diag(expected))).toBeLessThan(1e-15)
  })
})

describe('bad input', () => {
  it('is rejected', () => {
    expect(() => Linalg.eigh(T.ones([2, 3]))).toThrow(
      'eigh: the operand has shape [2, 3]; expected a square matrix or a stack of them'
    )
    expect(() =>
      Linalg.eigh(
        T.of([
          [1, 2],
          [0, 1]
        ])
      )
    ).toThrow(
      'eigh: the matrix is not symmetric, elements [1, 0] and [0, 1] are 0 and 2; expected a symmetric matrix, such as (a + a^T) / 2'
    )
  })
})
