/** Expressions as text. */
import type { Expression } from './expression.js'
import type { Operation } from './intrinsics.js'

/** The sign of an operation, and how tightly it binds. */
const signs: Readonly<Record<Operation, readonly [sign: string, strength: number]>> = {
  equal: ['==', 1],
  notEqual: ['!=', 1],
  less: ['<', 1],
  lessEqual: ['<=', 1],
  greater: ['>', 1],
  greaterEqual: ['>=', 1],
  add: ['+', 2],
  sub: ['-', 2],
  mul: ['*', 3],
  div: ['/', 3]
}

/** How tightly the sign of a negative binds, and what needs no parentheses anywhere. */
const negative = 4
const whole = 5

const operands = ['x', 'y', 'z']

const childrenOf = (e: Expression): readonly Expression[] => {
  if (e.op === 'intrinsic') return e.args
  if (e.op === 'select') return [e.condition, e.onTrue, e.onFalse]
  return 'left' in e ? [e.left, e.right] : []
}

const number = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/**
 * An expression as text; nodes that stand in several places are named `t1`, `t2`, ... in front.
 *
 * @example
 * import { add, call, div, less, select, showExpression, x } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const e = call('exp', call('neg', call('abs', x)))
 * showExpression(select(less(x, 0), div(e, add(1, e)), div(1, add(1, e))))
 * // => 't1 = exp(-abs(x)); select(x < 0, t1 / (1 + t1), 1 / (1 + t1))'
 *
 * const { scalar } = T.softplus.primitive
 * scalar && showExpression(scalar.float) // => 't1 = log1p(exp(-abs(x))); select(x > 0, x + t1, t1)'
 */
export const showExpression = (expression: Expression): string => {
  const uses = new Map<Expression, number>()
  const count = (e: Expression): void => {
    const before = uses.get(e) ?? 0
    uses.set(e, before + 1)
    if (before === 0) childrenOf(e).forEach(count)
  }
  count(expression)

  const names = new Map<Expression, string>()
  const lines: string[] = []
  const at = (e: Expression, strength: number): string => {
    const known = names.get(e)
    if (known !== undefined) return known
    const [text, own] = written(e)
    if (e !== expression && (uses.get(e) ?? 0) > 1 && childrenOf(e).length > 0) {
      const name = `t${names.size + 1}`
      names.set(e, name)
      lines.push(`${name} = ${text}`)
      return name
    }
    return own < strength ? `(${text})` : text
  }
  const written = (e: Expression): readonly [text: string, strength: number] => {
    if (e.op === 'operand') return [operands[e.index] ?? `x${e.index}`, whole]
    if (e.op === 'parameter') return [e.name, whole]
    if (e.op === 'constant') return [number(e.value), e.value < 0 || Object.is(e.value, -0) ? negative : whole]
    if (e.op === 'intrinsic' && e.name === 'neg') return [`-${e.args.map((arg) => at(arg, whole)).join('')}`, negative]
    if (!('left' in e)) {
      const name = e.op === 'select' ? e.op : e.name
      const args = childrenOf(e).map((arg) => at(arg, 0))
      return [`${name}(${args.join(', ')})`, whole]
    }
    // Operations of one strength are read from the left; comparisons never stand beside each other.
    const [sign, strength] = signs[e.op]
    const left = at(e.left, strength === 1 ? 2 : strength)
    return [`${left} ${sign} ${at(e.right, strength + 1)}`, strength]
  }
  lines.push(at(expression, 0))
  return lines.join('; ')
}
