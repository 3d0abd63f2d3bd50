// Functions to minimise, and the outcomes of minimisation taken apart.
import * as E from 'fp-ts/lib/Either.js'
import type * as Minimize from 'pullback/Minimize'
import * as T from 'pullback/Tensor'

export type Vector = T.Tensor<[number]>

export const of = (...values: readonly number[]): Vector => T.fromTypedArray(Float64Array.from(values), [values.length])

/** sum_i i (x_i - i)^2. */
export const parabola = (x: Vector): T.Tensor<[]> => {
  const i = T.add(T.arange(x.shape[0], 'float64'), 1)
  return T.sum(T.mul(i, T.square(T.sub(x, i))))
}

/** The residuals of Rosenbrock's function of pairs: 10 (y - x^2) and 1 - x. */
const parts = (v: Vector): readonly [Vector, Vector] => {
  const pairs = T.reshape(v, [v.shape[0] / 2, 2])
  const [x, y] = [T.at(pairs, 0, { axis: 1 }), T.at(pairs, 1, { axis: 1 })]
  return [T.mul(10, T.sub(y, T.square(x))), T.sub(1, x)]
}

export const rosenbrockResiduals = (v: Vector): Vector => T.concat(parts(v))

export const rosenbrock = (v: Vector): T.Tensor<[]> => T.sum(T.square(rosenbrockResiduals(v)))

/** Rosenbrock's function of neighbours. */
export const chain = (v: Vector): T.Tensor<[]> => {
  const n = v.shape[0]
  const [x, y] = [T.slice(v, [[0, n - 1]]), T.slice(v, [[1, n]])]
  return T.add(T.mul(100, T.sum(T.square(T.sub(y, T.square(x))))), T.sum(T.square(T.sub(1, x))))
}

/** What a minimisation came to, whether it is an end or not. */
export const reached = <X>(run: E.Either<Minimize.NotConverged<X>, Minimize.Result<X>>): Minimize.Result<X> =>
  E.isRight(run) ? run.right : run.left

export const failure = <X>(run: E.Either<Minimize.NotConverged<X>, Minimize.Result<X>>): Minimize.NotConverged<X> => {
  if (E.isLeft(run)) return run.left
  throw new Error('a minimum')
}
