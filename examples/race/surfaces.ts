// Surfaces on which optimizers are compared: where they start, and where the nearest minimum is.
import * as T from 'pullback/Tensor'

/** A height at each of some points, which are given by their coordinates. */
export type Height = (x: T.Tensor, y: T.Tensor) => T.Tensor

export interface Surface {
  readonly f: Height
  readonly start: readonly [x: number, y: number]
  readonly minima: readonly (readonly [x: number, y: number])[]
  /** What is drawn of it. */
  readonly xRange: readonly [number, number]
  readonly yRange: readonly [number, number]
}

/** (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2: flat around a narrow valley. */
const beale: Surface = {
  f: (x, y) => {
    const term = (value: number, power: number): T.Tensor => T.square(T.add(T.sub(T.mul(x, T.pow(y, power)), x), value))
    return T.add(T.add(term(1.5, 1), term(2.25, 2)), term(2.625, 3))
  },
  start: [0.5, 1.5],
  minima: [[3, 0.5]],
  xRange: [-1, 4],
  yRange: [-1, 2]
}

/** x^2 / 2 - y^2 / 2 + y^4 / 4: a saddle at 0 between two minima, entered almost along its ridge. */
const saddle: Surface = {
  f: (x, y) => T.add(T.div(T.sub(T.square(x), T.square(y)), 2), T.div(T.pow(y, 4), 4)),
  start: [1.5, 1e-6],
  minima: [
    [0, 1],
    [0, -1]
  ],
  xRange: [-1, 2],
  yRange: [-1.5, 1.5]
}

/** (x^2 + 100 y^2) / 2: a long valley, a hundred times as steep across as along. */
const valley: Surface = {
  f: (x, y) => T.div(T.add(T.square(x), T.mul(100, T.square(y))), 2),
  start: [-4, 0.4],
  minima: [[0, 0]],
  xRange: [-4.5, 1.5],
  yRange: [-0.6, 0.6]
}

/** (1 - x)^2 + 100 (y - x^2)^2: a bent valley. */
const rosenbrock: Surface = {
  f: (x, y) => T.add(T.square(T.sub(1, x)), T.mul(100, T.square(T.sub(y, T.square(x))))),
  start: [-1.2, 1],
  minima: [[1, 1]],
  xRange: [-2, 2],
  yRange: [-1, 3]
}

/** The sum of (x^4 - 16 x^2 + 5 x) / 2 over x and y: one global minimum of four, from beside the maximum in the middle. */
const styblinskiTang: Surface = {
  f: (x, y) => {
    const half = (z: T.Tensor): T.Tensor => T.div(T.add(T.sub(T.pow(z, 4), T.mul(16, T.square(z))), T.mul(5, z)), 2)
    return T.add(half(x), half(y))
  },
  start: [0.1, -0.4],
  minima: [[-2.903534027771177, -2.903534027771177]],
  xRange: [-5, 5],
  yRange: [-5, 5]
}

/** The heights at points in the last axis. */
export const heights = ({ f }: Surface, points: T.Tensor): T.Tensor =>
  f(T.at(points, 0, { axis: -1 }), T.at(points, 1, { axis: -1 }))

export const surfaces = { beale, saddle, valley, rosenbrock, 'styblinski-tang': styblinskiTang }

/** The distance from a point to the nearest of the minima. */
export const distance = ({ minima }: Surface, [x = NaN, y = NaN]: readonly number[]): number =>
  Math.min(...minima.map(([a, b]) => Math.hypot(x - a, y - b)))
