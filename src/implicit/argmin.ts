/** Minima of functions. */
import type * as E from 'fp-ts/lib/Either.js'
import { pullBack } from '../calculus/leafwise.js'
import { requireFloat, requireFunctions, results } from '../calculus/arguments.js'
import { ShapeError, show } from '../shape/model.js'
import { type Tensor, fill } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import type { Program } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { stage } from '../transform/stage.js'
import { boundFrom } from './iteration.js'
import type { NotConverged } from './notConverged.js'
import { full } from './operator.js'
import { type SolverOptions, checkedOptions, givenSolver, solutionFrom } from './options.js'
import { type Closed, unknownLike } from './unknown.js'

const operation = 'argmin'

// -----------------------------------------------------------------------------
// programs
// -----------------------------------------------------------------------------

/** The function, staged: its result must be a float scalar. */
const closedScalar = (leaves: readonly Tensor[], f: (inputs: readonly Tensor[]) => unknown): Closed =>
  stage(operation, leaves, (inputs) => {
    const flat = results(operation, f(inputs))
    const [value] = flat.leaves
    if (value === undefined || flat.leaves.length > 1 || value.shape.length > 0) {
      const found = value !== undefined && flat.leaves.length === 1 ? `shape ${show(value.shape)}` : 'a tree of tensors'
      throw new ShapeError(
        operation,
        flat.leaves.map(({ shape }) => shape),
        `the function returned ${found}; expected a scalar, reduce it with T.sum or T.mean`
      )
    }
    requireFloat(operation, value, 'the result')
    return [value]
  })

/** The gradient of a scalar program in its first k inputs. */
const gradientProgram = (program: Program, k: number): Program => {
  const seed = fill([], program.outputs[0]!.dtype, 1)
  return stage(operation, program.inputs, (leaves) => {
    const { pull } = pullBack(
      operation,
      (inputs) => run(program, inputs),
      leaves,
      (i) => i < k
    )
    return full(pull([seed]).slice(0, k), program.inputs.slice(0, k))
  }).program
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * A minimum of a scalar function: `argmin(f)(initial, ...params)` is the x near the initial guess, a tree of float tensors,
 * where f(x, ...params) is least. A `Left` is an iteration that did not converge.
 *
 * It is found by Newton's method with the Hessian by conjugate gradients, which follows negative curvature downhill, and
 * backtracking, with at most `maxIterations` steps (100 by default). The Euclidean norm of the gradient must be at most
 * `tolerance`, times that at the initial guess where it is above 1; from there on it goes on as long as it gains. f must be
 * twice differentiable. What is found is a point without slope, in general a local minimum.
 *
 * It is differentiated as the root of the gradient, through a solve with the Hessian at the minimum, which must not be
 * singular: hyper-gradients of a fit, in both modes, to any order; for the rest as `root`.
 *
 * @throws RangeError when an option is out of range
 * @throws ShapeError when the result of f is not a scalar
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { grad } from 'pullback/Grad'
 * import { argmin, orThrow } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * type Scalar = T.Tensor<[]>
 * // the mean, shrunk: sum (x - y_i)^2 + strength x^2, least at sum y_i / (n + strength)
 * const y = T.of([1, 2, 3], 'float64')
 * const shrunk = argmin((x: Scalar, strength: Scalar) =>
 *   T.add(T.sum(T.square(T.sub(x, y))), T.mul(strength, T.square(x)))
 * )
 * shrunk(T.scalar(0, 'float64'), T.scalar(1, 'float64')) // => E.right(T.scalar(1.5, 'float64'))
 * // -6 / (3 + strength)^2
 * grad((strength: Scalar) => orThrow(shrunk(T.scalar(0, 'float64'), strength)))(T.scalar(1, 'float64'))
 * // => T.scalar(-0.375, 'float64')
 *
 * const endless = argmin((x: Scalar) => T.exp(x), { maxIterations: 5 })(T.scalar(0, 'float64'))
 * E.isLeft(endless) ? endless.left.message : ''
 * // => 'argmin: the gradient is 6.7e-3 after 5 iterations; expected at most 1e-10, raise maxIterations or start nearer to a minimum'
 */
export const argmin = <X, Params extends readonly unknown[]>(
  f: (x: X, ...params: Params) => Tensor<[]>,
  options: SolverOptions<X, Tensor<[]>> = {}
): ((initial: X, ...params: Params) => E.Either<NotConverged, X>) => {
  requireFunctions(operation, { f })
  const { tolerance, maxIterations, linear } = checkedOptions(operation, options, {}, 100)
  const { solver } = options
  return (initial, ...params) => {
    const unknown = unknownLike(operation, initial, 'the initial guess')
    const closed = closedScalar(unknown.leaves, (inputs) => f(unknown.unflatten(inputs), ...params))
    const { program } = closed
    const residual = gradientProgram(program, unknown.leaves.length)
    return solutionFrom(unknown, closed, {
      name: solver === undefined ? operation : `${operation} (solver)`,
      residual,
      linear,
      symmetric: true,
      solver:
        solver === undefined
          ? { method: 'descent', program, tolerance, maxIterations }
          : givenSolver(
              operation,
              unknown,
              program,
              ([value]) => typed<[]>(value!),
              residual,
              solver,
              tolerance,
              (most, first) => boundFrom(most, first())
            )
    })
  }
}
