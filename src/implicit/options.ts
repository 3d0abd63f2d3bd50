/** The parts common to roots, fixed points and minima: options, and the solution from a function and a guess. */
import type * as E from 'fp-ts/lib/Either.js'
import { options, checkedLater, callable, type Kind } from '../internal/options.js'
import type { Program } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { leavesLike } from '../calculus/arguments.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import type { Flat } from '../tree/model.js'
import { type Equation, bindImplicit } from './equation.js'
import type { Limits } from './iteration.js'
import { type LinearMethod, linearOptions, count, bound } from './linearSolve.js'
import type { Tolerance } from './linearSystem.js'
import type { NotConverged, Outcome } from './notConverged.js'
import { onVectors } from './operator.js'
import { type Given, type Linear, type Start, linearDefaults } from './solver.js'
import { type Closed, isStaged, solutionOf } from './unknown.js'
import { wordingOfEquation } from './messages.js'
import { type Vector, norm, pack, precisionOf, unpack } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How linear systems with the Jacobian at the solution are solved, in derivatives: by default `direct` up to 128
 * unknowns, and above that `gmres`, or `cg` for minima.
 *
 * @example
 * import { type LinearOptions, fixedPoint, orThrow } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * const linear: LinearOptions = { method: 'gmres', tolerance: 1e-6 }
 * const halve = (x: T.Tensor<[]>) => T.add(T.mul(x, 0.5), 1)
 * T.item(orThrow(fixedPoint(halve, { linear, tolerance: 1e-6 })(T.scalar(0, 'float64')))) // ≈ 2.0000
 */
export type LinearOptions = Partial<Omit<LinearMethod<unknown>, 'preconditioner' | 'initial'>>

/**
 * Options of all nonlinear solvers. A solver of the user's own is given `f`, the function at the values of its
 * parameters.
 *
 * @example
 * import { type SolverOptions, orThrow, root } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * type Scalar = T.Tensor<[]>
 * // bisection between 0 and 4
 * const bisection: SolverOptions<Scalar, T.Tensor> = {
 *   solver: (f) => {
 *     let [low, high] = [0, 4]
 *     while (high - low > 1e-12) {
 *       const middle = (low + high) / 2
 *       if (T.item(f(T.scalar(middle, 'float64'))) > 0) high = middle
 *       else low = middle
 *     }
 *     return T.scalar(high, 'float64')
 *   }
 * }
 * const cosine = root((x: Scalar) => T.neg(T.cos(x)), bisection)
 * T.item(orThrow(cosine(T.scalar(1, 'float64')))) // ≈ 1.5707963
 */
export interface SolverOptions<X, Value> {
  /** The largest norm that counts as zero, times the scale that the function states: 1e-10 in float64, 1e-5 in float32. */
  readonly tolerance?: number
  readonly maxIterations?: number
  /** Another way to the solution, from a guess: it may read values. Its answer is checked against the tolerance. */
  readonly solver?: (f: (x: X) => Value, initial: X) => X
  /** How the linear systems of derivatives are solved. */
  readonly linear?: LinearOptions
}

const defaultTolerance: Tolerance = { float32: 1e-5, float64: 1e-10 }

/** Options, checked. */
export const checkedOptions = (
  operation: string,
  given: Omit<SolverOptions<never, unknown>, 'solver'>,
  further: Readonly<Record<string, Kind>>,
  mostIterations: number
): { readonly tolerance: Tolerance; readonly maxIterations: number; readonly linear: Linear } => {
  options<SolverOptions<never, unknown>>(operation, {
    tolerance: bound,
    maxIterations: count,
    solver: callable('a function'),
    linear: checkedLater,
    ...further
  })(given)
  const { tolerance, maxIterations, linear } = given
  return {
    tolerance: tolerance === undefined ? defaultTolerance : { float32: tolerance, float64: tolerance },
    maxIterations: maxIterations ?? mostIterations,
    linear: linear === undefined ? linearDefaults : linearOptions(`${operation}: linear`, linear)
  }
}

// -----------------------------------------------------------------------------
// solvers of the user's own
// -----------------------------------------------------------------------------

/** The user's solver. Its result is checked against the same bound as those of the built-in solvers. */
export const givenSolver = <X, Value>(
  operation: string,
  unknown: Flat<X>,
  program: Program,
  valueOf: (leaves: readonly Tensor[]) => Value,
  residual: Program,
  solver: (f: (x: X) => Value, initial: X) => X,
  tolerance: Tolerance,
  bound: (tolerance: Limits['tolerance'], first: () => number, x: Vector) => number
): Given => ({
  method: 'given',
  solve: ({ initial, types, captured }: Start): Outcome => {
    const start = unknown.unflatten(unpack(initial, types))
    let calls = 0
    const f = (x: X): Value => {
      calls++
      return valueOf(run(program, [...leavesLike(operation, 'value', start, x), ...captured]))
    }
    const leaves = leavesLike(operation, 'solution', start, solver(f, start))
    const found = leaves.filter(isConcrete)
    if (found.length < leaves.length) {
      throw new TypeError(
        `${operation}: the solver returned a value inside a transformation; compute it from the function and the guess that the solver gets`
      )
    }
    const x = pack(found)
    const residualAt = onVectors(residual, types, captured)
    const size = norm(residualAt(x))
    const most = bound(tolerance[precisionOf(types)], () => norm(residualAt(initial)), x)
    const ending = size <= most ? 'converged' : Number.isFinite(size) ? 'iterations' : 'not finite'
    return { x, residual: size, iterations: calls, tolerance: most, ending }
  }
})

// -----------------------------------------------------------------------------
// solutions
// -----------------------------------------------------------------------------

/** The solution of an equation from an initial guess on. */
export const solutionFrom = <X>(
  unknown: Flat<X>,
  { captured }: Closed,
  equation: Omit<Equation, 'strict' | 'examples'>
): E.Either<NotConverged, X> => {
  const operands = [...captured, ...unknown.leaves]
  const results = bindImplicit(operands, { ...equation, strict: isStaged(operands), examples: [] })
  return solutionOf(wordingOfEquation(equation.name, equation.symmetric), unknown, results)
}
