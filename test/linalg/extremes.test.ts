// Factors of matrices whose elements differ by more than their squares may.
import { describe, expect, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { distance, expectSame, expectTurned, normal, size, transposed, weighed } from './matrices.js'

/** A matrix of zeros but for some elements, by row and column. */
const sparse = (
  shape: Shape,
  elements: readonly (readonly [row: number, column: number, value: number])[]
): T.Tensor => {
  const [rows = 0, columns = 0] = shape
  const values = new Float64Array(rows * columns)
  for (const [row, column, value] of elements) values[row * columns + column] = value
  return T.fromTypedArray(values, shape)
}

const orthonormal = (columns: T.Tensor): number =>
  size(T.sub(T.matmul(transposed(columns), columns), T.eye(columns.shape[1] ?? 0, 'float64')))

describe('svd', () => {
  it.each([
    [
      'short rows, which are not rotated',
      sparse(
        [3, 3],
        [
          [0, 0, 2.4853862764283484e32],
          [0, 1, -8.515319683825701e38],
          [0, 2, -1.2800225786602908e193],
          [1, 1, -1.6449864830104272e-225],
          [1, 2, -1.7506939418360701e223],
          [2, 0, -1.4783026406884358e-165],
          [2, 1, -5.293155606550824e-94],
          [2, 2, -7.5714125642689525e90]
        ]
      )
    ],
    [
      'rows whose squares have lost digits',
      sparse(
        [4, 7],
        [
          [0, 0, 1.2011457635735969e-203],
          [0, 1, 2.7693772757057616e-236],
          [1, 0, 4.72039417070975e-298],
          [1, 2, 1.5069409795323052e-190],
          [2, 1, 6.759900872021888e-209],
          [2, 3, 1.8623841411076806e-285],
          [3, 2, 6.905031650535821e-44],
          [3, 3, 1.4992549534445189e-53],
          [3, 4, 3.597002362373994e-94]
        ]
      )
    ],
    [
      'columns of which nothing is left to reflect',
      sparse(
        [2, 4],
        [
          [0, 0, -1.6405783866853163e-130],
          [0, 1, -6.3511715988895975e265],
          [0, 3, 1.1230369990527832e262],
          [1, 0, -9.368447984705277e-52],
          [1, 1, -3.372490167101744e-203]
        ]
      )
    ]
  ])('has orthonormal vectors with %s', (_name, a) => {
    const [u, s, vt] = Linalg.svd(a)
    expect(orthonormal(u)).toBeLessThan(1e-14)
    expect(orthonormal(transposed(vt))).toBeLessThan(1e-14)
    expect(distance(T.matmul(T.mul(u, s), vt), a)).toBeLessThan(1e-14)
  })

  it('finds small singular values as exactly as large ones, whichever rows and columns are large', () => {
    const falling = T.pow(10, T.mul(-4, T.arange(0, 6, 1, 'float64')))
    const middle = T.add(T.mul(2, T.eye(6, 'float64')), T.mul(0.3, normal(1, [6, 6])))
    const values = (a: T.Tensor): T.Tensor => Linalg.svd(a)[1]
    const scaled = (rows: T.Tensor, columns: T.Tensor): T.Tensor => T.mul(T.mul(T.expandDims(rows, 1), middle), columns)
    const expectExact = (a: T.Tensor, b: T.Tensor): void =>
      expect(T.item(T.max(T.abs(T.sub(T.div(values(a), values(b)), 1))))).toBeLessThan(1e-14)
    const [rising, ones] = [T.flip(falling), T.ones([6], 'float64')]
    const scales = [
      [falling, ones],
      [rising, ones],
      [falling, falling],
      [rising, rising]
    ] as const
    for (const [rows, columns] of scales) {
      const a = scaled(rows, columns)
      expectExact(a, transposed(a))
      expectExact(a, T.flip(a))
      expect(T.item(T.div(T.prod(values(a)), T.abs(Linalg.det(a))))).toBeCloseTo(1, 12)
    }
  })

  it('turns vectors of the singular value 0 on either side', () => {
    const shared = normal(1, [2, 6])
    const a = T.concat([T.zeros([1, 6], 'float64'), shared, T.zeros([2, 6], 'float64')])
    const [u, s, vt] = Linalg.svd(a)
    expectSame(T.slice(s, [[2, 5]]), T.zeros([3], 'float64'))
    expectTurned(u)
    expectTurned(T.slice(transposed(vt), [null, [2, 5]]))
  })
})

describe('eigh', () => {
  it('finds small values beside large ones', () => {
    const a = sparse(
      [4, 4],
      [
        [0, 0, 1],
        [1, 2, 1e-200],
        [2, 1, 1e-200],
        [3, 3, 2]
      ]
    )
    const [w] = Linalg.eigh(a)
    expect(distance(T.mul(T.slice(w, [[0, 2]]), 1e200), T.of([-1, 1], 'float64'))).toBeLessThan(1e-14)
    expectSame(T.slice(w, [[2, 4]]), T.of([1, 2], 'float64'))
  })
})

describe('derivatives of eigenvectors and singular vectors', () => {
  it('count values as different that differ by more than rounding', () => {
    const apart = T.diag(T.of([1, 1 + 1e-9, 2], 'float64'))
    const symmetric = (x: T.Tensor): T.Tensor => T.div(T.add(x, transposed(x)), 2)
    const expected = grad(weighed((x) => Linalg.matrixExp(symmetric(x))))(apart)
    const byVectors = (x: T.Tensor): T.Tensor => {
      const [w, v] = Linalg.eigh(symmetric(x))
      return T.matmul(T.mul(v, T.exp(T.expandDims(w, -2))), transposed(v))
    }
    const bySingular = (x: T.Tensor): T.Tensor => {
      const [u, s, vt] = Linalg.svd(symmetric(x))
      return T.matmul(T.mul(u, T.exp(T.expandDims(s, -2))), vt)
    }
    expect(distance(grad(weighed(byVectors))(apart), expected)).toBeLessThan(1e-6)
    expect(distance(grad(weighed(bySingular))(apart), expected)).toBeLessThan(1e-6)
  })
})

describe('matrixExp', () => {
  it('is right where the sum of a column is out of range', () => {
    const a = sparse(
      [3, 3],
      [
        [0, 2, 1.7e308],
        [1, 2, -1.7e308]
      ]
    )
    expectSame(Linalg.matrixExp(a), T.add(a, T.eye(3, 'float64')))
  })
})

describe('matrixSqrt', () => {
  it('distinguishes negative eigenvalues from those that are 0 to rounding', () => {
    const diagonal = (least: number): T.Tensor => T.diag(T.of([1, least, 4], 'float64'))
    expectSame(Linalg.matrixSqrt(diagonal(-1e-16)), T.diag(T.of([1, 0, 2], 'float64')))
    expect(() => Linalg.matrixSqrt(diagonal(-1e-13))).toThrow('matrixSqrt: an eigenvalue is -1')
  })
})
