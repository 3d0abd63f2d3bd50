// What counts as 0 beside the largest value, from both sides: at the cutoff it does, just above it does not.
import { grad, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'

type Float = 'float32' | 'float64'

const epsilons: Readonly<Record<Float, number>> = { float32: 2 ** -23, float64: 2 ** -52 }

/** A matrix with these numbers on its diagonal. */
const diagonal = (dtype: Float, values: readonly number[], [m, n] = [values.length, values.length]): T.Tensor =>
  T.of(
    Array.from({ length: m }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? values[i]! : 0))),
    dtype
  )

/** A matrix that is 1 at some places, -1 at others, and 0 elsewhere. */
const unit = (
  dtype: Float,
  [m, n]: readonly [number, number],
  ...places: readonly (readonly [i: number, j: number, sign: number])[]
): T.Tensor =>
  T.of(
    Array.from({ length: m }, (_, i) =>
      Array.from({ length: n }, (__, j) => places.find((place) => place[0] === i && place[1] === j)?.[2] ?? 0)
    ),
    dtype
  )

const entry = (x: T.Tensor, i: number, j: number): number => T.toArray(x)[i * (x.shape[1] ?? 0) + j]!

const cases = (['float32', 'float64'] as const).flatMap((dtype) =>
  (
    [
      [2, 2],
      [4, 2],
      [2, 4]
    ] as const
  ).map((shape) => ({ dtype, shape, m: shape[0], n: shape[1] }))
)

describe.each(cases)('singular values of a $m x $n matrix of $dtype', ({ dtype, shape }) => {
  const epsilon = epsilons[dtype]
  const cutoff = Math.max(...shape) * epsilon
  const above = cutoff * (1 + epsilon)
  const at = (s: number): T.Tensor => diagonal(dtype, [1, s], [...shape])
  const b = T.ones([shape[0]], dtype)

  it.each([
    ['by default', {}, cutoff, above],
    ['with rcond', { rcond: 0.25 }, 0.25, 0.25 * (1 + epsilon)]
  ] as const)('matrixRank, pinv and lstsq, %s', (_, options, low, high) => {
    expect(T.item(Linalg.matrixRank(at(low), options))).toBe(1)
    expect(T.item(Linalg.matrixRank(at(high), options))).toBe(2)
    expect(entry(Linalg.pinv(at(low), options), 1, 1)).toBe(0)
    expect(entry(Linalg.pinv(at(high), options), 1, 1)).toBe(entry(T.reciprocal(at(high)), 1, 1))
    expect(T.toArray(Linalg.lstsq(at(low), b, options))[1]).toBe(0)
    expect(T.toArray(Linalg.lstsq(at(high), b, options))[1]).toBe(entry(T.reciprocal(at(high)), 1, 1))
  })

  it('the gradient of the nuclear norm', () => {
    const gradient = (s: number): T.Tensor => grad((x: T.Tensor) => Linalg.norm(x, { ord: 'nuc' }))(at(s))
    expect(entry(gradient(cutoff), 1, 1)).toBe(0)
    expect(entry(gradient(above), 1, 1)).toBe(1)
  })

  it('the gradient of the spectral norm, of values that are equal', () => {
    const gradient = (s: number): T.Tensor => grad((x: T.Tensor) => Linalg.norm(x, { ord: 2 }))(at(s))
    expect(entry(gradient(1 - cutoff), 1, 1)).toBe(0.5)
    expect(entry(gradient(1 - cutoff - epsilon / 2), 1, 1)).toBe(0)
  })
})

describe.each(['float32', 'float64'] as const)('derivatives of factors in %s', (dtype) => {
  const epsilon = epsilons[dtype]

  it('of eigenvectors, by the gap', () => {
    const turned = (gap: number): number => {
      const tangent = unit(dtype, [2, 2], [0, 1, 1], [1, 0, 1])
      const [, [, v]] = jvp((x: T.Tensor) => Linalg.eigh(x))([diagonal(dtype, [1 - gap, 1])], [tangent])
      return Math.abs(entry(v, 0, 1))
    }
    expect(turned(16 * epsilon)).toBe(0)
    expect(turned(16.5 * epsilon)).toBeCloseTo(1 / (16.5 * epsilon), -Math.log10(1 / epsilon) + 5)
  })

  const movedU = (x: T.Tensor, tangent: T.Tensor, i: number, j: number): number => {
    const [, [u]] = jvp((y: T.Tensor) => Linalg.svd(y))([x], [tangent])
    return Math.abs(entry(u, i, j))
  }

  it('of singular vectors, by the singular value', () => {
    const moved = (s: number): number => movedU(diagonal(dtype, [1, s], [3, 2]), unit(dtype, [3, 2], [2, 1, 1]), 2, 1)
    expect(moved(24 * epsilon)).toBe(0)
    expect(moved(24 * epsilon * (1 + 2 * epsilon)) * 24 * epsilon).toBeCloseTo(1, 5)
  })

  it('of singular vectors, by the sum of two singular values', () => {
    const moved = (s: number): number =>
      movedU(diagonal(dtype, [1, 16 * epsilon, s]), unit(dtype, [3, 3], [1, 2, 1], [2, 1, -1]), 1, 2)
    expect(moved(8 * epsilon)).toBe(0)
    expect(moved(8 * epsilon * (1 + 4 * epsilon)) * 24 * epsilon).toBeCloseTo(1, 5)
  })

  it('of the square root, by the sum of two of its eigenvalues', () => {
    const slope = (root: number): number =>
      entry(
        jvp((x: T.Tensor) => Linalg.matrixSqrt(x))(
          [diagonal(dtype, [1, root ** 2])],
          [unit(dtype, [2, 2], [1, 1, 1])]
        )[1],
        1,
        1
      )
    expect(slope(8 * epsilon)).toBe(0)
    expect(slope(8 * epsilon * (1 + 2 ** -10)) * 16 * epsilon).toBeCloseTo(1, 2)
  })
})

describe('symmetry', () => {
  it('is asked for to a thousandth of the largest element', () => {
    const a = (off: number): T.Tensor =>
      T.of(
        [
          [1, off],
          [0, 1]
        ],
        'float64'
      )
    const next = 0.001 * (1 + 2 ** -52)
    expect(T.item(T.sum(Linalg.eigh(a(0.001))[0]))).toBe(2)
    expect(() => Linalg.eigh(a(next))).toThrow('eigh: the matrix is not symmetric')
  })
})

describe('a pivot', () => {
  it('is lost when it is no larger than the rounding error of its sum', () => {
    const a = (d: number): T.Tensor =>
      T.of(
        [
          [1, 1],
          [1, 1 + d]
        ],
        'float64'
      )
    const epsilon = epsilons.float64
    expect(() => Linalg.solve(a(epsilon), T.ones([2], 'float64'))).toThrow('solve: ')
    expect(T.toArray(Linalg.solve(a(2 * epsilon), T.ones([2], 'float64')))[0]).toBe(1)
  })
})
