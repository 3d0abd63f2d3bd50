/** Common subexpressions. */
import type { Equation, Program } from '../primitive/model.js'
import { hasEffect } from '../transform/program.js'
import { atomKey, identity, paramsKey } from './key.js'
import { type Replaced, reading, replacedBy, throughout, withEquations } from './rewrite.js'

const equationKey = ({ primitive, params, operands }: Equation): string =>
  `${identity(primitive)} ${paramsKey(params)} ${operands.map(atomKey).join(' ')}`

/**
 * The program in which equal equations are one: the same primitive, by identity, with equal parameters on the same
 * operands; the programs inside it too. Equations with an effect stay, each in its place. Of several scopes, the one of
 * the first equation remains.
 *
 * The value is the same bit for bit. Derivatives are the same up to rounding, since cotangents are added before the shared
 * equation instead of behind it.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[]>) => T.add(T.exp(x), T.sin(T.exp(x))))(T.scalar(0))
 * program.equations.map(({ primitive }) => primitive.name) // => ['exp', 'exp', 'sin', 'add']
 * Program.shareCommon(program).equations.map(({ primitive }) => primitive.name) // => ['exp', 'sin', 'add']
 */
export const shareCommon: <P extends Program>(program: P) => P = /* @__PURE__ */ throughout((program) => {
  const known = new Map<string, Equation>()
  const replaced: Replaced = new Map()
  const equations = program.equations.flatMap((each) => {
    const now = reading(each, replaced)
    if (hasEffect(now)) return [now]
    const key = equationKey(now)
    const before = known.get(key)
    if (before === undefined) {
      known.set(key, now)
      return [now]
    }
    now.results.forEach((result, i) => replaced.set(result, before.results[i]!))
    return []
  })
  return withEquations(
    program,
    equations,
    program.outputs.map((output) => replacedBy(replaced, output))
  )
})
