import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { checkpoint, grad, hessian, jvp } from 'pullback/Grad'
import { type NotConverged, argmin, orThrow } from 'pullback/Implicit'
import * as Linalg from 'pullback/Linalg'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from '../calculus/close.js'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const item = (x: T.Tensor): number => Number(T.item(x))
const normal = (seed: number, shape: readonly number[]): T.Tensor =>
  T.cast(Random.normal(Random.key(seed), shape), 'float64')

const left = <X>(solution: E.Either<NotConverged, X>): NotConverged => {
  if (E.isLeft(solution)) return solution.left
  throw new Error('a solution')
}

const x = normal(1, [30, 5])
const y = normal(2, [30])
const zeros = T.zeros([5], 'float64') as T.Tensor

const squares = (w: T.Tensor): S => T.sum(T.square(w))

/** Ridge regression: by its minimum, and in closed form. */
const ridge = argmin((w: T.Tensor, strength: S, y: T.Tensor): S =>
  T.ensure([])(T.add(squares(T.sub(T.matmul(x, w), y)), T.mul(strength, squares(w))))
)
const fitted = (strength: S, targets: T.Tensor = y): T.Tensor => orThrow(ridge(zeros, strength, targets))
const closed = (strength: S, targets: T.Tensor = y): T.Tensor =>
  Linalg.solve(
    T.add(T.matmul(T.transpose(x), x), T.mul(T.eye(5, 'float64'), strength)),
    T.matmul(T.transpose(x), targets)
  )

describe('argmin', () => {
  test('of ridge regression is the closed form', () => {
    close(fitted(scalar(0.3)), closed(scalar(0.3)), 1e-14)
  })

  test('finds the end of the valley of Rosenbrock', () => {
    const rosenbrock = ({ a, b }: { a: S; b: S }): S =>
      T.add(T.square(T.sub(1, a)), T.mul(100, T.square(T.sub(b, T.square(a)))))
    const found = orThrow(argmin(rosenbrock)({ a: scalar(-1.2), b: scalar(1) }))
    close(found, { a: scalar(1), b: scalar(1) }, 1e-13)
  })

  test('goes downhill where the Hessian is not positive definite', () => {
    expect(Math.abs(item(orThrow(argmin((x: S) => T.sub(T.pow(x, 4), T.square(x)))(scalar(0.01)))))).toBeCloseTo(
      Math.SQRT1_2,
      12
    )
  })

  test('in float32', () => {
    const found = orThrow(argmin((x: S) => T.sub(T.cosh(x), T.mul(x, 0.5)))(T.scalar(3)))
    expect(found.dtype).toBe('float32')
    expect(item(found)).toBeCloseTo(Math.asinh(0.5), 5)
  })

  test('of many unknowns', () => {
    const n = 300
    const c = normal(5, [n])
    const f = (x: T.Tensor, c: T.Tensor): S =>
      T.ensure([])(T.add(T.sum(T.sqrt(T.add(1, T.square(T.sub(x, c))))), T.mul(0.5, squares(T.sub(x, T.roll(x, 1))))))
    const solve = (c: T.Tensor): T.Tensor => orThrow(argmin(f)(T.zeros([n], 'float64'), c))
    close(grad(f)(solve(c), c), T.zeros([n], 'float64'), 1e-11)
    const exact = (c: T.Tensor): T.Tensor =>
      orThrow(argmin(f, { linear: { method: 'direct' } })(T.zeros([n], 'float64'), c))
    const loss = (way: typeof solve) => (c: T.Tensor) => squares(way(c))
    close(grad(loss(solve))(c), grad(loss(exact))(c), 1e-8)
  })
})

describe('hyper-gradients', () => {
  const validation = (way: typeof fitted) => (strength: S) => squares(T.sub(T.matmul(x, way(strength)), 1))

  test('of ridge regression equal those of the closed form, to the third order', () => {
    const [a, b] = [validation(fitted), validation(closed)]
    const at = scalar(0.3)
    close(grad(a)(at), grad(b)(at), 1e-13)
    close(grad(grad(a))(at), grad(grad(b))(at), 1e-13)
    close(grad(grad(grad(a)))(at), grad(grad(grad(b)))(at), 1e-12)
    const forward = (f: (s: S) => S) => (s: S) => jvp(f)([s], [scalar(1)])[1]
    close(forward(grad(a))(at), grad(grad(b))(at), 1e-13)
    close(grad(forward(a))(at), grad(grad(b))(at), 1e-13)
  })

  test('in the data', () => {
    const f = (way: typeof fitted) => (y: T.Tensor) => squares(way(scalar(0.3), y))
    close(grad(f(fitted))(y), grad(f(closed))(y), 1e-14)
    close(hessian(f(fitted))(y), hessian(f(closed))(y), 1e-14)
  })

  test('mapped over hyper-parameters, and under checkpoint', () => {
    const strengths = T.of([0.1, 1, 10], 'float64')
    close(vmap(grad(validation(fitted)))(strengths), vmap(grad(validation(closed)))(strengths), 1e-12)
    close(grad(checkpoint(validation(fitted)))(scalar(1)), grad(validation(closed))(scalar(1)), 1e-13)
  })

  test('by gradient descent of the user: the same, though the descent is never differentiated', () => {
    const slow = argmin(
      (w: T.Tensor, strength: S): S =>
        T.ensure([])(T.add(squares(T.sub(T.matmul(x, w), y)), T.mul(strength, squares(w)))),
      {
        solver: (f, initial) => {
          let w = initial
          for (let i = 0; i < 600; i++) w = T.sub(w, T.mul(grad(f)(w), 0.01))
          return w
        }
      }
    )
    const way = (strength: S): T.Tensor => orThrow(slow(zeros, strength))
    close(grad(validation(way))(scalar(0.3)), grad(validation(closed))(scalar(0.3)), 1e-10)
  })
})

describe('no minimum is a Left with a sentence', () => {
  test('unbounded', () => {
    expect(left(argmin((x: S) => T.neg(T.square(x)), { maxIterations: 3 })(scalar(1))).message).toMatch(
      /^argmin: the gradient is .* after 3 iterations; expected at most 2e-10, raise maxIterations or start nearer to a minimum$/
    )
  })

  test('out of the domain', () => {
    expect(left(argmin((x: S) => T.sum(T.log(x)))(scalar(-1))).message).toBe(
      'argmin: the gradient is 1e+0 after 0 iterations, where values are no longer finite; expected at most 1e-10, start where the function is defined'
    )
  })

  test('a result that is not a scalar', () => {
    expect(() => argmin((x: T.Tensor) => x as S)(T.zeros([2], 'float64'))).toThrow(
      'argmin: the function returned shape [2]; expected a scalar, reduce it with T.sum or T.mean'
    )
    expect(() => argmin((x: S) => [x] as never)(scalar(1))).not.toThrow()
    expect(() => argmin((x: S) => [x, x] as never)(scalar(1))).toThrow(
      'argmin: the function returned a tree of tensors; expected a scalar, reduce it with T.sum or T.mean'
    )
    expect(() => argmin((x: S) => T.argmax(T.stack([x, x])) as never)(scalar(1))).toThrow(
      'argmin: the result is int32; expected float32 or float64'
    )
  })
})
