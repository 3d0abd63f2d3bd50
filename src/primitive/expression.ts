/**
 * Functions of numbers as data: the computation of an elementwise primitive at one place, for compilers, exporters and
 * printers. Kernels run the TypeScript function that stands beside it, and are never made from the expression.
 */
import type { DType } from '../DType.js'
import type { Intrinsic, Operation } from './intrinsics.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The computation of an elementwise primitive at one place, from the operands' elements there and the parameters.
 *
 * Its value is that of float64 arithmetic, converted once, as `T.cast` does, to the type of the result. A parameter is
 * rounded to float32 first where the operand is of that type; a constant is a float64. For operands of float32, `exp`, `log` and
 * other intrinsics are functions of this library; the others and all of float64 are those of the engine. Comparisons give 1 or 0, and
 * `select` takes `onTrue` where the condition is not 0. A node that stands in several places is computed once.
 *
 * @example
 * import { type Expression, greater, select, showExpression, x } from 'pullback/Primitive'
 *
 * const rectifier: Expression = select(greater(x, 0), x, 0)
 * rectifier.op // => 'select'
 * showExpression(rectifier) // => 'select(x > 0, x, 0)'
 */
export type Expression =
  | { readonly op: 'operand'; readonly index: number }
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: 'parameter'; readonly name: string }
  | { readonly op: 'intrinsic'; readonly name: Intrinsic; readonly args: readonly Expression[] }
  | { readonly op: Operation; readonly left: Expression; readonly right: Expression }
  | {
      readonly op: 'select'
      readonly condition: Expression
      readonly onTrue: Expression
      readonly onFalse: Expression
    }

/**
 * The expression of a primitive, and others for operands of float32 or int32 where these have another function.
 *
 * @example
 * import { type Scalars, call, mul, x } from 'pullback/Primitive'
 *
 * const ofSquare: Scalars = { float: mul(x, x), int32: call('imul', x, x) }
 * Object.keys(ofSquare) // => ['float', 'int32']
 */
export interface Scalars {
  readonly float: Expression
  readonly single?: Expression
  readonly int32?: Expression
}

/** An expression, or a number as a constant. */
export type Term = Expression | number

const lift = (term: Term): Expression => (typeof term === 'number' ? constant(term) : term)

// -----------------------------------------------------------------------------
// leaves
// -----------------------------------------------------------------------------

/**
 * The element of an operand, counted from 0.
 *
 * @example
 * import { add, operand, showExpression, x, y } from 'pullback/Primitive'
 *
 * showExpression(add(add(x, y), operand(2))) // => 'x + y + z'
 */
/* @__NO_SIDE_EFFECTS__ */
export const operand = (index: number): Expression => ({ op: 'operand', index })

/**
 * The element of the first operand.
 *
 * @example
 * import { call, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(call('sqrt', x)) // => 'sqrt(x)'
 */
export const x: Expression = operand(0)

/**
 * The element of the second operand.
 *
 * @example
 * import { call, showExpression, x, y } from 'pullback/Primitive'
 *
 * showExpression(call('max', x, y)) // => 'max(x, y)'
 */
export const y: Expression = operand(1)

/**
 * A number. In place of an operand, the number itself may be given.
 *
 * @example
 * import { constant } from 'pullback/Primitive'
 *
 * constant(2) // => { op: 'constant', value: 2 }
 */
/* @__NO_SIDE_EFFECTS__ */
export const constant = (value: number): Expression => ({ op: 'constant', value })

/**
 * A number among the parameters of the primitive, by its name there.
 *
 * @example
 * import { mul, parameter, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(mul(parameter('slope'), x)) // => 'slope * x'
 */
/* @__NO_SIDE_EFFECTS__ */
export const parameter = (name: string): Expression => ({ op: 'parameter', name })

// -----------------------------------------------------------------------------
// calls and choices
// -----------------------------------------------------------------------------

/**
 * The call of an intrinsic.
 *
 * @example
 * import { call, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(call('exp', call('neg', x))) // => 'exp(-x)'
 */
/* @__NO_SIDE_EFFECTS__ */
export const call = (name: Intrinsic, ...args: readonly [Term] | readonly [Term, Term]): Expression => ({
  op: 'intrinsic',
  name,
  args: args.map(lift)
})

