// Zero is strong everywhere: a branch that was not taken, an example that is masked, contributes nothing, at order 1 and 2.
import * as Control from 'pullback/Control'
import { grad, hessian, jvp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'
import { bindOne } from 'pullback/Primitive'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it } from 'vitest'
import { definite, expectSame, normal, size, transposed } from '../linalg/matrices.js'

type M = T.Tensor
type S = T.Tensor<[]>

const symmetric = (x: M): M => T.mul(T.add(x, transposed(x)), 0.5)

/** Functions of a square matrix, and of what they are made: all that a NaN has leaked through. */
const functions: readonly (readonly [name: string, f: (x: M) => M])[] = [
  ['matmul', (x) => T.matmul(x, T.matmul(x, normal(1, [3, 3])))],
  ['matmul with itself', (x) => T.matmul(x, x)],
  ['matmul with a vector', (x) => T.matmul(x, T.at(x, 0))],
  ['dot', (x) => T.dot(T.at(x, 0), T.at(x, 1))],
  ['outer', (x) => T.outer(T.at(x, 0), T.at(x, 1))],
  ['einsum', (x) => T.einsum('ij,jk,k->i', x, x, T.at(x, 1))],
  ['einsum of three vectors', (x) => T.einsum('i,j,k->ijk', T.at(x, 0), T.at(x, 1), T.at(x, 2))],
  ['kron', (x) => Linalg.kron(x, x)],
  ['cross', (x) => Linalg.cross(T.at(x, 0), T.at(x, 1))],
  ['softmax', (x) => T.softmax(x)],
  ['logSoftmax', (x) => T.logSoftmax(x)],
  ['logSumExp', (x) => T.logSumExp(x, { axis: 1 })],
  ['cross-entropy', (x) => Loss.crossEntropy(x, T.softmax(normal(3, [3, 3])))],
  ['solve', (x) => Linalg.solve(x, T.matmul(x, normal(1, [3, 2])))],
  ['triangularSolve', (x) => Linalg.triangularSolve(x, T.square(x))],
  ['inverse', (x) => Linalg.inverse(x)],
  ['matrixPower', (x) => Linalg.matrixPower(x, 5)],
  ['matrixPower, negative', (x) => Linalg.matrixPower(x, -2)],
  ['cholesky', (x) => Linalg.cholesky(symmetric(x))],
  ['qr', (x) => Linalg.qr(x)[1]],
  ['qr, wide', (x) => Linalg.qr(T.slice(x, [[0, 2]]))[1]],
  ['lu', (x) => Linalg.lu(x)[2]],
  ['eigh', (x) => Linalg.eigh(symmetric(x))[0]],
  ['eigh, vectors', (x) => Linalg.eigh(symmetric(x))[1]],
  ['svd', (x) => Linalg.svd(x)[1]],
  ['svd, vectors', (x) => Linalg.svd(x)[2]],
  ['pinv', (x) => Linalg.pinv(T.slice(x, [[0, 2]]))],
  ['lstsq', (x) => Linalg.lstsq(x, T.matmul(x, normal(1, [3, 2])))],
  ['matrixExp', (x) => Linalg.matrixExp(T.mul(x, 0.3))],
  ['matrixSqrt', (x) => Linalg.matrixSqrt(symmetric(x))],
  ['matrixFunction', (x) => Linalg.matrixFunction(T.log, T.reciprocal)(symmetric(x))],
  ['polar', (x) => Linalg.polar(x)[0]],
  ['Frobenius norm', (x) => Linalg.norm(x)],
  ['nuclear norm', (x) => Linalg.norm(x, { ord: 'nuc' })],
  ['spectral norm', (x) => Linalg.norm(x, { ord: 2 })],
  ['norm', (x) => T.norm(x, { axis: 0 })],
  ['std', (x) => T.std(x, { axis: 0 })],
  ['variance', (x) => T.variance(x, { axis: 0 })],
  ['det', (x) => Linalg.det(x)],
  ['slogdet', (x) => Linalg.slogdet(x)[1]],
  ['prod', (x) => T.prod(x, { axis: 0 })],
  ['cumprod', (x) => T.cumprod(x, { axis: 0 })],
  ['a scan of products', (x) => Control.scan((h: M, row: M) => [T.matmul(x, T.mul(h, row)), h])(T.at(x, 0), x)[0]]
]

const squares = (x: M): S => T.sum(T.square(x))

/** One example of NaN or infinities, whose results are masked, and one as it should be. */
const masked =
  (f: (x: M) => M, bad: M) =>
  (x: M): S => {
    const [first, second] = [f(T.mul(bad, T.at(x, 0))), f(T.at(x, 1))]
    return squares(T.add(T.where(T.of(false), first, 0), second))
  }

const close = (x: M, y: M): void => {
  const difference = T.item(T.max(T.abs(T.sub(x, y))))
  expect(difference).toBeLessThanOrEqual(1e-12 * (1 + T.item(T.max(T.abs(y)))))
}

