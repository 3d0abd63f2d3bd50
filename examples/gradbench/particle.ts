// GradBench's `particle`: a charge that shall hit the origin, by gradient descent through a simulation that needs gradients.
import * as T from 'pullback/Tensor'
import { type Gradient, type Nesting, type Point, type Scalar, argmin, decide, move, nestings } from './descent.js'

const point = (x: number, y: number): Point => [T.scalar(x, 'float64'), T.scalar(y, 'float64')]

const timeStep = 0.1
const start = point(0, 8)
const firstVelocity = point(0.75, 0)
const fixedCharge = point(10, 0)

/** 1 / |x - c|: the potential at x of a charge at c. */
const potential = ([x, y]: Point, [cx, cy]: Point): Scalar =>
  T.rsqrt(T.add(T.square(T.sub(x, cx)), T.square(T.sub(y, cy))))

/**
 * The square of where a particle meets the horizontal axis, which starts at (0, 8) with the velocity (0.75, 0) and is driven
 * by the force -grad p, where p is the potential of charges at (10, 10 - w) and (10, 0).
 *
 * Euler's method with steps of 0.1 up to the axis, and from there straight on to it: the number of steps depends on w.
 *
 * @param w the control
 * @param gradient the mode for grad p
 */
export const objective = (w: Scalar, gradient: Gradient): Scalar => {
  const charge: Point = [fixedCharge[0], T.sub(10, w)]
  const field = gradient((at: Point) => T.add(potential(at, charge), potential(at, fixedCharge)))
  let position = start
  let velocity = firstVelocity
  for (;;) {
    const next = move(position, timeStep, velocity)
    if (decide(next[1]) <= 0) break
    velocity = move(velocity, -timeStep, field(position)[1])
    position = next
  }
  const left = T.neg(T.div(position[1], velocity[1]))
  return T.square(T.add(position[0], T.mul(velocity[0], left)))
}

/**
 * The control with which the particle hits the origin, by gradient descent from `first`: the minimum of `objective`.
 *
 * J. M. Siskind and B. A. Pearlmutter, Using programming language theory to make automatic differentiation sound and
 * efficient, Advances in Automatic Differentiation, Springer (2008), example particle.
 *
 * @param nesting the modes of the gradient in the control and of the one in the position
 */
export const particle = (first: Scalar, nesting: Nesting): Scalar => {
  const [outer, inner] = nestings[nesting]
  return argmin((w: Scalar) => objective(w, inner), outer, first)
}
