/** The pass that leaves only equations which a format has: calls are opened, and what has no rule is replaced by its decomposition. */
import { type Equation, type Params, type Program, type TensorType, Variable } from '../../primitive/model.js'
import { type Replaced, programsIn, reading, replacedBy, spliced, withEquations } from '../../program/rewrite.js'
import { equation } from '../../transform/program.js'
import { joined } from '../../transform/scope.js'
import { stage } from '../../transform/stage.js'
import { calledBy } from '../inline.js'
import type { Decomposition } from './decompose/model.js'
import type { Language, Substitutes } from './model.js'
import { type UnsupportedEquation, refused } from './refusals.js'
import { computationOf, missingIn } from './scalars.js'

/** What the pass asks of a format. */
export type Accepts = Pick<Language<never, TensorType>, 'format' | 'has' | 'refuses'> & {
  /** Why its rule does not write an equation; `undefined` if it does. */
  readonly ruleRefuses: (equation: Equation) => string | undefined
}

/** What becomes of an equation. */
type Verdict =
  | { readonly _tag: 'Kept' }
  | { readonly _tag: 'Replaced'; readonly by: Program; readonly isCall: boolean }
  | { readonly _tag: 'Refused'; readonly reason: string }

const kept: Verdict = { _tag: 'Kept' }

const refusal = (reason: string): Verdict => ({ _tag: 'Refused', reason })

/** So deep may decompositions be in one another. */
const deepest = 64

/** Why an elementwise equation cannot be written from its expression; `undefined` if it can. */
const scalarRefuses = (each: Equation, { has }: Accepts, { formula }: Substitutes): string | undefined => {
  const computation = computationOf(each, has)
  if (computation === undefined) return 'there is neither a rule nor a decomposition for it'
  const missing = missingIn(computation.expression, computation.dtype, has, formula)
  return missing === undefined ? undefined : `the function ${missing} has no formula for ${computation.dtype}`
}

/** The program of a decomposition, on the operands of an equation: constants stay what they are, so that operations on them are done at once. */
const traced = ({ operands, params }: Equation, decomposition: Decomposition): Program => {
  const { program } = stage('export', operands, (leaves) =>
    decomposition(
      operands.map((operand, i) => (operand instanceof Variable ? leaves[i]! : operand)),
      params
    )
  )
  return program
}

const decide = (each: Equation, accepts: Accepts, substitutes: Substitutes): Verdict => {
  const called = calledBy(each)
  if (called !== undefined) return { _tag: 'Replaced', by: called, isCall: true }
  const never = accepts.refuses?.(each)
  if (never !== undefined) return refusal(never)
  const noRule = accepts.ruleRefuses(each)
  if (noRule === undefined) return kept
  const noExpression = scalarRefuses(each, accepts, substitutes)
  if (noExpression === undefined) return kept
  const decomposition = substitutes.decompositions.get(each.primitive)
  if (decomposition !== undefined) return { _tag: 'Replaced', by: traced(each, decomposition), isCall: false }
  return refusal(substitutes.reasons.get(each.primitive) ?? (noRule === '' ? noExpression : noRule))
}

/** The parameters of an equation with other programs in them. */
const paramsWith = ({ primitive, params }: Equation, pass: (program: Program) => Program): Params => {
  const programs = programsIn({ primitive, params })
  if (programs.length === 0 || primitive.withPrograms === undefined) return params
  return primitive.withPrograms(params, programs.map(pass))
}

/** The program that is left, and what a format cannot have of it. */
export const decompose = (
  program: Program,
  accepts: Accepts,
  substitutes: Substitutes
): { readonly program: Program; readonly refused: readonly UnsupportedEquation[] } => {
  const refusals: UnsupportedEquation[] = []
  const pass = (whole: Program, scope: string | undefined, within: readonly string[]): Program => {
    const replaced: Replaced = new Map()
    let { places } = whole
    const opened = (each: Equation): readonly Equation[] => {
      const verdict = decide(each, accepts, substitutes)
      const outer = joined(scope, each.scope)
      const chain = [...within, each.primitive.name]
      if (verdict._tag === 'Kept') {
        const params = paramsWith(each, (inner) => pass(inner, outer, within))
        return [equation(each.primitive, params, each.operands, each.results, outer)]
      }
      if (verdict._tag === 'Refused' || chain.length > deepest) {
        const reason = verdict._tag === 'Refused' ? verdict.reason : 'its decomposition does not end'
        const origin = within[0] === undefined ? reason : `${within.join(' > ')} > ${each.primitive.name}: ${reason}`
        refusals.push(refused(equation(each.primitive, each.params, each.operands, each.results, outer), origin))
        return [each]
      }
      const inner = pass(verdict.by, outer, verdict.isCall ? within : chain)
      const moved = spliced(each, inner, places, replaced)
      places = moved.places
      return moved.equations
    }
    const equations = whole.equations.flatMap((each) => opened(reading(each, replaced)))
    const outputs = whole.outputs.map((output) => replacedBy(replaced, output))
    return Object.freeze({ ...withEquations(whole, equations, outputs), places })
  }
  return { program: pass(program, undefined, []), refused: refusals }
}
