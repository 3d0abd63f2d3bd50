/** Functions with long code in expressions: the operations that call them bring them along, so that bundles contain no others. */
import type { DType } from '../DType.js'
import type { Scalar2 } from '../kernel/elementwise.js'
import { type Expression, type Term, call, partsOf } from './expression.js'
import { type Intrinsic, type Special, intrinsicOf } from './intrinsics.js'

const functions = /* @__PURE__ */ new Map<Intrinsic, Scalar2>()

/** The call of a function that comes along with the call. */
/* @__NO_SIDE_EFFECTS__ */
export const special = (name: Special, f: Scalar2, ...args: readonly [Term] | readonly [Term, Term]): Expression => {
  functions.set(name, f)
  return call(name, ...args)
}

/** The function of an intrinsic on numbers that are not float32; `undefined` for long code that no operation has brought. */
export const functionOf = (name: Intrinsic): Scalar2 | undefined => intrinsicOf(name) ?? functions.get(name)

const known = /* @__PURE__ */ new WeakMap<Expression, ReadonlySet<Intrinsic>>()

/** The intrinsics that an expression calls, found once. */
export const intrinsicsIn = (expression: Expression): ReadonlySet<Intrinsic> => {
  const before = known.get(expression)
  if (before !== undefined) return before
  const own = expression.op === 'intrinsic' ? [expression.name] : []
  const found = new Set([...own, ...partsOf(expression).flatMap((part) => [...intrinsicsIn(part)])])
  known.set(expression, found)
  return found
}

/** Whether the functions that an expression on operands of a type calls are all there. */
export const hasFunctions = (expression: Expression, dtype: DType): boolean =>
  [...intrinsicsIn(expression)].every(
    (name) => (name === 'erf' && dtype === 'float32') || functionOf(name) !== undefined
  )
