/** Pullbacks of single equations, as programs. */
import { isFloat } from '../DType.js'
import { flag, options as optionsOf } from '../internal/options.js'
import type { Equation, Program } from '../primitive/model.js'
import { LeakedTracerError } from '../primitive/traced.js'
import { add } from '../tensor/arithmetic.js'
import type { Tensor } from '../tensor/model.js'
import { stage } from '../transform/stage.js'

/**
 * The options of `rule`.
 *
 * @example
 * import type { RuleOptions } from 'pullback/Program'
 *
 * const ofTheFirstOfTwoResults: RuleOptions = { cotangents: [true, false] }
 * ofTheFirstOfTwoResults.given // => undefined
 */
export interface RuleOptions {
  /** Which results have a cotangent; by default, all that are of a float type. The others' are zero. */
  readonly cotangents?: readonly boolean[]
  /** Whether the operand has been given a cotangent already: then it is the last input, and the output is the total. */
  readonly given?: boolean
}

const checkOptions = /* @__PURE__ */ optionsOf<RuleOptions>('rule', {
  cotangents: { expected: 'an array of true and false', holds: Array.isArray },
  given: flag
})

const known = /* @__PURE__ */ new WeakMap<Equation, Map<string, Program | undefined>>()

/**
 * The pullback of an equation to one of its operands, as a program: from the operands, the results and the cotangents of
 * results, in this order, to the cotangent of the operand. It is made once per equation and options.
 *
 * `undefined` where there is no derivative, and where a rule reads values, and so has no program.
 *
 * A program walked backward by its rules, the last operand of each equation first, gives the cotangents of `vjp`: up to
 * rounding if contributions are added afterwards, and bit for bit if each rule is `given` the cotangent of its operand so far.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const [sine] = Debug.trace(T.sin)(T.scalar(0)).equations
 * const rule = Program.rule(sine!, 0)
 * rule?.equations.map(({ primitive }) => primitive.name) // => ['cos', 'guardedMul']
 * const [x, y, cotangent] = [T.scalar(0), T.scalar(0), T.scalar(3)]
 * rule && Program.run(rule)(x, y, cotangent) // => [T.scalar(3)]
 *
 * const [largest] = Debug.trace((v: T.Tensor<[3]>) => T.argmax(v, { axis: 0 }))(T.zeros([3])).equations
 * Program.rule(largest!, 0) // => undefined
 */
export const rule = (equation: Equation, operand: number, options: RuleOptions = {}): Program | undefined => {
  checkOptions(options)
  const { results, operands } = equation
  if (!(operand in operands)) {
    throw new RangeError(`rule: operand is ${operand}; expected an integer from 0 to ${operands.length - 1}`)
  }
  const { cotangents = results.map(({ dtype }) => isFloat(dtype)), given = false } = options
  const key = `${operand} ${cotangents.map(Number).join('')} ${given}`
  const made = known.get(equation) ?? new Map<string, Program | undefined>()
  known.set(equation, made)
  if (!made.has(key)) made.set(key, staged(equation, operand, cotangents, given))
  return made.get(key)
}

const staged = (
  { primitive, params, operands, results }: Equation,
  operand: number,
  cotangents: readonly boolean[],
  given: boolean
): Program | undefined => {
  const { derivative } = primitive
  const type = operands[operand]!
  if (derivative === undefined || !isFloat(type.dtype) || !cotangents.includes(true)) return undefined
  const n = operands.length
  const seeded = results.filter((_, i) => cotangents[i])
  const m = n + results.length
  let reached = true
  const pull = (leaves: readonly Tensor[]): readonly Tensor[] => {
    const [values, out, seeds] = [leaves.slice(0, n), leaves.slice(n, m), leaves.slice(m, m + seeded.length)]
    const before = given ? leaves[m + seeded.length] : undefined
    const { vjp, accumulates = false } = derivative
    let part: Tensor | undefined
    if (typeof vjp === 'function') {
      let next = 0
      const slots = cotangents.map((flag) => (flag ? seeds[next++] : undefined))
      const befores = accumulates ? operands.map((_, i) => (i === operand ? before : undefined)) : []
      part = vjp(values, out, params)(slots, befores)[operand]
      if (accumulates) return total(part)
    } else {
      part = vjp[operand]?.(values, out[0]!, params)(seeds[0]!)
    }
    return total(part === undefined || before === undefined ? part : add(before, part))
  }
  const total = (part: Tensor | undefined): readonly Tensor[] => {
    reached = part !== undefined
    return part === undefined ? [] : [part]
  }
  try {
    const { program, captured } = stage('rule', [...operands, ...results, ...seeded, ...(given ? [type] : [])], pull)
    return reached && captured.length === 0 ? program : undefined
  } catch (error) {
    if (error instanceof LeakedTracerError && error.reason === 'read') return undefined
    throw error
  }
}
