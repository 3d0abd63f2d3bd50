/** Fixed points of functions. */
import type * as E from 'fp-ts/lib/Either.js'
import { requireFunctions } from '../calculus/arguments.js'
import { oneOf } from '../internal/options.js'
import { sub } from '../tensor/arithmetic.js'
import type { Tensor } from '../tensor/model.js'
import { run } from '../transform/program.js'
import { stage } from '../transform/stage.js'
import type { WithLeaves } from '../tree/model.js'
import { boundFrom } from './iteration.js'
import { count } from './linearSolve.js'
import type { NotConverged } from './notConverged.js'
import { type SolverOptions, checkedOptions, givenSolver, solutionFrom } from './options.js'
import { closedLike, treeLike, unknownLike } from './unknown.js'
import { norm } from './vector.js'

/**
 * How a fixed point is found: `iteration` is x -> f(x); `anderson` combines the last `memory` iterates (5 by default) so
 * that their residuals cancel as far as they can, which takes fewer calls of f where it contracts slowly.
 *
 * @example
 * import type { FixedPointOptions } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * const options: FixedPointOptions<T.Tensor<[2]>> = { method: 'anderson', memory: 3 }
 * options.memory // => 3
 */
export interface FixedPointOptions<X> extends SolverOptions<X, WithLeaves<X, Tensor>> {
  readonly method?: 'iteration' | 'anderson'
  readonly memory?: number
}

const further = { method: oneOf('iteration', 'anderson'), memory: count }

/**
 * A fixed point of a function: `fixedPoint(f)(initial, ...params)` is x with x = f(x, ...params), for trees of float tensors
 * of one structure. A `Left` is an iteration that did not converge.
 *
 * It is found by iteration from the initial guess, plain or accelerated, with at most `maxIterations` calls after the first
 * (1000 by default). The Euclidean norm of f(x) - x must be at most `tolerance`, times that of x where it is above 1.
 *
 * It is differentiated by the implicit function theorem, through a solve with I - df/dx at the fixed point and not through
 * the iterations, so that memory does not grow with them (a deep equilibrium model); for the rest as `root`.
 *
 * S. Bai, J. Z. Kolter and V. Koltun, Deep Equilibrium Models, NeurIPS 2019.
 *
 * @throws RangeError when an option is out of range
 * @throws ShapeError when a leaf of f(x) has another shape than that of x
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { grad } from 'pullback/Grad'
 * import { fixedPoint, orThrow } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * type Scalar = T.Tensor<[]>
 * // Newton's iteration for the square root, as a fixed point
 * const step = (x: Scalar, a: Scalar) => T.div(T.add(x, T.div(a, x)), 2)
 * const squareRoot = fixedPoint(step)
 * squareRoot(T.scalar(1, 'float64'), T.scalar(9, 'float64')) // => E.right(T.scalar(3, 'float64'))
 * grad((a: Scalar) => orThrow(squareRoot(T.scalar(1, 'float64'), a)))(T.scalar(16, 'float64')) // => T.scalar(0.125, 'float64')
 *
 * const doubling = fixedPoint((x: Scalar) => T.mul(x, 2), { maxIterations: 3 })(T.scalar(1))
 * E.isLeft(doubling) ? doubling.left.message : ''
 * // => "fixedPoint: the residual is 8e+0 after 3 iterations; expected at most 8e-5, raise maxIterations or use method 'anderson'"
 */
export const fixedPoint = <X, Params extends readonly unknown[]>(
  f: (x: X, ...params: Params) => NoInfer<WithLeaves<X, Tensor>>,
  options: FixedPointOptions<X> = {}
): ((initial: X, ...params: Params) => E.Either<NotConverged, X>) => {
  const operation = 'fixedPoint'
  requireFunctions(operation, { f })
  const { tolerance, maxIterations, linear } = checkedOptions(operation, options, further, 1000)
  const { solver, method = 'iteration', memory = 5 } = options
  return (initial, ...params) => {
    const unknown = unknownLike(operation, initial, 'the initial guess')
    const closed = closedLike(operation, unknown, (x) => f(x, ...params))
    const { program } = closed
    const { program: residual } = stage(operation, program.inputs, (leaves) =>
      run(program, leaves).map((value, i) => sub(leaves[i]!, value))
    )
    return solutionFrom(unknown, closed, {
      name:
        solver !== undefined
          ? `${operation} (solver)`
          : method === 'iteration'
            ? operation
            : `${operation} (${method})`,
      residual,
      linear,
      symmetric: false,
      solver:
        solver === undefined
          ? { method: 'iteration', program, memory: method === 'anderson' ? memory : 0, tolerance, maxIterations }
          : givenSolver(
              operation,
              unknown,
              program,
              treeLike(unknown),
              residual,
              solver,
              tolerance,
              (most, _first, x) => boundFrom(most, norm(x))
            )
    })
  }
}
