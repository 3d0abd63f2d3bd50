/** Holding a function to the laws at given arguments, with no runner. */
import * as E from 'fp-ts/lib/Either.js'
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
 * How to hold a function to the laws: under which name, which laws (all of the first and second order, when absent), and
 * `salt`, from which all directions follow.
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
 * The laws that any differentiable function is held to, the cheapest and most exact first; the third order is left out of
 * `check`, unless asked for.
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

/** Of finite differences, no more than this part may be inconclusive. */
export const mostInconclusive = 0.2

// -----------------------------------------------------------------------------
// checking
// -----------------------------------------------------------------------------

/** Holds a subject to laws. */
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
        `of ${differences} numbers, ${inconclusive} were too coarse to tell; the point may lie on a kink`
      )
}

/**
 * Holds a function to the laws of differentiation at given arguments: purity, the adjoint identity, linearity, mapped
 * gradients, finite differences and the second order. `Right` counts what was compared, `Left` says what is wrong; nothing is thrown but what
 * the function throws.
 *
 * Arguments are trees of tensors and constants of any kind. Float tensors must be float64: `T.cast(x, 'float64')`. At a kink
 * (a `relu` at exactly 0) finite differences say nothing; such numbers are counted as inconclusive, and more than 20 % of
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
export const check =
  <Args extends readonly unknown[], R>(
    f: (...args: Args) => R,
    options: CheckOptions = {}
  ): ((...args: Args) => Verdict) =>
  (...args) => {
    const { name = f.name === '' ? 'the function' : f.name, laws = usual, salt = 1 } = options
    const at = subject(name, f, args)
    return conclusive(at, hold(at, laws, salt))
  }
