/** Elementwise operations, written from their expressions with the arithmetic of a format. */
import { type DType, isFloat } from '../../DType.js'
import { type Expression, expressionFor, partsOf } from '../../primitive/expression.js'
import type { Intrinsic, Operation } from '../../primitive/intrinsics.js'
import type { Equation, Params, TensorType } from '../../primitive/model.js'
import { intrinsicsIn } from '../../primitive/special.js'
import type { Algebra, Arithmetic, Comparison, Formula, Language } from './model.js'
import { expressions } from './expressions.js'

// -----------------------------------------------------------------------------
// types
// -----------------------------------------------------------------------------

/** What has the same value modulo 2^32 in int32 as in float64, or is made for int32. */
const ofIntegers: readonly string[] = [
  'operand',
  'parameter',
  'select',
  'add',
  'sub',
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual'
]

const intrinsicsOfIntegers: readonly Intrinsic[] = [
  'neg',
  'abs',
  'min',
  'max',
  'imul',
  'ipow',
  'floor',
  'ceil',
  'round'
]

/** Whether a format has a function for a type. */
type Has = (name: Intrinsic, dtype: DType) => boolean

const isOfIntegers = (node: Expression, has: Has): boolean => {
  const holds =
    node.op === 'constant'
      ? Number.isInteger(node.value)
      : node.op === 'intrinsic'
        ? intrinsicsOfIntegers.includes(node.name) || (node.name === 'rem' && has('rem', 'int32'))
        : ofIntegers.includes(node.op)
  return holds && partsOf(node).every((part) => isOfIntegers(part, has))
}

/** The type of the numbers in which an expression on operands of a type is computed. */
const computingType = (expression: Expression, dtype: DType, has: Has): DType =>
  isFloat(dtype) ? dtype : isOfIntegers(expression, has) ? 'int32' : 'float64'

/** The expression of an elementwise equation and the type of its numbers; `undefined` for other equations. */
export const computationOf = (
  { primitive, operands }: Equation,
  has: Has
): { readonly expression: Expression; readonly dtype: DType } | undefined => {
  const { scalar } = primitive
  const own = operands[0]?.dtype
  if (scalar === undefined || own === undefined || operands.some(({ dtype }) => dtype !== own)) return undefined
  const expression = expressionFor(expressions.get(primitive) ?? scalar, own)
  return { expression, dtype: computingType(expression, own, has) }
}

// -----------------------------------------------------------------------------
// functions
// -----------------------------------------------------------------------------

/** The first function of an expression that a format has neither itself nor by a formula. */
export const missingIn = (expression: Expression, dtype: DType, has: Has, formula: Formula): Intrinsic | undefined => {
  for (const name of intrinsicsIn(expression)) {
    if (has(name, dtype)) continue
    const other = formula(name, dtype)
    const missing = other === undefined ? name : missingIn(other, dtype, has, formula)
    if (missing !== undefined) return missing
  }
  return undefined
}

// -----------------------------------------------------------------------------
// writing
// -----------------------------------------------------------------------------

/** What a node of an expression has become. A number stays one until it is known what it is needed as. */
type Node<V> =
  | { readonly _tag: 'Number'; readonly value: V }
  | { readonly _tag: 'Mask'; readonly value: V }
  | { readonly _tag: 'Constant'; readonly value: number }

const isTruth = <V>(node: Node<V>): boolean =>
  node._tag === 'Mask' || (node._tag === 'Constant' && (Object.is(node.value, 0) || node.value === 1))

const isArithmetic = (op: Operation): op is Arithmetic => op === 'add' || op === 'sub' || op === 'mul' || op === 'div'

