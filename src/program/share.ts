/** Common subexpressions. */
import { type Equation, type Primitive, type Program, none } from '../primitive/model.js'
import { hasEffect } from '../transform/program.js'
import { atomKey, paramsKey } from './key.js'
import { type Replaced, reading, replacedBy, throughout, withEquations } from './rewrite.js'

/** Equal for equal equations of one primitive. */
const equationKey = ({ params, operands }: Equation): string => {
  let key = params === none ? '' : paramsKey(params)
  for (let i = 0; i < operands.length; i++) key += ` ${atomKey(operands[i]!)}`
  return key
}

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
  const known = new Map<Primitive, Map<string, Equation>>()
  const replaced: Replaced = new Map()
  const equations: Equation[] = []
  /** The equation that stands for one: itself, if it is the first of its kind. */
  const firstOf = (each: Equation): Equation => {
    const alike = known.get(each.primitive) ?? new Map<string, Equation>()
    if (alike.size === 0) known.set(each.primitive, alike)
    const key = equationKey(each)
    const before = alike.get(key)
    if (before === undefined) alike.set(key, each)
    return before ?? each
  }
  program.equations.forEach((each) => {
    const now = reading(each, replaced)
    const first = hasEffect(now) ? now : firstOf(now)
    if (first === now) equations.push(now)
    else now.results.forEach((result, i) => replaced.set(result, first.results[i]!))
  })
  return withEquations(
    program,
    equations,
    program.outputs.map((output) => replacedBy(replaced, output))
  )
})
