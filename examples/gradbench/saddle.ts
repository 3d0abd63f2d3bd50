// GradBench's `saddle`: the saddle point of a function by nested gradient descent.
import * as T from 'pullback/Tensor'
import { type Gradient, type Nesting, type Point, type Scalar, argmax, argmin, nestings } from './descent.js'

const squareOf = ([x, y]: Point): Scalar => T.add(T.square(x), T.square(y))

/** f(x, y) = |x|^2 - |y|^2, of x and y in the plane. */
export const objective = (x: Point, y: Point): Scalar => T.sub(squareOf(x), squareOf(y))

/** max_y f(x, y), where y is found by gradient descent from `start`: the objective of the outer descent. */
export const highest = (x: Point, start: Point, gradient: Gradient): Scalar =>
  objective(
    x,
    argmax((y: Point) => objective(x, y), gradient, start)
  )

/**
 * The x that minimises max_y f(x, y), and the y that maximises f at this x, both by gradient descent from `start`.
 *
 * The gradient of the outer descent is that of a function which itself descends along gradients. With an inner gradient
 * that took the outer one's perturbations for its own, or lost them, it would not arrive.
 *
 * J. M. Siskind and B. A. Pearlmutter, Using programming language theory to make automatic differentiation sound and
 * efficient, Advances in Automatic Differentiation, Springer (2008), example saddle.
 *
 * @param nesting the modes of the outer and the inner gradient
 */
export const saddle = (start: Point, nesting: Nesting): readonly [x: Point, y: Point] => {
  const [outer, inner] = nestings[nesting]
  const x = argmin((at: Point) => highest(at, start, inner), outer, start)
  return [x, argmax((y: Point) => objective(x, y), outer, start)]
}