/**
 * `onTrue` where the condition is not 0, else `onFalse`; the other one has no influence.
 *
 * @example
 * import { call, equal, select, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(select(equal(x, 0), 1, call('sin', x))) // => 'select(x == 0, 1, sin(x))'
 */
/* @__NO_SIDE_EFFECTS__ */
export const select = (condition: Term, onTrue: Term, onFalse: Term): Expression => ({
  op: 'select',
  condition: lift(condition),
  onTrue: lift(onTrue),
  onFalse: lift(onFalse)
})

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const infix = (op: Operation, left: Term, right: Term): Expression => ({ op, left: lift(left), right: lift(right) })

/**
 * The sum.
 *
 * @example
 * import { add, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(add(x, 2)) // => 'x + 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const add = (left: Term, right: Term): Expression => infix('add', left, right)

/**
 * The difference.
 *
 * @example
 * import { sub, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(sub(x, 2)) // => 'x - 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const sub = (left: Term, right: Term): Expression => infix('sub', left, right)

/**
 * The product.
 *
 * @example
 * import { mul, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(mul(x, 2)) // => 'x * 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const mul = (left: Term, right: Term): Expression => infix('mul', left, right)

/**
 * The quotient.
 *
 * @example
 * import { div, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(div(x, 2)) // => 'x / 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const div = (left: Term, right: Term): Expression => infix('div', left, right)

/**
 * 1 where both are equal, else 0; NaN equals nothing.
 *
 * @example
 * import { equal, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(equal(x, 2)) // => 'x == 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const equal = (left: Term, right: Term): Expression => infix('equal', left, right)

/**
 * 0 where both are equal, else 1.
 *
 * @example
 * import { notEqual, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(notEqual(x, 2)) // => 'x != 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const notEqual = (left: Term, right: Term): Expression => infix('notEqual', left, right)

/**
 * 1 where the first is less, else 0.
 *
 * @example
 * import { less, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(less(x, 2)) // => 'x < 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const less = (left: Term, right: Term): Expression => infix('less', left, right)

/**
 * 1 where the first is less or equal, else 0.
 *
 * @example
 * import { lessEqual, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(lessEqual(x, 2)) // => 'x <= 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const lessEqual = (left: Term, right: Term): Expression => infix('lessEqual', left, right)

/**
 * 1 where the first is greater, else 0.
 *
 * @example
 * import { greater, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(greater(x, 2)) // => 'x > 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const greater = (left: Term, right: Term): Expression => infix('greater', left, right)

/**
 * 1 where the first is greater or equal, else 0.
 *
 * @example
 * import { greaterEqual, showExpression, x } from 'pullback/Primitive'
 *
 * showExpression(greaterEqual(x, 2)) // => 'x >= 2'
 */
/* @__NO_SIDE_EFFECTS__ */
export const greaterEqual = (left: Term, right: Term): Expression => infix('greaterEqual', left, right)

// -----------------------------------------------------------------------------
// reading
// -----------------------------------------------------------------------------

/**
 * The expression for operands of one element type.
 *
 * @example
 * import { expressionFor, showExpression } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const { scalar } = T.square.primitive
 * scalar && showExpression(expressionFor(scalar, 'float32')) // => 'x * x'
 * scalar && showExpression(expressionFor(scalar, 'int32')) // => 'imul(x, x)'
 */
export const expressionFor = ({ float, single = float, int32 = float }: Scalars, dtype: DType): Expression =>
  dtype === 'float32' ? single : dtype === 'int32' ? int32 : float

/** The expressions of a record: one for all types, or one for each. */
export const scalarsOf = (scalar: Expression | Scalars): Scalars => ('op' in scalar ? { float: scalar } : scalar)

/** The expressions that one is made of. */
export const partsOf = (node: Expression): readonly Expression[] => {
  if ('left' in node) return [node.left, node.right]
  switch (node.op) {
    case 'operand':
    case 'constant':
    case 'parameter':
      return []
    case 'intrinsic':
      return node.args
    case 'select':
      return [node.condition, node.onTrue, node.onFalse]
  }
}
