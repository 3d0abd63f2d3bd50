/** Laws of functions, and broken laws as data. */
import * as E from 'fp-ts/lib/Either.js'
import type { Subject } from './subject.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Automatic and numeric derivative of every output (rows) by every input (columns).
 *
 * @example
 * import type { Jacobians } from 'pullback/Law'
 *
 * const ofDoubling: Jacobians = { automatic: [[2]], numeric: [[2]] }
 * ofDoubling.automatic // => [[2]]
 */
export interface Jacobians {
  readonly automatic: readonly (readonly number[])[]
  readonly numeric: readonly (readonly number[])[]
}

/**
 * A broken law, as data: which law, of which function, where, and by how much. `Law.show` prints it.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import { customVjp } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const squareWithoutTwo = customVjp(
 *   (x: T.Tensor) => [T.square(x), { x }] as const,
 *   ({ x }, ct) => [T.mul(ct, x)]
 * )
 * const verdict = Law.check(squareWithoutTwo, { name: 'square' })(T.scalar(0.5, 'float64'))
 * const mismatch: Law.GradientMismatch | undefined = E.isLeft(verdict) ? verdict.left : undefined
 * mismatch?.law // => 'finite differences'
 * mismatch?.hint // => 'a factor 2 is missing'
 */
export interface GradientMismatch {
  /** The law, by its name. */
  readonly law: string
  /** The function, as it is called. */
  readonly name: string
  /** The order of the derivative that is wrong; 0 for the value. */
  readonly order: number
  /** The disagreement, in a few words. */
  readonly what: string
  /** The operands, as one would write them in TypeScript. */
  readonly operands: readonly string[]
  /** The leaf with the worst disagreement: a path in the arguments or in the result. */
  readonly path: string
  /** The position in that leaf. */
  readonly index: readonly number[]
  /** The number by differentiation. */
  readonly automatic: number
  /** The right number: by finite differences, or the other side of an equation. */
  readonly expected: number
  /** How far apart the two may lie. */
  readonly bound: number
  /** `automatic / expected`. */
  readonly ratio: number
  /** The usual cause of such a ratio or pattern, in a derivative; values have no hint. */
  readonly hint: string | undefined
  /** Both Jacobians, when they are small. */
  readonly jacobians: Jacobians | undefined
}

/**
 * The counts of a check: the numbers compared, with finite differences or exactly.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const verdict = Law.check(T.neg, { laws: [Law.adjoint] })(T.of([1, 2], 'float64'))
 * const report: Law.GradientReport | undefined = E.isRight(verdict) ? verdict.right : undefined
 * report // => { compared: 1, differences: 0, inconclusive: 0 }
 */
export interface GradientReport {
  readonly compared: number
  /** How many of them with finite differences. */
  readonly differences: number
  /** How many of these were too coarse to compare. */
  readonly inconclusive: number
}

/**
 * The outcome of a law at one point.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const verdict: Law.Verdict = Law.check(T.neg)(T.of([1, 2], 'float64'))
 * E.isRight(verdict) // => true
 */
export type Verdict = E.Either<GradientMismatch, GradientReport>

/**
 * A law of differentiable functions.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * const law: Law.FunctionLaw = Law.adjoint
 * law.says // => '<J v, u> = <v, J^T u>'
 */
export interface FunctionLaw {
  readonly name: string
  /** The law in one line. */
  readonly says: string
  /** Holds the law at the subject's point; `salt` fixes the directions. */
  readonly check: (subject: Subject, salt: number) => Verdict
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/** Nothing to compare. */
export const nothing: Verdict = E.right({ compared: 0, differences: 0, inconclusive: 0 })

/** All checks in order, up to the first that fails. */
export const all = (checks: readonly (() => Verdict)[]): Verdict => {
  let compared = 0
  let differences = 0
  let inconclusive = 0
  for (const check of checks) {
    const verdict = check()
    if (E.isLeft(verdict)) return verdict
    compared += verdict.right.compared
    differences += verdict.right.differences
    inconclusive += verdict.right.inconclusive
  }
  return E.right({ compared, differences, inconclusive })
}
