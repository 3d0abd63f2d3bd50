/** The pass that leaves only equations which a format has: calls are opened, and what has no rule is replaced by its decomposition. */
import { type Atom, type Equation, type Program, type TensorType, Variable } from '../../primitive/model.js'
import { type Replaced, programsIn, reading, renumbered, replacedBy, withEquations } from '../../program/rewrite.js'
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
  | { readonly _tag: 'Replaced'; readonly by: Program }
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
  if (called !== undefined) return { _tag: 'Replaced', by: called }
  const never = accepts.refuses?.(each)
  if (never !== undefined) return refusal(never)
  const noRule = accepts.ruleRefuses(each)
  if (noRule === undefined) return kept
  const noExpression = scalarRefuses(each, accepts, substitutes)
  if (noExpression === undefined) return kept
  const decomposition = substitutes.decompositions.get(each.primitive)
  if (decomposition !== undefined) {
    return { _tag: 'Replaced', by: traced(each, decomposition) }
  }
  return refusal(substitutes.reasons.get(each.primitive) ?? (noRule === '' ? noExpression : noRule))
}

/** The equation with other programs in its parameters. */
const withPrograms = (each: Equation, pass: (program: Program) => Program): Equation => {
  const programs = programsIn(each)
  if (programs.length === 0 || each.primitive.withPrograms === undefined) return each
  const params = each.primitive.withPrograms(each.params, programs.map(pass))
  return equation(each.primitive, params, each.operands, each.results, each.scope)
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
        const own = withPrograms(each, (inner) => pass(inner, outer, within))
        return [equation(own.primitive, own.params, own.operands, own.results, outer)]
      }
      if (verdict._tag === 'Refused' || chain.length > deepest) {
        const reason = verdict._tag === 'Refused' ? verdict.reason : 'its decomposition does not end'
        const origin = within[0] === undefined ? reason : `${within.join(' > ')} > ${each.primitive.name}: ${reason}`
        refusals.push(refused(equation(each.primitive, each.params, each.operands, each.results, outer), origin))
        return [each]
      }
      const isCall = calledBy(each) !== undefined
      const inner = pass(verdict.by, outer, isCall ? within : chain)
      const own: Replaced = new Map<Atom, Atom>(inner.inputs.map((input, i) => [input, each.operands[i]!]))
      const moved = renumbered(inner, places, own)
      places = moved.places
      each.results.forEach((result, i) => replaced.set(result, replacedBy(own, inner.outputs[i]!)))
      return moved.equations
    }
    const equations = whole.equations.flatMap((each) => opened(reading(each, replaced)))
    const outputs = whole.outputs.map((output) => replacedBy(replaced, output))
    return Object.freeze({ ...withEquations(whole, equations, outputs), places })
  }
  return { program: pass(program, undefined, []), refused: refusals }
}
