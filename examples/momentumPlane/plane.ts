// Gradient descent with momentum on a quadratic: how fast it converges at every step size and damping, by running it and by theory.
//
// B. T. Polyak, Some methods of speeding up the convergence of iteration methods, USSR Computational Mathematics and
// Mathematical Physics 4 (1964); G. Goh, Why momentum really works, Distill (2017).
import { grad } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

type Scalar = T.Tensor<[]>

/** The least and the largest curvature of a quadratic. */
export type Curvatures = readonly [mu: number, L: number]

/** (mu x^2 + L y^2) / 2, whose gradient is (mu x, L y): what momentum does to any quadratic, it does along its axes. */
const quadratic =
  (curvatures: Curvatures) =>
  (x: T.Tensor<[2]>): Scalar =>
    T.div(T.sum(T.mul(T.of(curvatures, 'float64'), T.square(x))), 2)

/** The distances to the minimum from (1, 1) on, before the first step and after each. */
const distances = (curvatures: Curvatures, steps: number, rate: Scalar, momentum: Scalar): T.Tensor<[number]> => {
  const optimizer = Optimizer.sgd(rate, { momentum })
  const slope = grad(quadratic(curvatures))
  let x: T.Tensor<[2]> = T.of([1, 1], 'float64')
  let state = optimizer.init(x)
  const lengths = [T.norm(x)]
  for (let step = 0; step < steps; step++) {
    const [updates, next] = optimizer.update(slope(x), state, x)
    x = Optimizer.applyUpdates(x, updates)
    state = next
    lengths.push(T.norm(x))
  }
  return T.stack(lengths)
}

/** Pairs of a step size and a damping, a row each. */
export type Plane = T.Tensor<[number, 2]>

/** The step sizes and the dampings. */
export const columnsOf = (plane: Plane): readonly [rates: T.Tensor<[number]>, momenta: T.Tensor<[number]>] => {
  const exact = T.cast(plane, 'float64')
  return [T.at(exact, 0, { axis: 1 }), T.at(exact, 1, { axis: 1 })]
}

/** The factor by which a step shortens the distance, at all pairs at once: measured over the second half of the steps. */
export const measuredRates = (curvatures: Curvatures, plane: Plane, steps: number): T.Tensor<[number]> => {
  const [from, over] = [steps / 2, steps / 10]
  const one = (rate: Scalar, momentum: Scalar): Scalar => {
    const lengths = distances(curvatures, steps, rate, momentum)
    // the distance swings, so that the largest of some steps is taken
    const early = T.max(T.slice(lengths, [[from - over, from]]))
    const late = T.max(T.slice(lengths, [[steps - over, steps]]))
    return T.pow(T.div(late, early), 1 / (steps - from))
  }
  return vmap(one)(...columnsOf(plane))
}

/**
 * The larger magnitude of the eigenvalues of [[1 + b - a c, -b], [1, 0]], which takes two successive points along an axis of curvature c to the
 * next two: they are the roots of z^2 - (1 + b - a c) z + b.
 */
const radius = (a: T.Tensor, b: T.Tensor, c: number): T.Tensor => {
  const trace = T.sub(T.add(1, b), T.mul(a, c))
  const discriminant = T.sub(T.square(trace), T.mul(4, b))
  const real = T.div(T.add(T.abs(trace), T.sqrt(T.relu(discriminant))), 2)
  return T.where(T.less(discriminant, 0), T.sqrt(b), real)
}

/** The factor by theory: the larger of the spectral radii along both axes. */
export const rates = ([mu, L]: Curvatures, plane: Plane): T.Tensor => {
  const [a, b] = columnsOf(plane)
  return T.maximum(radius(a, b, mu), radius(a, b, L))
}

/** The step size and the damping of the fastest convergence, and its factor. */
export const optimum = ([mu, L]: Curvatures): {
  readonly rate: number
  readonly momentum: number
  readonly factor: number
} => {
  const factor = (Math.sqrt(L) - Math.sqrt(mu)) / (Math.sqrt(L) + Math.sqrt(mu))
  return { rate: (2 / (Math.sqrt(L) + Math.sqrt(mu))) ** 2, momentum: factor ** 2, factor }
}

/** The pairs of a grid, by rows of equal damping. */
export const gridOf = (ratesOf: readonly number[], momentaOf: readonly number[]): Plane =>
  T.of(
    momentaOf.flatMap((momentum) => ratesOf.map((rate): [number, number] => [rate, momentum])),
    'float64'
  )
