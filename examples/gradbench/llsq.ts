// GradBench's `llsq`: the objective of a linear least squares problem, after the `llsq_obj` of cmpad.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

/** The points t_i = -1 + 2 i / (n - 1), n of them, evenly from -1 to 1. */
const points = (n: number): T.Tensor<[number]> => T.linspace(-1, 1, n, 'float64')

/**
 * y(x) = 1/2 sum_i (s_i - x_0 - x_1 t_i - ... - x_{m-1} t_i^{m-1})^2 with s_i = sign(t_i): how well a polynomial with the
 * m coefficients x fits a step, at n points.
 */
export const primal = (x: T.Tensor<[number]>, n: number): T.Tensor<[]> => {
  const t = points(n)
  const exponents = T.arange(0, T.size(x), 1, 'float64')
  const powers: T.Tensor<[number, number]> = T.pow(T.expandDims(t, 1), exponents)
  const residuals = T.sub(T.sign(t), T.matmul(powers, x))
  return T.mul(T.sum(T.square(residuals)), 0.5)
}

/** Its gradient in the coefficients. */
export const gradient: (x: T.Tensor<[number]>, n: number) => T.Tensor<[number]> = grad(primal)

/** Coefficients for a polynomial of degree m - 1, uniform on [0, 1). */
export const generate = (key: Random.Key, m: number): T.Tensor<[number]> =>
  Random.uniform(key, [m], { dtype: 'float64' })