describe('a masked example contributes nothing', () => {
  const x = definite(5, [3, 3])
  const pair = T.stack([x, x])
  it.each(functions)('%s', (_, f) => {
    for (const bad of [
      T.mul(NaN, T.ones([3, 3], 'float64')),
      T.add(T.ones([3, 3], 'float64'), T.diag(T.of([NaN, 0, 0], 'float64')))
    ]) {
      const g = masked(f, bad)
      const alone = (y: M): S => squares(f(y))
      const zero = T.zeros([3, 3], 'float64')
      close(grad(g)(pair), T.stack([zero, grad(alone)(x)]))
      const v = normal(7, [3, 3])
      const both = T.stack([v, v])
      close(jvp(grad(g))([pair], [both])[1], T.stack([zero, jvp(grad(alone))([x], [v])[1]]))
      close(grad((y: M) => squares(grad(g)(y)))(pair), T.stack([zero, grad((y: M) => squares(grad(alone)(y)))(x)]))
      // mapped, with the mask among what is mapped
      const one = (y: M, taken: M): S => squares(T.where(taken, f(y), 0))
      const examples = T.stack([T.mul(bad, x), x])
      const mapped = vmap((y: M, taken: M) => grad((z: M) => one(z, taken))(y))(examples, T.of([false, true]))
      close(mapped, T.stack([zero, grad(alone)(x)]))
    }
  })
})

describe("a zero cotangent is not cut off: the Hessian of (g - g(x))^2 / 2 at x is g' g'^T", () => {
  const x = definite(6, [3, 3])
  it.each(functions)('%s', (_, f) => {
    const weights = normal(8, f(x).shape)
    const g = (y: M): S => T.sum(T.mul(f(y), weights))
    const least = T.stopGradient(g(x))
    const h = hessian((y: M): S => T.mul(T.square(T.sub(g(y), least)), 0.5))(x)
    const slope = T.reshape(grad(g)(x), [9])
    close(T.reshape(h, [9, 9]), T.outer(slope, slope))
  })
})

describe('the leaks that were reported', () => {
  it('a product with NaN in a row that is masked', () => {
    const bad = T.of([
      [1, 2],
      [NaN, 1]
    ])
    const f = (w: T.Tensor<[2]>): S => T.sum(T.where(T.of([true, false]), T.matmul(bad, w), 0))
    expectSame(grad(f)(T.of([1, 1])), T.of([1, 2]))
  })

  it('a choice under vmap, with an infinite operand in the branch not taken', () => {
    type V = T.Tensor<[2]>
    const f = (w: V, x: V): S =>
      Control.cond(
        T.equal(T.at(x, 0), 0),
        (v: V, _y: V) => T.mul(T.sum(v), 0),
        (v: V, y: V) => T.dot(T.reciprocal(y), v)
      )(w, x)
    const gradients = vmap((w: V, x: V) => grad(f)(w, x))(
      T.ones([2, 2]),
      T.of([
        [0, 1],
        [2, 4]
      ])
    )
    expectSame(
      gradients,
      T.of([
        [0, 0],
        [0.5, 0.25]
      ])
    )
  })
})

describe("the user's own operations keep to IEEE 754", () => {
  it('0 times NaN is NaN, in products and solves', () => {
    const bad = T.of([
      [NaN, 1],
      [1, 1]
    ])
    expectSame(T.matmul(T.of([0, 1]), bad), T.of([NaN, 1]))
    expectSame(T.matmul(T.of([0, 1]), T.of([NaN, 1])), T.scalar(NaN))
    expectSame(Linalg.cross(T.of([0, 0, 0]), T.of([NaN, 0, 0])), T.of([0, NaN, NaN]))
    expectSame(Linalg.solve(bad, T.of([0, 0])), T.of([NaN, NaN]))
    expect(() => Linalg.triangularSolve(T.zeros([2, 2]), T.of([0, 0]))).toThrow('the triangle is singular')
  })
})

describe('products of every size', () => {
  // Sizes of every kernel: packed, direct, rows, columns, outer products.
  const sizes = [
    [70, 600, 70],
    [5, 4, 3],
    [1, 300, 40],
    [40, 300, 1],
    [30, 1, 20]
  ] as const
  it.each(sizes)('[%i, %i] times [%i] leave out exactly the terms with a zero factor', (m, k, n) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [a, b] = [normal(1, [m, k], dtype), normal(2, [k, n], dtype)]
      // The row 0 of b is NaN, where column 0 of a is zero but for its last row.
      const firstOfK = T.equal(T.linspace(0, k - 1, k), 0)
      const lastRow = T.reshape(T.equal(T.linspace(0, Math.max(m - 1, 0), m), m - 1), [m, 1])
      const x = T.where(T.logicalAnd(firstOfK, T.logicalNot(lastRow)), 0, a)
      const y = T.where(T.reshape(firstOfK, [k, 1]), NaN, b)
      const strong = bindOne(T.matmul.primitive, [x, y], { strongZero: true })
      const without = T.matmul(x, T.where(T.reshape(firstOfK, [k, 1]), 0, b))
      const rest = (z: M): M => T.slice(z, [[0, m - 1]])
      const within = dtype === 'float32' ? 1e-6 : 1e-13
      const error = size(T.sub(rest(strong), rest(without)))
      expect(error).toBeLessThanOrEqual(within * size(without))
      expectSame(T.at(strong, -1), T.mul(NaN, T.ones([n], dtype)))
    }
  })
})
