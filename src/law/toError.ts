/** Verdicts as what a runner of properties understands: an error, or nothing. */
import * as E from 'fp-ts/lib/Either.js'
import { mostInconclusive } from './check.js'
import { broken } from './compare.js'
import type { GradientMismatch, Verdict } from './model.js'
import { show } from './print.js'
import type { Subject } from './subject.js'

// -----------------------------------------------------------------------------
// errors
// -----------------------------------------------------------------------------

/**
 * What a property throws when a law is broken: the mismatch as data, and its printed form as the message. fast-check adds
 * the seed and the path that replay it.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import { customVjp } from 'pullback/Grad'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const forgetful = customVjp((x: T.Tensor) => [T.mul(x, 3), {}] as const, () => [undefined])
 * const { errorInstance } = fc.check(Law.gradient(forgetful, A.tensor({ shape: [2] })))
 * errorInstance instanceof Law.GradientError && errorInstance.mismatch.hint // => 'a dependency is lost: the derivative is 0'
 */
export class GradientError extends Error {
  override readonly name: string = 'GradientError'
  readonly mismatch: GradientMismatch

  constructor(mismatch: GradientMismatch) {
    super(show(mismatch))
    this.mismatch = mismatch
  }
}

// -----------------------------------------------------------------------------
// counting
// -----------------------------------------------------------------------------

/** Before this many runs, inconclusive ones do not count against a property. */
const earliest = 25

/** Throws a broken law; counts over the runs of a property, and throws when too many numbers are inconclusive. */
export const judge = (): ((at: () => Subject, verdict: Verdict) => void) => {
  let runs = 0
  let differences = 0
  let inconclusive = 0
  return (at, verdict) => {
    if (E.isLeft(verdict)) throw new GradientError(verdict.left)
    runs++
    differences += verdict.right.differences
    inconclusive += verdict.right.inconclusive
    if (runs < earliest || inconclusive <= mostInconclusive * differences) return
    const all = broken(
      at(),
      'finite differences',
      1,
      `${inconclusive} of ${differences} finite differences in ${runs} runs are too coarse to compare, more than a fifth`
    )
    if (E.isLeft(all)) throw new GradientError(all.left)
  }
}
