/** Equations that are kept for their checks: they may refuse the values they are given, though nobody reads their results. */
import { type Atom, type Bound, type Equation, Variable } from '../primitive/model.js'
import { size } from '../shape/model.js'
import { type Concrete, fill, isConcrete } from '../tensor/model.js'
import { type Unread, equation, live } from './program.js'

/** Whether an operation, or one in a program that it runs, may refuse values. */
const mayRefuse = ({ primitive, params }: Bound): boolean =>
  primitive.refuses !== undefined ||
  (primitive.programs?.(params).some(({ equations }) => equations.some(mayRefuse)) ?? false)

/** The equation with zeros in place of all operands that it does not check: what made these is not needed. */
const onlyChecking = (each: Equation): Equation => {
  const { primitive, params, operands, results, scope } = each
  const { refuses } = primitive
  if (refuses === undefined) return each
  const needed = operands.map((operand, i) => (refuses.includes(i) ? operand : fill(operand.shape, operand.dtype, 0)))
  return equation(primitive, params, needed, results, scope)
}

const isConstant = (atom: Atom): atom is Concrete => !(atom instanceof Variable) && isConcrete(atom)

/** A check of constants of more elements is left to the run. */
const most = 2 ** 16

/** Whether a check is known to pass. */
const passes = ({ primitive, params, operands, results }: Equation): boolean => {
  const constants = operands.filter(isConstant)
  const elements = [...operands, ...results].reduce((sum, { shape }) => sum + size(shape), 0)
  if (constants.length < operands.length || elements > most) return false
  try {
    primitive.evaluate(constants, params)
    return true
  } catch {
    return false
  }
}

/** An equation that may refuse values, if nobody reads its results. */
const checkOf: Unread = (each) => {
  if (!mayRefuse(each)) return undefined
  const check = onlyChecking(each)
  return passes(check) ? undefined : check
}

/** The equations that outputs depend on, those with effects, and the checks of others that may refuse values. */
export const liveOrRefusing: typeof live = (equations, outputs, places) => live(equations, outputs, places, checkOf)
