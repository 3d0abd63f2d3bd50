// Functions of symmetric matrices: values, and derivatives at distinct, equal and nearly equal eigenvalues.
import * as E from 'fp-ts/lib/Either.js'
import { evaluate, trace } from 'pullback/Debug'
import { grad, hessian, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import { type Program, run } from 'pullback/Program'
import { fromJSON, primitives, toJSON } from 'pullback/ProgramJson'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { definite, expectLawful, expectMaps, expectSame, weighed } from './matrices.js'

type M = T.Tensor

const symmetric = (x: M): M => T.mul(T.add(x, T.transpose(x)), 0.5)

/** V diag(w) V^T with a fixed rotation V. */
const withEigenvalues = (...w: readonly number[]): M => {
  const n = w.length
  const k = T.of(
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (i < j ? i + j + 0.3 : j < i ? -i - j - 0.3 : 0))
    ),
    'float64'
  ) as M
  const v = Linalg.matrixExp(k)
  return symmetric(T.matmul(T.mul(v, T.of([...w], 'float64')), T.transpose(v)))
}

const close = (x: M, y: M, within: number): void => {
  const largest = T.item(T.max(T.abs(y)))
  expect(T.item(T.max(T.abs(T.sub(x, y))))).toBeLessThanOrEqual(within * Math.max(1, largest))
}

const exp = Linalg.matrixFunction(T.exp, T.exp)
const sqrt = Linalg.matrixFunction(T.sqrt, (w) => T.mul(0.5, T.rsqrt(w)))
const cube = Linalg.matrixFunction(
  (w) => T.mul(w, T.square(w)),
  (w) => T.mul(3, T.square(w))
)
const reciprocal = Linalg.matrixFunction(T.reciprocal, (w) => T.neg(T.square(T.reciprocal(w))))

/** Functions, each with an independent way to it that has no eigenvectors in its rules. */
const references: readonly (readonly [name: string, f: (a: M) => M, reference: (a: M) => M])[] = [
  ['exp', exp, (a) => Linalg.matrixExp(symmetric(a))],
  ['sqrt', sqrt, (a) => Linalg.matrixSqrt(symmetric(a))],
  ['cube', cube, (a) => Linalg.matrixPower(symmetric(a), 3)],
  ['reciprocal', reciprocal, (a) => Linalg.inverse(symmetric(a))]
]

const points: readonly (readonly [name: string, a: M, within: number])[] = [
  ['distinct', withEigenvalues(0.5, 1.1, 2), 1e-9],
  ['all equal', T.mul(T.eye(3, 'float64'), 1.5), 1e-9],
  ['two equal', withEigenvalues(0.7, 0.7, 2), 1e-9],
  ['nearly equal, by 1e-12', withEigenvalues(1, 1 + 1e-12, 1 + 2e-12), 1e-9],
  ['nearly equal, by 1e-8', withEigenvalues(1, 1 + 1e-8, 2), 1e-9],
  ['nearly equal, by 1e-5', withEigenvalues(1, 1 + 1e-5, 1 + 2e-5), 1e-9],
  ['nearly equal, by 1e-3', withEigenvalues(1, 1 + 1e-3, 1 + 3e-3), 1e-9],
  ['nearly equal, by 1e-2', withEigenvalues(1, 1.01, 1.03), 1e-9]
]

const directions = [1, 2, 3].map((seed) =>
  symmetric(
    T.of(
      Array.from({ length: 3 }, (_, i) => Array.from({ length: 3 }, (__, j) => Math.sin(seed * 7 + i * 3 + j))),
      'float64'
    )
  )
)

describe.each(references)('%s', (_, f, reference) => {
  it.each(points)('at eigenvalues that are %s', (__, a, within) => {
    const [c, e, h] = directions as [M, M, M]
    const along =
      (g: (x: M) => M, d: M) =>
      (x: M): M =>
        jvp(g)([x], [d])[1]
    const scalar = (g: (x: M) => M) => (x: M) => T.sum(T.mul(c, g(x)))
    close(f(a), reference(a), 1e-13)
    close(along(f, e)(a), along(reference, e)(a), 1e-11)
    close(grad(scalar(f))(a), grad(scalar(reference))(a), 1e-11)
    close(along(along(f, e), h)(a), along(along(reference, e), h)(a), within)
    close(grad(scalar(along(f, e)))(a), grad(scalar(along(reference, e)))(a), within)
    close(along(grad(scalar(f)), e)(a), along(grad(scalar(reference)), e)(a), within)
    close(hessian(scalar(f))(a), hessian(scalar(reference))(a), within)
    close(along(along(along(f, e), h), c)(a), along(along(along(reference, e), h), c)(a), 1e-4)
  })
})

