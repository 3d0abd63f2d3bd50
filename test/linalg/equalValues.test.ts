// What the library composes is right at equal eigenvalues and singular values, at orders 1 and 2: each against a way to it that
// knows neither.
import { grad, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { distance, normal, transposed, weighed } from './matrices.js'

type M = T.Tensor

const n = 3
const unit = T.eye(n, 'float64')
const orthogonal = Linalg.qr(normal(1, [n, n]))[0]
const symmetric = (x: M): M => T.mul(T.add(x, transposed(x)), 0.5)
const times = (...factors: readonly M[]): M => factors.reduce((product, each) => T.matmul(product, each))
const element = (x: M, i: number, j: number): M => T.at(T.at(x, i), j)

/** By its six terms. */
const determinant = (x: M): M =>
  [
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1]
  ].reduce<M>(
    (sum, [i = 0, j = 0, k = 0]) => {
      const even = T.mul(T.mul(element(x, 0, i), element(x, 1, j)), element(x, 2, k))
      const odd = T.mul(T.mul(element(x, 0, k), element(x, 1, j)), element(x, 2, i))
      return T.add(sum, T.sub(even, odd))
    },
    T.scalar(0, 'float64')
  )

/** The transposed cofactors over the determinant. */
const inverse = (x: M): M => T.div(transposed(grad((y: M) => determinant(y) as T.Tensor<[]>)(x)), determinant(x))

/** By its series. */
const exponential = (x: M): M => {
  let term: M = unit
  let sum: M = unit
  for (let k = 1; k < 40; k++) {
    term = T.div(T.matmul(term, x), k)
    sum = T.add(sum, term)
  }
  return sum
}

/** By the iteration of Denman and Beavers. */
const root = (x: M): M => {
  let [y, z]: readonly [M, M] = [x, unit]
  for (let k = 0; k < 12; k++) {
    ;[y, z] = [T.mul(T.add(y, inverse(z)), 0.5), T.mul(T.add(z, inverse(y)), 0.5)]
  }
  return y
}

const gram = (x: M): M => T.matmul(transposed(x), x)

interface Case {
  readonly name: string
  readonly f: (x: M) => M
  readonly reference: (x: M) => M
  readonly at: readonly M[]
}

const general = [T.mul(unit, 1.3), T.mul(orthogonal, 1.3), times(orthogonal, T.diag(T.of([1, 1, 2], 'float64')))]
const positive = [
  T.mul(unit, 1.3),
  symmetric(times(orthogonal, T.diag(T.of([1, 1, 2], 'float64')), transposed(orthogonal)))
]
const tall = [T.concat([T.mul(orthogonal, 2), T.zeros([2, n], 'float64')], { axis: 0 })]

const cases: readonly Case[] = [
  { name: 'inverse', f: Linalg.inverse, reference: inverse, at: general },
  { name: 'matrixPower', f: Linalg.matrixPower(-2), reference: (x) => inverse(T.matmul(x, x)), at: general },
  {
    name: 'pinv',
    f: (x) => Linalg.pinv(x),
    reference: (x) => T.matmul(inverse(gram(x)), transposed(x)),
    at: [...general, ...tall]
  },
  {
    name: 'lstsq',
    f: (x) => Linalg.lstsq(x, T.ones([x.shape[0]!], 'float64')),
    reference: (x) => times(inverse(gram(x)), transposed(x), T.ones([x.shape[0]!], 'float64')),
    at: [...general, ...tall]
  },
  {
    name: 'pinv at constant rank',
    f: (x) => Linalg.pinv(deficient(x)),
    reference: (x) => {
      // B C^T, with B and C of two columns: C (C^T C)^-1 (B^T B)^-1 B^T
      const [b, c] = [columns(x), T.add(columns(transposed(x)), 1)]
      return times(c, small(gram(c)), small(gram(b)), transposed(b))
    },
    at: [T.mul(orthogonal, 1.5)]
  },
  { name: 'matrixExp', f: Linalg.matrixExp, reference: exponential, at: general },
  { name: 'matrixSqrt', f: (x) => Linalg.matrixSqrt(symmetric(x)), reference: (x) => root(symmetric(x)), at: positive },
  { name: 'det', f: Linalg.det, reference: determinant, at: general },
  { name: 'slogdet', f: (x) => Linalg.slogdet(x)[1], reference: (x) => T.log(T.abs(determinant(x))), at: general },
  {
    name: 'the nuclear norm',
    f: (x) => Linalg.norm(x, { ord: 'nuc' }),
    reference: (x) => T.trace(root(gram(x))),
    at: [...general, ...tall]
  },
  { name: 'the Frobenius norm', f: (x) => Linalg.norm(x), reference: (x) => T.sqrt(T.sum(T.square(x))), at: general },
  {
    name: 'the sum of squares of eigenvalues',
    f: (x) => T.sum(T.square(Linalg.matrixFunction((w) => w, T.onesLike)(symmetric(x)))),
    reference: (x) => T.sum(T.square(symmetric(x))),
    at: positive
  }
]

function columns(x: M): M {
  return T.slice(x, [
    [0, n],
    [0, 2]
  ])
}

function deficient(x: M): M {
  return T.matmul(columns(x), transposed(T.add(columns(transposed(x)), 1)))
}

/** The inverse of a matrix of two rows. */
function small(x: M): M {
  const [a, b, c, d] = [element(x, 0, 0), element(x, 0, 1), element(x, 1, 0), element(x, 1, 1)]
  const adjugate = T.stack([T.stack([d, T.neg(b)]), T.stack([T.neg(c), a])])
  return T.div(adjugate, T.sub(T.mul(a, d), T.mul(b, c)))
}

describe('at equal eigenvalues and singular values', () => {
  it.each(cases.map((each) => [each.name, each] as const))(
    '%s is right to the second order',
    (_, { f, reference, at }) => {
      for (const x of at) {
        const [e, h] = [normal(11, x.shape), normal(12, x.shape)]
        const along =
          (g: (y: M) => M, d: M) =>
          (y: M): M =>
            jvp(g)([y], [d])[1]
        expect(distance(f(x), reference(x))).toBeLessThan(1e-12)
        expect(distance(along(f, e)(x), along(reference, e)(x))).toBeLessThan(1e-11)
        expect(distance(grad(weighed(f))(x), grad(weighed(reference))(x))).toBeLessThan(1e-11)
        const [second, expected] = [along(along(f, e), h)(x), along(along(reference, e), h)(x)]
        expect(distance(T.add(second, 1), T.add(expected, 1))).toBeLessThan(1e-10)
        const [hessian, other] = [along(grad(weighed(f)), h)(x), along(grad(weighed(reference)), h)(x)]
        expect(distance(T.add(hessian, 1), T.add(other, 1))).toBeLessThan(1e-10)
      }
    }
  )
})
