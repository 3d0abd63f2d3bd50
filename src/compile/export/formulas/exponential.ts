/** Exponentials, logarithms, roots, powers, and the smaller and larger of two numbers. */
import { upTo } from '../../../kernel/library/kinds.js'
import {
  type Expression,
  add,
  call,
  constant,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  mul,
  notEqual,
  select,
  sub,
  x,
  y
} from '../../../primitive/expression.js'
import { type Formula, abs, both, oddly, polynomial } from './model.js'

/** 1, 1/2, 1/6, ...: the series of `expm1(x) / x`, the highest powers first. */
const inverseFactorials = (terms: number): readonly number[] =>
  upTo(terms)
    .map((i) => upTo(i + 1).reduce((product, k) => product / (k + 1), 1))
    .reverse()

/** By its series below 0.4, where a difference to 1 would lose digits. */
export const expm1: Formula = (single) => {
  const series = mul(x, polynomial(inverseFactorials(single ? 9 : 14), x))
  return select(less(abs(x), 0.4), series, sub(call('exp', x), 1))
}

/**
 * For -0.3 < x < 0.42 by the series of the inverse hyperbolic tangent: with s = x / (2 + x), log(1 + x) = 2 s + s R =
 * x - s (x - R), R = 2 s^2 / 3 + 2 s^4 / 5 + ...; as in the log1p of fdlibm (Sun Microsystems, 1993).
 */
export const log1p: Formula = (single) => {
  const s = div(x, add(x, 2))
  const z = mul(s, s)
  const coefficients = upTo(single ? 5 : 11).map((k) => 2 / (2 * k + 3))
  const series = sub(x, mul(s, sub(x, mul(z, polynomial([...coefficients].reverse(), z)))))
  return select(both(greater(x, -0.3), less(x, 0.42)), series, call('log', add(x, 1)))
}

/** The natural logarithm divided by that of 2. */
export const log2: Formula = () => mul(call('log', x), Math.LOG2E)

/** A power, and one step of Newton's method. */
export const cbrt: Formula = () => {
  const size = abs(x)
  const root = call('pow', size, 1 / 3)
  const better = sub(root, div(sub(root, div(size, mul(root, root))), 3))
  return oddly(select(less(size, Infinity), better, size))
}

/** The power of int32 modulo 2^32, by repeated squaring; of negative exponents, the whole part of the quotient. */
export const ipow: Formula = () => {
  const bits: Expression[] = []
  let rest: Expression = abs(y)
  for (let k = 30; k >= 0; k--) {
    const bit = greaterEqual(rest, 2 ** k)
    bits[k] = bit
    rest = select(bit, sub(rest, 2 ** k), rest)
  }
  let result: Expression = constant(1)
  let base: Expression = x
  for (const bit of bits) {
    result = select(bit, call('imul', result, base), result)
    base = call('imul', base, base)
  }
  const inverse = select(equal(x, 1), 1, select(equal(x, -1), select(bits[0]!, -1, 1), 0))
  return select(less(y, 0), inverse, result)
}

/** One of two numbers, NaN where one is; of two zeros, what `ofZeros` gives. */
const chosen = (isFirst: Expression, ofZeros: Expression): Expression =>
  select(
    notEqual(x, x),
    x,
    select(notEqual(y, y), y, select(both(equal(x, 0), equal(y, 0)), ofZeros, select(isFirst, x, y)))
  )

/** The larger one; of two zeros the sum, which is -0 only if both are. */
export const max: Formula = () => chosen(greater(x, y), add(x, y))

/** The smaller one. */
export const min: Formula = () => chosen(less(x, y), call('neg', sub(call('neg', x), y)))
