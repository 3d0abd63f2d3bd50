// Expressions by a plain interpreter, in float64; and what a primitive must give by its expression.
import * as DType from 'pullback/DType'
import { type Expression, type Primitive, type TensorType, expressionFor } from 'pullback/Primitive'
import { erf, erfc } from '../../src/kernel/special/erf.js'
import { erfInv, erfcInv } from '../../src/kernel/special/erfInverse.js'
import { lgamma } from '../../src/kernel/special/logGamma.js'
import { digamma, polygamma } from '../../src/kernel/special/polygamma.js'
import { type Intrinsic, float32, intrinsicOf, operations } from '../../src/primitive/intrinsics.js'

type Functions = { readonly [Name in Intrinsic]?: (...numbers: readonly [number, number]) => number }

const special: Functions = { erf, erfc, erfInv, erfcInv, lgamma, digamma, polygamma }
const fitted: Functions = float32

const functionOf = (name: Intrinsic, type: DType.DType): Functions[Intrinsic] =>
  (type === 'float32' ? fitted[name] : undefined) ?? intrinsicOf(name) ?? special[name]

/** The number that a parameter is; in float32 it is rounded first. */
export const parameterOf = (params: object, name: string, dtype: DType.DType): number => {
  const value: unknown = Object.entries(params).find(([key]) => key === name)?.[1]
  if (typeof value !== 'number') throw new TypeError(`parameter ${name} is not a number`)
  return dtype === 'float32' ? Math.fround(value) : value
}

/** The float64 value of an expression for operands of a type. */
export const interpret = (
  expression: Expression,
  operands: readonly number[],
  parameter: (name: string) => number,
  type: DType.DType
): number => {
  const at = (e: Expression): number => {
    if (e.op === 'operand') return operands[e.index]!
    if (e.op === 'constant') return e.value
    if (e.op === 'parameter') return parameter(e.name)
    if (e.op === 'select') return at(e.condition) === 0 ? at(e.onFalse) : at(e.onTrue)
    if (e.op !== 'intrinsic') return operations[e.op](at(e.left), at(e.right))
    const [a, b] = e.args.map(at)
    const f = functionOf(e.name, type)
    if (f === undefined) throw new TypeError(`${e.name} is not an intrinsic`)
    return f(a!, b!)
  }
  return at(expression)
}

/** What the expression of a primitive says: the value at one place, in the type of the result. */
export const expected = (
  { scalar, name }: Primitive,
  operands: readonly number[],
  type: DType.DType,
  params: object,
  result: TensorType
): number => {
  if (scalar === undefined) throw new TypeError(`${name} has no expression`)
  const value = interpret(expressionFor(scalar, type), operands, (key) => parameterOf(params, key, type), type)
  return DType.round(result.dtype, value)
}
