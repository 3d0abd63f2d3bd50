/** The four operations and their kin, elementwise. */
import * as E from '../primitive/expression.js'
import { none, type None } from '../primitive/model.js'
import { addLoops, divLoops, mulLoops, negLoops, squareLoops, subLoops } from '../kernel/arithmetic.js'
import { type Binary, type Unary, binary, guardedMul, unary } from '../primitive/elementwise.js'
import { type Sample, awayFrom, interval, real } from '../primitive/domain.js'
import type { Tensor } from './model.js'

const identity = (t: Tensor): Tensor => t

/** Where 1 / x is smooth; and where its third derivative is small enough to be tested by differences. */
const nonZero = awayFrom([0])(real)
const positiveSide = interval(0.4, 3)
const negativeSide = interval(-3, -0.4)

const dividend: Sample<None> = (draw) => {
  const shape = draw.shape()
  const divisor = draw.tensor(shape, draw.pick([positiveSide, negativeSide]))
  return { operands: [draw.tensor(shape, real), divisor], params: none }
}

/**
 * The negative, -x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.neg(T.of([1, -2])) // => T.of([-1, 2])
 */
export const neg: Unary = unary({
  name: 'neg',
  loops: negLoops,
  domain: real,
  scalar: E.call('neg', E.x),
  diagonal: () => neg,
  accepts: 'number'
})

/**
 * The sum, a + b. Shapes broadcast, types promote, and a number takes the type of the tensor beside it.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.add(T.of([1, 2]), T.of([10, 20])) // => T.of([11, 22])
 * pipe(T.of([1, 2]), T.add(1)) // => T.of([2, 3])
 */
export const add: Binary<'add'> = binary({
  name: 'add',
  loops: addLoops,
  domains: [real, real],
  scalar: E.add(E.x, E.y),
  diagonal: [() => identity, () => identity]
})

/**
 * The difference, a - b.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.sub(T.of([3, 2]), T.of([1, 1])) // => T.of([2, 1])
 * pipe(T.of([3, 2]), T.sub(1)) // => T.of([2, 1])
 */
export const sub: Binary<'sub'> = binary({
  name: 'sub',
  loops: subLoops,
  domains: [real, real],
  scalar: E.sub(E.x, E.y),
  diagonal: [() => identity, () => neg]
})

/**
 * The product, elementwise; that of int32 is taken modulo 2^32.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.mul(T.of([1, 2]), T.of([3, 4])) // => T.of([3, 8])
 */
export const mul: Binary<'mul'> = binary({
  name: 'mul',
  loops: mulLoops,
  domains: [real, real],
  scalar: { float: E.mul(E.x, E.y), int32: E.call('imul', E.x, E.y) },
  neutral: 1,
  int32: Math.imul,
  diagonal: [(_x, y) => (t) => guardedMul(t, y), (x) => (t) => guardedMul(t, x)]
})

/**
 * The quotient a / b; integers become float32. Division by zero follows IEEE 754, in the derivative too: infinities flow,
 * but a zero cotangent stays 0.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.div(T.of([1, 3]), 2) // => T.of([0.5, 1.5])
 */
export const div: Binary<'div'> = binary({
  name: 'div',
  loops: divLoops,
  domains: [real, nonZero],
  scalar: E.div(E.x, E.y),
  sample: dividend,
  diagonal: [(_x, y) => (t) => guardedMul(t, reciprocal(y)), (_x, y, out) => (t) => guardedMul(t, neg(div(out, y)))],
  accepts: 'float'
})

/**
 * The reciprocal, 1 / x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.reciprocal(T.of([2, 4])) // => T.of([0.5, 0.25])
 */
export const reciprocal: Unary = unary({
  name: 'reciprocal',
  domain: nonZero,
  f: (x) => 1 / x,
  scalar: E.div(1, E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = 1 / x[p]!
  },
  diagonal: (_x, y) => (t) => guardedMul(t, neg(square(y))),
  sample: (draw) => {
    const operand = draw.tensor(draw.shape(), draw.pick([positiveSide, negativeSide]))
    return { operands: [operand], params: none }
  }
})

/**
 * The square, x^2.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.square(T.of([2, -3])) // => T.of([4, 9])
 */
export const square: Unary = unary({
  name: 'square',
  domain: real,
  f: (x) => x * x,
  scalar: { float: E.mul(E.x, E.x), int32: E.call('imul', E.x, E.x) },
  int32: (x) => Math.imul(x, x),
  loops: squareLoops,
  diagonal: (x) => (t) => guardedMul(t, add(x, x)),
  accepts: 'number'
})

/**
 * The absolute value, |x|; its derivative is the sign, 0 at 0.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.abs(T.of([2, -3])) // => T.of([2, 3])
 * grad(T.abs)(T.scalar(0)) // => T.scalar(0)
 */
export const abs: Unary = unary({
  name: 'abs',
  domain: awayFrom([0])(real),
  scalar: E.call('abs', E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.abs(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, sign(x)),
  accepts: 'number'
})

/**
 * The sign: -1, 0 or 1, and NaN for NaN. Its derivative is 0, at 0 too.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.sign(T.of([2, 0, -3])) // => T.of([1, 0, -1])
 */
export const sign: Unary = unary({
  name: 'sign',
  domain: awayFrom([0])(real),
  f: (x) => (x > 0 ? 1 : x < 0 ? -1 : x === x ? 0 : x),
  scalar: E.select(E.greater(E.x, 0), 1, E.select(E.less(E.x, 0), -1, E.select(E.equal(E.x, E.x), 0, E.x))),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) {
      const value = x[p]!
      out[to] = value > 0 ? 1 : value < 0 ? -1 : value === value ? 0 : value
    }
  },
  accepts: 'number'
})
