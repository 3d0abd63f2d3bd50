// Random matrices, and measures of how far results are off.
import * as E from 'fp-ts/lib/Either.js'
import { grad, jvp } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Random from 'pullback/Random'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { expect } from 'vitest'

export const normal = (seed: number, shape: Shape, dtype: 'float32' | 'float64' = 'float64'): T.Tensor =>
  Random.normal(Random.key(seed), shape, dtype)

/** The transposed matrices of a stack. */
export const transposed = (x: T.Tensor): T.Tensor => T.swapAxes(x, -1, -2)

/** Symmetric positive definite: x x^T / n + 1. */
export const definite = (seed: number, shape: Shape): T.Tensor => {
  const x = normal(seed, shape)
  const n = shape[shape.length - 1] ?? 1
  return T.add(T.div(T.matmul(x, transposed(x)), n), T.eye(n, 'float64'))
}

export const size = (x: T.Tensor): number => T.item(T.norm(x))

/** |a - b| / |b|. */
export const distance = (a: T.Tensor, b: T.Tensor): number => size(T.sub(a, b)) / size(b)

/** A function of matrices made scalar, with weights that differ. */
export const weighed = (f: (x: T.Tensor) => T.Tensor, seed = 99) => {
  return (x: T.Tensor): T.Tensor<[]> => {
    const y = f(x)
    return T.sum(T.mul(y, normal(seed, y.shape)))
  }
}

/** All laws hold, up to the third order. */
export const expectLawful = (f: (x: T.Tensor) => T.Tensor, at: T.Tensor): void => {
  const verdict = Law.check(f, { laws: Law.functionLaws })(at)
  if (E.isLeft(verdict)) throw verdict.left
}

/** The Hessian times a direction, in three ways, is the same. */
export const expectHessians = (f: (x: T.Tensor) => T.Tensor<[]>, x: T.Tensor, within = 1e-12): void => {
  const v = normal(7, x.shape)
  const gradient = grad(f)
  const forwardOverReverse = jvp(gradient)([x], [v])[1]
  const reverseOverReverse = grad((y: T.Tensor) => T.sum(T.mul(gradient(y), v)))(x)
  const reverseOverForward = grad((y: T.Tensor) => jvp(f)([y], [v])[1])(x)
  expect(size(forwardOverReverse)).toBeGreaterThan(0)
  expect(distance(reverseOverReverse, forwardOverReverse)).toBeLessThan(within)
  expect(distance(reverseOverForward, forwardOverReverse)).toBeLessThan(within)
}

/** Mapped over the first axis, a function gives the stack of what it gives for each; and so does its gradient. */
export const expectMaps = (f: (x: T.Tensor) => T.Tensor, xs: T.Tensor, within = 1e-14): void => {
  const parts = Array.from({ length: xs.shape[0] ?? 0 }, (_, i) => T.at(xs, i))
  expect(distance(vmap(f)(xs), T.stack(parts.map(f)))).toBeLessThan(within)
  const gradient = grad(weighed(f))
  expect(distance(vmap(gradient)(xs), T.stack(parts.map(gradient)))).toBeLessThan(within)
}

/** Equal in shape, element type and values, however they are stored. */
export const expectSame = (a: T.Tensor, b: T.Tensor): void => {
  expect(T.Eq.equals(a, b) ? String(b) : String(a)).toBe(String(b))
}

/** Of the components of each column that are within 1 % of the largest, in absolute value, the first is positive. */
export const expectTurned = (columns: T.Tensor): void => {
  const sizes = T.abs(columns)
  const large = T.greaterEqual(sizes, T.mul(T.max(sizes, { axis: 0, keepDims: true }), 0.99))
  const first = T.argmax(T.cast(large, 'int32'), { axis: 0, keepDims: true })
  expect(T.item(T.min(T.takeAlongAxis(columns, first, { axis: 0 })))).toBeGreaterThan(0)
}
