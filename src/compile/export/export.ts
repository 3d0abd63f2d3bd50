/** From a program to one that a format can have whole, or to all that stands against it. */
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Program, TensorType } from '../../primitive/model.js'
import { removeDead } from '../../program/dead.js'
import { foldConstants } from '../../program/fold.js'
import { mergeScans } from '../../program/mergeScans.js'
import { shareCommon } from '../../program/share.js'
import { decompose } from './decompose.js'
import type { Language, Substitutes } from './model.js'
import { type Unsupported, unsupported } from './refusals.js'

/** The program with only equations that a format has, and as few of them as passes leave. */
export const prepare = <W, V extends TensorType>(
  operation: string,
  language: Language<W, V>,
  substitutes: Substitutes,
  program: Program
): Either<Unsupported, Program> => {
  const { format, has, refuses, rules, withoutOutputs } = language
  if (program.outputs.length === 0 && withoutOutputs !== undefined)
    return left(unsupported(operation, format, [{ name: 'trace', reason: withoutOutputs }]))
  const accepts = {
    format,
    has,
    ...(refuses === undefined ? {} : { refuses }),
    /** Empty without a rule. */
    ruleRefuses: (each: Program['equations'][number]) => {
      const rule = rules.get(each.primitive)
      return rule === undefined ? '' : rule.refuses?.(each.operands, each.params, each.results)
    }
  }
  const first = removeDead(foldConstants(program))
  const decomposed = decompose(first, accepts, substitutes)
  if (decomposed.refused.length > 0) return left(unsupported(operation, format, decomposed.refused))
  return right(removeDead(mergeScans(shareCommon(foldConstants(decomposed.program)))))
}
