// Expressions by a plain interpreter, in float64; and what a primitive must give by its expression.
import * as DType from 'pullback/DType'
import { type Expression, type Primitive, type TensorType, expressionFor } from 'pullback/Primitive'
import { type Intrinsic, intrinsicsOfOne, intrinsicsOfTwo, operations } from '../../src/primitive/intrinsics.js'

type Functions = { readonly [Name in Intrinsic]?: (...numbers: readonly [number, number]) => number }
const intrinsics = (dtype: DType.DType): { readonly ofOne: Functions; readonly ofTwo: Functions } => ({
  ofOne: intrinsicsOfOne(dtype),
  ofTwo: intrinsicsOfTwo(dtype)
})
const forFloat32 = intrinsics('float32')
const forOthers = intrinsics('float64')

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
  const { ofOne, ofTwo } = type === 'float32' ? forFloat32 : forOthers
  const at = (e: Expression): number => {
    if (e.op === 'operand') return operands[e.index]!
    if (e.op === 'constant') return e.value
    if (e.op === 'parameter') return parameter(e.name)
    if (e.op === 'select') return at(e.condition) === 0 ? at(e.onFalse) : at(e.onTrue)
    if (e.op !== 'intrinsic') return operations[e.op](at(e.left), at(e.right))
    const [a, b] = e.args.map(at)
    const f = b === undefined ? ofOne[e.name] : ofTwo[e.name]
    if (f === undefined) throw new TypeError(`${e.name} of ${e.args.length} numbers is not an intrinsic`)
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
