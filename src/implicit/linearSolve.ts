/** Linear systems whose operator is a function. */
import type * as E from 'fp-ts/lib/Either.js'
import { type Kinds, type Kind, options, checkedLater, number, oneOf, callable } from '../internal/options.js'
import { refusal } from '../internal/describe.js'
import { isNotNegative } from '../internal/check.js'
import { bind } from '../primitive/bind.js'
import { leavesLike, requireFunctions } from '../calculus/arguments.js'
import type { Tensor } from '../tensor/model.js'
import type { WithLeaves } from '../tree/model.js'
import { type LinearSystem, type Method, defaults, linearSolvePrimitive } from './linearSystem.js'
import type { NotConverged } from './notConverged.js'
import { closedLike, isStaged, solutionOf, unknownLike } from './unknown.js'
import { wordingOfSystem } from './messages.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How a linear system is solved.
 *
 * @example
 * import type { LinearMethod } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * const method: LinearMethod<T.Tensor<[2]>> = { method: 'gmres', restart: 10, tolerance: 1e-12 }
 * method.restart // => 10
 */
export interface LinearMethod<X> {
  /**
   * `cg` for symmetric positive definite operators; `gmres` for any, which keeps `restart` vectors; `bicgstab` for any,
   * which keeps a few, and is less steady; `direct` applies the operator to all columns of the identity at once and factors
   * the matrix, for up to some hundred unknowns.
   */
  readonly method: Method
  /** A linear function that approximates the inverse of the operator; for `cg` symmetric positive definite too. */
  readonly preconditioner?: (residual: X) => NoInfer<WithLeaves<X, Tensor>>
  /** The largest norm of b - A x, relative to that of b: 1e-10 in float64 and 1e-5 in float32 by default. */
  readonly tolerance?: number
  /** The largest norm of b - A x, if it is larger than the relative one: 0 by default. */
  readonly absoluteTolerance?: number
  /** How often the operator may be applied (twice as often in `bicgstab`): by default 10 per unknown, and at least 100. */
  readonly maxIterations?: number
  /** How many vectors `gmres` keeps before it starts again: 30 by default. */
  readonly restart?: number
  /** Where iterations start, without influence on derivatives: zero by default. */
  readonly initial?: X
}

const methods: readonly string[] = ['cg', 'gmres', 'bicgstab', 'direct'] satisfies readonly Method[]

/** A number of iterations. */
export const count: Kind = number('an integer of at least 1', (n) => Number.isInteger(n) && n >= 1)

/** A tolerance. */
export const bound: Kind = number('a finite number of at least 0', isNotNegative)

const method: Kind = oneOf(...methods)

type LinearOptions = Partial<Omit<LinearMethod<unknown>, 'preconditioner' | 'initial'>>

const kinds: Kinds<LinearOptions> = {
  method,
  tolerance: bound,
  absoluteTolerance: bound,
  maxIterations: count,
  restart: count
}

const further: Readonly<Record<string, Kind>> = {
  preconditioner: callable('a function'),
  initial: checkedLater
}

/** The options of a linear solve, checked, as far as they are plain data. */
export const linearOptions = (
  operation: string,
  given: LinearOptions = {},
  further: Readonly<Record<string, Kind>> = {}
): Omit<LinearSystem, 'name' | 'operator' | 'examples' | 'method'> & { readonly method: Method | undefined } => {
  options<LinearOptions>(operation, { ...kinds, ...further })(given)
  const { method, tolerance, absoluteTolerance, maxIterations, restart } = given
  return {
    ...defaults,
    method,
    tolerance: tolerance === undefined ? defaults.tolerance : { float32: tolerance, float64: tolerance },
    absoluteTolerance: absoluteTolerance ?? defaults.absoluteTolerance,
    maxIterations,
    restart
  }
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * The solution x of A x = b for a linear operator A that is a function, from a tree of float tensors to one like it:
 * `linearSolve(operator, { method })(b)`. A `Left` is an iteration that did not converge: the residual, the iterations,
 * the sentence.
 *
 * The solution is differentiated implicitly, through solves with the same operator (and its transpose, which is obtained
 * by differentiation) and never through the iterations, in both modes, to any order: in `b`, and in everything that the
 * operator closes over. Norms are Euclidean, over all leaves together; iterations run in double precision on what the
 * operator gives, and are deterministic. The operator is staged: it must be linear, which is not checked, and must not read
 * values as numbers.
 *
 * Under `vmap` every example is solved on its own, and one that fails makes it a `Left`, which names the example with the
 * largest residual. Where failure cannot be a value it throws an `Error` with that sentence: a solve inside a
 * derivative, and in a staged function (`trace`, `checkpoint`, bodies of loops), which has no values yet, so that there the
 * answer is always a `Right`. Operands that are not finite give NaN there. Singular operators are refused by `direct`, and
 * as far as they notice by the iterations.
 *
 * @throws RangeError when an option is out of range, as a maxIterations of 0
 * @throws ShapeError when a leaf of the operator's result has another shape than that of its argument
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { grad } from 'pullback/Grad'
 * import { linearSolve, orThrow } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * const a = T.of([[2, 0], [0, 4]], 'float64')
 * const solve = (m: T.Tensor<[2, 2]>) => linearSolve((x: T.Tensor<[2]>) => T.matmul(m, x), { method: 'cg' })
 * solve(a)(T.of([2, 4], 'float64')) // => E.right(T.of([1, 1], 'float64'))
 *
 * // the gradient in the matrix that the operator closes over: -A^-T u x^T
 * grad((m: T.Tensor<[2, 2]>) => T.sum(orThrow(solve(m)(T.of([2, 4], 'float64')))))(a)
 * // => T.of([[-0.5, -0.5], [-0.25, -0.25]], 'float64')
 *
 * const failed = linearSolve((x: T.Tensor<[2]>) => T.matmul(a, x), { method: 'gmres', maxIterations: 1 })(
 *   T.of([1, 1], 'float64')
 * )
 * E.isLeft(failed) ? failed.left.message : ''
 * // => 'linearSolve (gmres): the residual is 4.5e-1 after 1 iteration; expected at most 1.4e-10, raise maxIterations or give a preconditioner'
 */
export const linearSolve = <X>(
  operator: (x: X) => NoInfer<WithLeaves<X, Tensor>>,
  options: LinearMethod<X>
): ((b: X) => E.Either<NotConverged, X>) => {
  const operation = 'linearSolve'
  requireFunctions(operation, { operator })
  const checked = linearOptions(operation, options, further)
  if (checked.method === undefined) throw new TypeError(refusal(operation, 'method', undefined, method.expected))
  const system = { ...checked, method: checked.method }
  const { preconditioner, initial } = options
  return (b) => {
    const unknown = unknownLike(operation, b, 'the right side')
    const ofOperator = closedLike(operation, unknown, operator)
    const ofPreconditioner = preconditioner === undefined ? undefined : closedLike(operation, unknown, preconditioner)
    const guess = initial === undefined ? [] : leavesLike(operation, 'initial guess', b, initial)
    const operands = [...ofOperator.captured, ...(ofPreconditioner?.captured ?? []), ...unknown.leaves, ...guess]
    const results = bind(linearSolvePrimitive, operands, {
      ...system,
      name: operation,
      operator: ofOperator.program,
      preconditioner: ofPreconditioner?.program,
      guessed: initial !== undefined,
      strict: isStaged(operands),
      examples: []
    })
    return solutionOf(wordingOfSystem(operation, system.method), unknown, results)
  }
}
