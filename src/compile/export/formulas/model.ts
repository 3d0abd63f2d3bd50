/** What formulas are made of. */
import {
  type Expression,
  type Term,
  add,
  call,
  constant,
  div,
  equal,
  less,
  mul,
  select,
  x
} from '../../../primitive/expression.js'

/** Makes the formula of a function for float32, or else for float64. */
export type Formula = (single: boolean) => Expression

/** A polynomial by Horner's rule, with the coefficients of the highest powers first. */
export const polynomial = (coefficients: readonly number[], z: Expression): Expression =>
  coefficients.slice(1).reduce<Expression>((sum, each) => add(mul(sum, z), each), constant(coefficients[0]!))

/** A quotient of two polynomials. */
export const quotient = (above: readonly number[], below: readonly number[], z: Expression): Expression =>
  div(polynomial(above, z), polynomial(below, z))

/** The size of a number. */
export const abs = (a: Term): Expression => call('abs', a)

/** An odd function of `x`, from its values at `|x|`. */
export const oddly = (ofSize: Expression): Expression =>
  select(equal(x, 0), x, select(less(x, 0), call('neg', ofSize), ofSize))

/** Both conditions. */
export const both = (first: Expression, second: Expression): Expression => select(first, second, 0)

/** One condition or the other. */
export const either = (first: Expression, second: Expression): Expression => select(first, 1, second)

/** A number as its nearest in the type, and the rest. */
export const parts = (high: number, low: number, single: boolean): readonly [high: number, low: number] =>
  single ? [Math.fround(high), high - Math.fround(high) + low] : [high, low]
