/** The TypeScript function of an expression that is a single intrinsic or operation of the operands in order. */
import type { Scalar1, Scalar2 } from '../kernel/elementwise.js'
import { type Expression, type Scalars, scalarsOf } from './expression.js'
import { elementaryOfOne, elementaryOfTwo, operations } from './intrinsics.js'

type Given = Expression | Scalars | undefined

const isOperand = (e: Expression | undefined, index: number): boolean => e?.op === 'operand' && e.index === index

const simpleOfOne = 'one simple intrinsic of x, such as sqrt'
const simpleOfTwo = 'one operation or simple intrinsic of x and y, such as max'

const missing = (maker: string, name: string, required: string): Error =>
  new TypeError(`${maker}: ${name} has no f; f is required unless scalar is ${required}`)

const missingSingle = (maker: string, name: string, required: string): Error =>
  new TypeError(
    `${maker}: ${name} has a scalar.single but no function single; single is required unless scalar.single is ${required}`
  )

const ofOne = (e: Expression | undefined): Scalar1 | undefined =>
  e?.op === 'intrinsic' && e.args.length === 1 && isOperand(e.args[0], 0) ? elementaryOfOne(e.name) : undefined

const ofTwo = (e: Expression | undefined): Scalar2 | undefined => {
  if (e === undefined) return undefined
  if (e.op === 'intrinsic')
    return isOperand(e.args[0], 0) && isOperand(e.args[1], 1) ? elementaryOfTwo(e.name) : undefined
  return 'left' in e && isOperand(e.left, 0) && isOperand(e.right, 1) ? operations[e.op] : undefined
}

/** The function of one number, for a record without one. */
export const functionOfOne = (name: string, scalar: Given): Scalar1 => {
  const f = ofOne(scalar && scalarsOf(scalar).float)
  if (f === undefined) throw missing('unary', name, simpleOfOne)
  return f
}

/** The function of two numbers, for a record without one. */
export const functionOfTwo = (name: string, scalar: Given): Scalar2 => {
  const f = ofTwo(scalar && scalarsOf(scalar).float)
  if (f === undefined) throw missing('binary', name, simpleOfTwo)
  return f
}

/** The function of one float32, for a record without one: that of its expression for float32, where it has one, else `f`. */
export const singleOfOne = <F>(maker: 'unary' | 'unaryWith', name: string, scalar: Given, f: F): F | Scalar1 => {
  const e = scalar && scalarsOf(scalar).single
  if (e === undefined) return f
  const single = ofOne(e)
  if (single === undefined) throw missingSingle(maker, name, simpleOfOne)
  return single
}

/** The same of two float32. */
export const singleOfTwo = (name: string, scalar: Given, f: Scalar2): Scalar2 => {
  const e = scalar && scalarsOf(scalar).single
  if (e === undefined) return f
  const single = ofTwo(e)
  if (single === undefined) throw missingSingle('binary', name, simpleOfTwo)
  return single
}
