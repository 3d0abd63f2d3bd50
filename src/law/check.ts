/** The laws of a function at given arguments, without a test runner. */
import * as E from 'fp-ts/lib/Either.js'
import { type Options, finite, options as declare, text } from '../internal/options.js'
import { adjoint, linearity, purity } from './exact.js'
import { finiteDifferences } from './finite.js'
import { secondOrder, thirdOrder } from './higher.js'
import { mappedGradients } from './mapped.js'
import { type FunctionLaw, type Verdict, all } from './model.js'
import { broken } from './compare.js'
import { type Subject, subject } from './subject.js'
import { accumulation, subsets } from './sharing.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of a check: the function's name, the laws (by default all of the first and second order), and `salt`, which
 * determines all directions.
 *
 * @example
 * import type { CheckOptions } from 'pullback/Law'
 * import * as Law from 'pullback/Law'
 *
 * const firstOrder: CheckOptions = { name: 'loss', laws: [Law.adjoint, Law.finiteDifferences] }
 * firstOrder.laws?.length // => 2
 */
export interface CheckOptions {
  readonly name?: string
  readonly laws?: readonly FunctionLaw[]
  readonly salt?: number
}

/**
 * The laws of every differentiable function, the cheapest and most exact first; `check` leaves out the third order by
 * default.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.functionLaws.map(({ name }) => name).slice(0, 3) // => ['purity', 'adjoint', 'linearity']
 */
export const functionLaws: readonly FunctionLaw[] = [
  purity,
  adjoint,
  linearity,
  accumulation,
  subsets,
  mappedGradients,
  finiteDifferences,
  secondOrder,
  thirdOrder
]

const usual: readonly FunctionLaw[] = functionLaws.filter((law) => law !== thirdOrder)

/** The largest share of finite differences that may be inconclusive. */
export const mostInconclusive = 0.2

// -----------------------------------------------------------------------------
// checking
// -----------------------------------------------------------------------------

/** The check of the options of a check. */
export const checkOf = (operation: string): Options =>
  declare<CheckOptions>(operation, {
    name: text,
    laws: { expected: 'an array of laws', holds: Array.isArray },
    salt: finite
  })

/** Checks the laws for a subject. */
export const hold = (at: Subject, laws: readonly FunctionLaw[], salt: number): Verdict =>
  all(laws.map((law) => () => law.check(at, salt)))

/** The verdict, or a broken law when too much was inconclusive. */
export const conclusive = (at: Subject, verdict: Verdict): Verdict => {
  if (E.isLeft(verdict)) return verdict
  const { differences, inconclusive } = verdict.right
  return inconclusive <= mostInconclusive * differences
    ? verdict
    : broken(
        at,
        'finite differences',
        1,
        `${inconclusive} of ${differences} finite differences are too coarse to compare, perhaps at a kink`
      )
}

/**
 * Checks the laws of differentiation for a function at given arguments: purity, the adjoint identity, linearity, mapped
 * gradients, finite differences and the second order. `Right` counts the comparisons, `Left` is the broken law; only the
 * function itself throws.
 *
 * Arguments are trees of tensors and constants of any kind. Float tensors must be float64: `T.cast(x, 'float64')`. At a kink
 * (a `relu` at exactly 0) finite differences are meaningless; such numbers are counted as inconclusive, and more than 20 % of
 * them are an error.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const loss = ({ w, b }: { w: T.Tensor<[2]>; b: T.Tensor<[]> }) => T.add(T.sum(T.square(w)), T.square(b))
 * E.isRight(Law.check(loss)({ w: T.of([0.5, -1.5], 'float64'), b: T.scalar(2, 'float64') })) // => true
 */
export const check = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  options: CheckOptions = {}
): ((...args: Args) => Verdict) => {
  checkOf('Law.check')(options)
  const { name = f.name === '' ? 'the function' : f.name, laws = usual, salt = 1 } = options
  return (...args) => {
    const at = subject(name, f, args)
    return conclusive(at, hold(at, laws, salt))
  }
}
