// GradBench's `ode`: an ordinary differential equation by Runge-Kutta, after the `an_ode` of cmpad.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

type Vector = T.Tensor<[number]>

/** Where the solution is wanted: at t = 2. */
const end = 2

/** The right side: y_0' = x_0 and y_i' = x_i y_{i-1} for i > 0. */
const slope = (x: Vector, y: Vector): Vector =>
  T.mul(x, T.concat([T.ones([1], 'float64'), T.slice(y, [[0, T.size(y) - 1]])]))

/**
 * y(2) for y_0' = x_0 and y_i' = x_i y_{i-1}, from y(0) = 0, by `steps` steps of the classical Runge-Kutta method of the
 * fourth order. Both x and the result have n elements.
 *
 * The exact solution is y_i(t) = x_0 x_1 ... x_i t^{i+1} / (i + 1)!, which the method finds for i < 4, where it is a
 * polynomial of degree 4 at most.
 */
export const primal = (x: Vector, steps: number): Vector => {
  const h = end / steps
  let y: Vector = T.zerosLike(x)
  for (let step = 0; step < steps; step++) {
    const k1 = slope(x, y)
    const k2 = slope(x, T.add(y, T.mul(k1, h / 2)))
    const k3 = slope(x, T.add(y, T.mul(k2, h / 2)))
    const k4 = slope(x, T.add(y, T.mul(k3, h)))
    const middle = T.mul(T.add(k2, k3), 2)
    y = T.add(y, T.mul(T.add(T.add(k1, middle), k4), h / 6))
  }
  return y
}

/** The last element of the solution. */
export const last = (x: Vector, steps: number): T.Tensor<[]> => T.at(primal(x, steps), -1)

/** The gradient of the last element in x: the tape holds all steps. */
export const gradient: (x: Vector, steps: number) => Vector = grad(last)

/** n coefficients, uniform on [0, 1). */
export const generate = (key: Random.Key, n: number): Vector => Random.uniform(key, [n], { dtype: 'float64' })