describe('matrixFunction', () => {
  it('keeps the laws, up to the third order, and maps', () => {
    for (const f of [exp, sqrt]) {
      const ofSymmetric = (x: M): M => f(symmetric(x))
      expectLawful(ofSymmetric, withEigenvalues(0.5, 1, 2))
      expectLawful(ofSymmetric, T.mul(T.eye(2, 'float64'), 1.5))
      expectMaps(f, definite(1, [3, 4, 4]), 1e-13)
    }
  })

  it('is differentiated in what the function depends on, together with the matrix, to mixed second derivatives', () => {
    const power = (a: M, p: T.Tensor<[]>): M =>
      Linalg.matrixFunction(
        (w) => T.pow(w, p),
        (w) => T.mul(p, T.pow(w, T.sub(p, 1)))
      )(a)
    const c = directions[0]!
    const f = (x: { readonly a: M; readonly p: T.Tensor<[]> }) => T.sum(T.mul(c, power(x.a, x.p)))
    // A^p = exp(p log A), at A = B B with a logarithm by other means: A = e^L.
    const l = withEigenvalues(0.2, 0.2, 0.7)
    const a = symmetric(Linalg.matrixExp(l))
    const p = T.scalar(1.7, 'float64')
    const byExp = (q: T.Tensor<[]>) => T.sum(T.mul(c, Linalg.matrixExp(T.mul(l, q))))
    close(grad(f)({ a, p }).p, grad(byExp)(p), 1e-12)
    const second = grad((q: T.Tensor<[]>) => grad(f)({ a, p: q }).p)
    close(second(p), grad(grad(byExp))(p), 1e-12)
    const e = directions[1]!
    const mixed = grad((q: T.Tensor<[]>) => T.sum(T.mul(e, grad(f)({ a, p: q }).a)))(p)
    const other = jvp((x: M) => grad(f)({ a: x, p }).p)([a], [e])[1]
    close(mixed, other, 1e-12)
    const step = 1e-5
    const at = (q: number) => T.sum(T.mul(e, grad(f)({ a, p: T.scalar(q, 'float64') }).a))
    close(mixed, T.div(T.sub(at(1.7 + step), at(1.7 - step)), 2 * step), 1e-8)
  })

  it('stages, with its derivatives', () => {
    const a = withEigenvalues(1, 1, 2)
    for (const f of [exp, (x: M) => grad(weighed(exp))(x)]) {
      expectSame(evaluate(trace(f)(a))(a), f(a))
    }
  })

  it('has a gradient in what the function depends on, of its third derivative along the matrix', () => {
    const third = (p: T.Tensor<[]>): T.Tensor<[]> => {
      const f = Linalg.matrixFunction(
        (w) => T.mul(p, T.exp(w)),
        (w) => T.mul(p, T.exp(w))
      )
      const along =
        (g: (x: M) => M, d: M) =>
        (x: M): M =>
          jvp(g)([x], [d])[1]
      return T.sum(directions.reduce(along, f)(withEigenvalues(0.5, 1.1, 2)))
    }
    const p = T.scalar(2, 'float64')
    close(T.mul(p, grad(third)(p)), third(p), 1e-13)
  })

  it('goes through JSON, with its gradient', () => {
    const a = withEigenvalues(1, 1, 2)
    const program = trace((x: M) => grad(weighed(exp))(x))(a)
    const read = fromJSON(JSON.parse(JSON.stringify(toJSON(program))), primitives)
    const again = E.map((found: Program) => run(found)(a))(read)
    expect(E.isRight(again)).toBe(true)
    if (E.isRight(again)) expectSame(again.right[0]!, evaluate(program)(a))
  })

  it('takes no notice of derivatives that are infinite, for its value', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = T.of(
        [
          [0, 0],
          [0, 4]
        ],
        dtype
      )
      expectSame(
        sqrt(x),
        T.of(
          [
            [0, 0],
            [0, 2]
          ],
          dtype
        )
      )
    }
  })

  it('rounds float32, takes stacks and integers, and is NaN beside NaN', () => {
    const a = T.cast(definite(1, [2, 3, 3]), 'float32')
    expect(exp(a).dtype).toBe('float32')
    close(T.cast(exp(a), 'float64'), exp(T.cast(a, 'float64')), 1e-5)
    expectSame(exp(T.of([[0]], 'int32')), T.of([[1]]))
    expect(exp(T.zeros([0, 0])).shape).toEqual([0, 0])
    expectSame(
      exp(
        T.of([
          [1, NaN],
          [NaN, 1]
        ])
      ),
      T.mul(NaN, T.ones([2, 2]))
    )
  })

  it('has a gradient of zero beside NaN, for a cotangent of zero', () => {
    const a = T.of(
      [
        [
          [1, NaN],
          [NaN, 1]
        ],
        [
          [2, 0],
          [0, 2]
        ]
      ],
      'float64'
    )
    const f = (x: M): T.Tensor<[]> => T.sum(T.at(exp(x), 1))
    expectSame(T.at(grad(f)(a), 0), T.zeros([2, 2], 'float64'))
    expectSame(T.at(grad((x: M) => T.sum(T.square(grad(f)(x))))(a), 0), T.zeros([2, 2], 'float64'))
  })

  it('rejects bad input', () => {
    expect(() => exp(T.ones([2, 3]))).toThrow('matrixFunction: the operand has shape [2, 3]; expected a square matrix')
    const sum = Linalg.matrixFunction((w) => T.sum(w), T.exp)
    expect(() => sum(T.eye(2))).toThrow(
      'matrixFunction: f returned shape [] for eigenvalues of shape [2]; expected the same shape'
    )
    const d =
      (g: (x: M) => M) =>
      (x: M): M =>
        jvp(g)([x], [T.eye(2)])[1]
    expect(() => d(d(d(d(exp))))(T.eye(2))).toThrow(
      'matrixFunction: there is no derivative of order 4; expected an order up to 3'
    )
  })
})
