/** The TypeScript function of an expression that is a single intrinsic or operation of the operands in order. */
import type { Scalar1, Scalar2 } from '../kernel/elementwise.js'
import { type Expression, type Scalars, scalarsOf } from './expression.js'
import { elementaryOfOne, elementaryOfTwo, operations } from './intrinsics.js'

type Given = Expression | Scalars | undefined

const isOperand = (e: Expression | undefined, index: number): boolean => e?.op === 'operand' && e.index === index

const simpleOfOne = 'one simple intrinsic of x, such as sqrt'
const simpleOfTwo = 'one operation or simple intrinsic of x and y, such as max'

const missing = (maker: string, name: string, simple: string): Error =>
  new TypeError(`${maker}: ${name} has no f; expected f, or as scalar ${simple}`)

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

/** Refuses an expression for float32 without its function: the kernel and the expression would differ. */
export const requireSingle = (maker: string, name: string, scalar: Given, single: unknown): void => {
  if (single === undefined && scalar && scalarsOf(scalar).single)
    throw new TypeError(`${maker}: ${name} has no single; expected single beside scalar.single`)
}
