/** Roots of functions. */
import type * as E from 'fp-ts/lib/Either.js'
import { requireFunctions } from '../calculus/arguments.js'
import type { Tensor } from '../tensor/model.js'
import type { WithLeaves } from '../tree/model.js'
import { boundFrom } from './iteration.js'
import type { NotConverged } from './notConverged.js'
import { type SolverOptions, checkedOptions, givenSolver, solutionFrom } from './options.js'
import { closedLike, treeLike, unknownLike } from './unknown.js'

const name = 'root'

/**
 * A root of a function: `root(f)(initial, ...params)` is x with f(x, ...params) = 0, for x and f(x) trees of float tensors
 * of one structure. A `Left` is an iteration that did not converge.
 *
 * It is found by Newton's method with backtracking, from the initial guess, with at most `maxIterations` steps (50 by
 * default). What counts is the Euclidean norm of f, which must be at most `tolerance`, times that at the initial guess where
 * it is above 1; from there on it goes on as long as it gains, usually to the limits of rounding. Steps are solved by the
 * matrix of the Jacobian up to 128 unknowns, and by gmres above.
 *
 * The root is differentiated by the implicit function theorem, x' = -(df/dx)^-1 df/dparams params', in both modes, to any
 * order: in the parameters, and in everything that the function closes over. It does not depend on the initial guess, which
 * has derivative 0. The function is staged: it must not read values as numbers. Under `vmap`, in derivatives and in staged
 * functions failure is as in `linearSolve`.
 *
 * S. G. Krantz and H. R. Parks, The Implicit Function Theorem, Birkhäuser 2002.
 *
 * @throws RangeError when an option is out of range
 * @throws ShapeError when a leaf of f(x) has another shape than that of x
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { grad } from 'pullback/Grad'
 * import { orThrow, root } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * type Scalar = T.Tensor<[]>
 * const squareRoot = root((x: Scalar, a: Scalar) => T.sub(T.square(x), a))
 * squareRoot(T.scalar(1, 'float64'), T.scalar(9, 'float64')) // => E.right(T.scalar(3, 'float64'))
 * // 1 / (2 sqrt(a))
 * grad((a: Scalar) => orThrow(squareRoot(T.scalar(1, 'float64'), a)))(T.scalar(16, 'float64')) // => T.scalar(0.125, 'float64')
 *
 * const none = squareRoot(T.scalar(0, 'float64'), T.scalar(9, 'float64'))
 * E.isLeft(none) ? none.left.message : ''
 * // => 'root: the residual is 9e+0 after 0 iterations, where the Jacobian is singular; expected at most 9e-10, start elsewhere'
 */
export const root = <X, Params extends readonly unknown[]>(
  f: (x: X, ...params: Params) => NoInfer<WithLeaves<X, Tensor>>,
  options: SolverOptions<X, WithLeaves<X, Tensor>> = {}
): ((initial: X, ...params: Params) => E.Either<NotConverged, X>) => {
  requireFunctions(name, { f })
  const { tolerance, maxIterations, linear } = checkedOptions(name, options, {}, 50)
  const { solver } = options
  return (initial, ...params) => {
    const unknown = unknownLike(name, initial, 'the initial guess')
    const closed = closedLike(name, unknown, (x) => f(x, ...params))
    const residual = closed.program
    return solutionFrom(unknown, closed, {
      name: solver === undefined ? name : `${name} (solver)`,
      residual,
      linear,
      symmetric: false,
      solver:
        solver === undefined
          ? { method: 'newton', tolerance, maxIterations }
          : givenSolver(name, unknown, residual, treeLike(unknown), residual, solver, tolerance, (most, first) =>
              boundFrom(most, first())
            )
    })
  }
}
