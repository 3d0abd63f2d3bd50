/** The outcome of an iteration: how it ended, and the value and the sentence for one that did not converge. */
import * as E from 'fp-ts/lib/Either.js'
import { bottom } from '../primitive/traced.js'
import { show, positionAt } from '../shape/model.js'
import { type Concrete, type Tensor, contiguous, fromData } from '../tensor/model.js'
import type { Vector } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * An iteration that ended without a solution, as data: the residual that was reached, the one that was expected, and the sentence that says so.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { type NotConverged, linearSolve } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * const double = (x: T.Tensor<[2]>) => T.mul(x, T.of([1, 1000]))
 * const solution = linearSolve(double, { method: 'cg', maxIterations: 1 })(T.of([1, 1]))
 * const failure: NotConverged | undefined = E.isLeft(solution) ? solution.left : undefined
 * failure?.iterations // => 1
 */
export interface NotConverged {
  readonly _tag: 'NotConverged'
  /** The function as the user called it, with its method. */
  readonly operation: string
  /** The norm of what should be zero. */
  readonly residual: number
  /** How many iterations were made; for a solver of the user's own, how often it called the function. */
  readonly iterations: number
  /** The largest residual that counts as a solution. */
  readonly tolerance: number
  /** Under `vmap`, the position of the example with the largest residual along the mapped axes; else empty. */
  readonly example: readonly number[]
  /** The failure as a sentence. */
  readonly message: string
}

/** Why an iteration ended; all but the first are failures. */
const endings = [
  'converged',
  'iterations',
  'not finite',
  'indefinite',
  'indefinite preconditioner',
  'breakdown',
  'singular',
  'stagnation'
] as const

export type Ending = (typeof endings)[number]

/** The end of an iteration. */
export interface Outcome {
  readonly x: Vector
  readonly residual: number
  readonly iterations: number
  readonly tolerance: number
  readonly ending: Ending
}

// -----------------------------------------------------------------------------
// sentences
// -----------------------------------------------------------------------------

/** A number to two digits, as in 3.2e-1. */
const short = (x: number): string => (Number.isFinite(x) ? Number(x.toPrecision(2)).toExponential() : String(x))

const why = (map: string): { readonly [ending in Ending]: string } => ({
  converged: '',
  iterations: '',
  'not finite': ', where values are no longer finite',
  indefinite: `, where the ${map} turned out not to be positive definite`,
  'indefinite preconditioner': ', where the preconditioner turned out not to be positive definite',
  breakdown: ', where the method breaks down',
  singular: `, where the ${map} is singular`,
  stagnation: ', and does not get smaller'
})

/** The words for an iteration in sentences. */
export interface Wording {
  /** The function as the user called it, with its method. */
  readonly name: string
  /** The quantity that should be zero. */
  readonly what: string
  /** The linear map that may be singular. */
  readonly map: string
  /** The remedy for each ending. */
  readonly remedies: { readonly [ending in Ending]?: string }
}

const plural = (n: number, of: string): string => `${n} ${of}${n === 1 ? '' : 's'}`

/** A failed iteration as a value. */
const notConverged = (
  { name, what, map, remedies }: Wording,
  { residual, iterations, tolerance, ending }: Omit<Outcome, 'x'>,
  example: readonly number[]
): NotConverged => {
  const where = example.length === 0 ? '' : ` of example ${show(example)}`
  const advice = remedies[ending]
  const message =
    `${name}: ${what}${where} is ${short(residual)} after ${plural(iterations, 'iteration')}${why(map)[ending]}; ` +
    `expected at most ${short(tolerance)}${advice === undefined ? '' : `, ${advice}`}`
  return { _tag: 'NotConverged', operation: name, residual, iterations, tolerance, example, message }
}

/** The error for where an `Either` cannot be returned: in derivatives and in staged functions. */
const errorOf = (failure: NotConverged): Error => new Error(failure.message, { cause: failure })

/** Throws for an iteration that has failed. */
export const refuse = (wording: Wording, outcome: Outcome): never => {
  throw errorOf(notConverged(wording, outcome, []))
}

// -----------------------------------------------------------------------------
// reports
// -----------------------------------------------------------------------------

/** The length of a report. */
export const reportLength = 6

/** The bits of a float64, one pattern for every NaN: which one an engine makes is not defined. */
const bitsOf = (x: number): Int32Array =>
  Number.isNaN(x) ? Int32Array.of(0, 0x7ff80000) : new Int32Array(Float64Array.of(x).buffer)

/**
 * How an iteration ended, as integers, which have no derivative and which `vmap` stacks like any result: the ending, the
 * iterations, and the bits of residual and tolerance. All zeros where it has converged.
 */
export const reportOf = ({ residual, iterations, tolerance, ending }: Outcome): Concrete => {
  const data = new Int32Array(reportLength)
  if (ending !== 'converged') {
    data[0] = endings.indexOf(ending)
    data[1] = iterations
    data.set(bitsOf(residual), 2)
    data.set(bitsOf(tolerance), 4)
  }
  return fromData([reportLength], 'int32', data)
}

/** The failure in a report, that with the largest residual if there are several; `undefined` where all converged. */
export const failureIn = (wording: Wording, report: Tensor): NotConverged | undefined => {
  const values = bottom(report)
  if (values === undefined) return undefined
  const { data, offset } = contiguous(values)
  const axes = values.shape.slice(0, -1)
  const rows = axes.reduce((product, n) => product * n, 1)
  let worst: NotConverged | undefined
  for (let row = 0; row < rows; row++) {
    const from = offset + row * reportLength
    const ending = endings[data[from]!]!
    if (ending === 'converged') continue
    const bits = Int32Array.from(data.subarray(from + 2, from + reportLength))
    const [residual, tolerance] = new Float64Array(bits.buffer)
    const outcome = { residual: residual!, iterations: data[from + 1]!, tolerance: tolerance!, ending }
    if (worst !== undefined && !(outcome.residual > worst.residual)) continue
    worst = notConverged(wording, outcome, positionAt(row, axes))
  }
  return worst
}

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * The solution, or an `Error` with the sentence of the failure, whose `cause` is the `NotConverged`.
 *
 * @throws Error when the iteration has not converged
 *
 * @example
 * import { linearSolve, orThrow } from 'pullback/Implicit'
 * import * as T from 'pullback/Tensor'
 *
 * const operator = (x: T.Tensor<[2]>) => T.mul(x, T.of([2, 4]))
 * orThrow(linearSolve(operator, { method: 'cg' })(T.of([2, 8]))) // => T.of([1, 2])
 * orThrow(linearSolve(T.neg<[2]>, { method: 'cg' })(T.of([3, 4])))
 * // throws linearSolve (cg): the residual is 5e+0 after 1 iteration, where the operator turned out not to be positive definite; expected at most 5e-5, use gmres, bicgstab or direct
 */
export const orThrow = <X>(solution: E.Either<NotConverged, X>): X => {
  if (E.isRight(solution)) return solution.right
  throw errorOf(solution.left)
}
