import { describe, expect, it } from 'vitest'
import { hessian, hessianDiagonal } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import * as det from '../../../examples/gradbench/det.js'
import * as hello from '../../../examples/gradbench/hello.js'
import * as kmeans from '../../../examples/gradbench/kmeans.js'
import * as llsq from '../../../examples/gradbench/llsq.js'
import * as lse from '../../../examples/gradbench/lse.js'
import * as ode from '../../../examples/gradbench/ode.js'
import { expectClose, expectLaws, keys } from './held.js'

type Vector = T.Tensor<[number]>
type Matrix = T.Tensor<[number, number]>

const scalar = (x: number): T.Tensor<[]> => T.scalar(x, 'float64')

describe('hello', () => {
  it('is the square and the double, in turn from 1 as GradBench calls them', () => {
    const found: number[] = []
    let x = scalar(1)
    for (let i = 0; i < 4; i++) {
      const y = hello.square(x)
      x = hello.double(y)
      found.push(T.item(y), T.item(x))
    }
    expect(found).toEqual([1, 2, 4, 8, 64, 128, 16384, 32768])
    expect(T.item(hello.square(scalar(Math.PI)))).toBe(Math.PI ** 2)
    expect(T.item(hello.double(scalar(Math.PI)))).toBe(2 * Math.PI)
  })

  it('obeys the laws', () => {
    for (const x of [-3, 0.5, Math.PI]) expectLaws('hello', hello.square, scalar(x))
  })
})

describe('lse', () => {
  it('has the softmax as its gradient', () => {
    for (const key of keys) {
      const x = lse.generate(key, 20)
      expectClose([T.item(lse.primal(x))], [T.item(T.logSumExp(x))])
      expectClose(lse.gradient(x), Array.from(T.toArray(T.softmax(x, { axis: 0 }))))
    }
  })

  it('does not overflow', () => {
    expect(T.item(lse.primal(T.of([1000, 1000], 'float64')))).toBe(1000 + Math.LN2)
    expect(T.toNested(lse.gradient(T.of([1000, 1000], 'float64')))).toEqual([0.5, 0.5])
  })

  it('obeys the laws', () => {
    for (const key of keys) expectLaws('lse', lse.primal, lse.generate(key, 20))
  })
})

describe('llsq', () => {
  it('is the sum of its definition, term by term', () => {
    const [n, x] = [7, [0.5, -1, 2]]
    let [value, slopes] = [0, [0, 0, 0]]
    for (let i = 0; i < n; i++) {
      const t = -1 + (2 * i) / (n - 1)
      const residual = x.reduce((rest, c, j) => rest - c * t ** j, Math.sign(t))
      value += residual ** 2 / 2
      slopes = slopes.map((slope, j) => slope - residual * t ** j)
    }
    expectClose([T.item(llsq.primal(T.of(x, 'float64'), n))], [value])
    expectClose(llsq.gradient(T.of(x, 'float64'), n), slopes)
  })

  it('obeys the laws', () => {
    for (const key of keys) expectLaws('llsq', (x: Vector) => llsq.primal(x, 9), llsq.generate(key, 4))
  })
})

describe('det', () => {
  it('is exact on integers, and its gradient are the cofactors', () => {
    const a: Matrix = T.of(
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 10]
      ],
      'float64'
    )
    expect(T.item(det.primal(a))).toBe(-3)
    expect(T.toNested(det.gradient(a))).toEqual([
      [2, 2, -3],
      [4, -11, 6],
      [-3, 6, -3]
    ])
    expect(T.item(det.primal(T.of([[5]], 'float64')))).toBe(5)
  })

  it('agrees with the decomposition', () => {
    for (const key of keys) {
      const a = det.generate(key, 8)
      const expected = T.item(Linalg.det(a))
      expectClose([T.item(det.primal(a))], [expected], 1e-12)
      const cofactors = T.mul(T.transpose(Linalg.inverse(a)), expected)
      expectClose(det.gradient(a), Array.from(T.toArray(cofactors)), 1e-12)
    }
  })

  it('obeys the laws', () => {
    for (const key of keys) expectLaws('det', det.primal, det.generate(key, 4))
  })
})

describe('ode', () => {
  it('is exact where the solution is a polynomial that the method finds', () => {
    for (const key of keys) {
      const x = ode.generate(key, 4)
      const factors = Array.from(T.toArray(x))
      const exact = factors.map((_, i) => factors.slice(0, i + 1).reduce((y, xj, j) => (y * xj * 2) / (j + 1), 1))
      expectClose(ode.primal(x, 5), exact)
      expectClose(
        ode.gradient(x, 5),
        factors.map((xi) => (exact[3] ?? NaN) / xi)
      )
    }
  })

  it('comes nearer by the fourth order beyond', () => {
    const x: Vector = T.ones([6], 'float64')
    const missed = (steps: number): number => Math.abs(T.item(ode.last(x, steps)) - 2 ** 6 / 720)
    expect(missed(10) / missed(20)).toBeGreaterThan(14)
    expect(missed(10) / missed(20)).toBeLessThan(18)
  })

  it('obeys the laws', () => {
    for (const key of keys) expectLaws('ode', (x: Vector) => ode.primal(x, 4), ode.generate(key, 5))
  })
})

describe('kmeans', () => {
  it('costs the squared distances to the nearest centroids', () => {
    const points: Matrix = T.of(
      [
        [0, 0],
        [0, 2],
        [10, 0],
        [10, 4],
        [12, 2]
      ],
      'float64'
    )
    const centroids: Matrix = T.of(
      [
        [0, 0],
        [10, 0]
      ],
      'float64'
    )
    expect(T.item(kmeans.cost(centroids, points))).toBe(0 + 4 + 0 + 16 + 8)
    expect(T.toNested(kmeans.direction(centroids, points))).toEqual([
      [0, -1],
      [-2 / 3, -2]
    ])
  })

  it('has no Hessian beside the diagonal, and steps to the means', () => {
    for (const key of keys) {
      const { points, centroids } = kmeans.generate(key, 30, 3, 2)
      const f = (c: Matrix): T.Tensor<[]> => kmeans.cost(c, points)
      const diagonal = hessianDiagonal(f)(centroids)
      const whole = T.reshape(hessian(f)(centroids), [6, 6])
      expect(T.toNested(whole)).toEqual(T.toNested(T.diagEmbed(T.ravel(diagonal))))
      const moved = T.sub(centroids, kmeans.direction(centroids, points))
      expectClose(moved, Array.from(T.toArray(meansOf(points, centroids))))
    }
  })

  it('obeys the laws', () => {
    for (const key of keys) {
      const { points, centroids } = kmeans.generate(key, 30, 3, 2)
      expectLaws('kmeans', (c: Matrix) => kmeans.cost(c, points), centroids)
    }
  })
})

/** The mean of the points that are nearest to each centroid. */
const meansOf = (points: Matrix, centroids: Matrix): Matrix => {
  const distances = T.sum(T.square(T.sub(T.expandDims(points, 1), centroids)), { axis: 2 })
  const members = T.oneHot(T.argmin(distances, { axis: 1 }), centroids.shape[0], 'float64')
  const counts = T.expandDims(T.sum(members, { axis: 0 }), 1)
  return T.div(T.matmul(T.transpose(members), points), counts)
}