/** Writes expressions with an algebra. */
const expressionWriter = <V>(
  algebra: Algebra<V>,
  has: (name: Intrinsic) => boolean,
  formula: (name: Intrinsic) => Expression | undefined,
  params: Params
): {
  readonly write: (expression: Expression, operands: readonly Node<V>[]) => Node<V>
  readonly number: (node: Node<V>) => V
  readonly mask: (node: Node<V>) => V
} => {
  const number = (node: Node<V>): V =>
    node._tag === 'Number'
      ? node.value
      : node._tag === 'Mask'
        ? algebra.fromMask(node.value)
        : algebra.constant(node.value)

  const mask = (node: Node<V>): V =>
    node._tag === 'Mask'
      ? node.value
      : node._tag === 'Constant'
        ? algebra.mask(node.value !== 0)
        : algebra.compare('notEqual', node.value, algebra.constant(0))

  const compared = (op: Comparison, left: Node<V>, right: Node<V>): V => {
    if (left._tag === 'Mask' && isTruth(right) && (op === 'equal' || op === 'notEqual')) {
      if (right._tag === 'Constant')
        return (right.value === 0) === (op === 'equal') ? algebra.not(left.value) : left.value
      const differ = algebra.xor(left.value, mask(right))
      return op === 'equal' ? algebra.not(differ) : differ
    }
    return algebra.compare(op, number(left), number(right))
  }

  /** A choice between truth values. */
  const chosen = (condition: V, onTrue: Node<V>, onFalse: Node<V>): V => {
    const isFalse = (node: Node<V>): boolean => node._tag === 'Constant' && node.value === 0
    const isTrue = (node: Node<V>): boolean => node._tag === 'Constant' && node.value === 1
    if (isFalse(onFalse)) return isTrue(onTrue) ? condition : algebra.and(condition, mask(onTrue))
    if (isTrue(onTrue)) return algebra.or(condition, mask(onFalse))
    const other = algebra.not(condition)
    if (isFalse(onTrue)) return algebra.and(other, mask(onFalse))
    return algebra.or(algebra.and(condition, mask(onTrue)), algebra.and(other, mask(onFalse)))
  }

  const write = (expression: Expression, operands: readonly Node<V>[]): Node<V> => {
    const known = new Map<Expression, Node<V>>()
    const at = (node: Expression): Node<V> => {
      const before = known.get(node)
      if (before !== undefined) return before
      const made = fresh(node)
      known.set(node, made)
      return made
    }
    const fresh = (node: Expression): Node<V> => {
      if ('left' in node) {
        const [left, right] = [at(node.left), at(node.right)]
        const { op } = node
        return isArithmetic(op)
          ? { _tag: 'Number', value: algebra.arithmetic(op, number(left), number(right)) }
          : { _tag: 'Mask', value: compared(op, left, right) }
      }
      switch (node.op) {
        case 'operand':
          return operands[node.index]!
        case 'constant':
          return { _tag: 'Constant', value: node.value }
        case 'parameter':
          return { _tag: 'Constant', value: Number(Reflect.get(params, node.name)) }
        case 'select': {
          const condition = mask(at(node.condition))
          const [onTrue, onFalse] = [at(node.onTrue), at(node.onFalse)]
          return isTruth(onTrue) && isTruth(onFalse)
            ? { _tag: 'Mask', value: chosen(condition, onTrue, onFalse) }
            : { _tag: 'Number', value: algebra.select(condition, number(onTrue), number(onFalse)) }
        }
        case 'intrinsic': {
          const args = node.args.map(at)
          const { name } = node
          if (has(name)) return { _tag: 'Number', value: algebra.intrinsic(name, args.map(number)) }
          return write(formula(name)!, args)
        }
      }
    }
    return at(expression)
  }
  return { write, number, mask }
}

/** Writes an elementwise equation, whose expression the format can write. */
export const writeScalar = <W, V extends TensorType>(
  language: Language<W, V>,
  formula: Formula,
  writer: W,
  equation: Equation,
  operands: readonly V[]
): V => {
  const { expression, dtype } = computationOf(equation, (name, of) => language.has(name, of))!
  const result = equation.results[0]!
  const algebra = language.algebra(writer, { shape: result.shape, dtype })
  const { write, number, mask } = expressionWriter(
    algebra,
    (name) => language.has(name, dtype),
    (name) => formula(name, dtype),
    equation.params
  )
  const written = write(
    expression,
    operands.map((value) =>
      value.dtype === 'bool' ? { _tag: 'Mask', value } : { _tag: 'Number', value: algebra.convert(value, dtype) }
    )
  )
  if (result.dtype === 'bool') return mask(written)
  return algebra.convert(number(written), result.dtype)
}
