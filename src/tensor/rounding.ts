/** Rounding, whose derivative is 0; and the remainder. */
import * as E from '../primitive/expression.js'
import { none } from '../primitive/model.js'
import { mod as modOf, roundHalfEven } from '../kernel/special/rounding.js'
import { interval } from '../primitive/domain.js'
import { type Binary, type Unary, binary, guardedMul, unary } from '../primitive/elementwise.js'
import { div, neg, sub } from './arithmetic.js'
import type { Tensor } from './model.js'

const betweenIntegers = interval(-3, 3, [-2, -1, 0, 1, 2])
const betweenHalves = interval(-3, 3, [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
const identity = (t: Tensor): Tensor => t

/**
 * The largest integer that is not larger. Its derivative is 0.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.floor(T.of([1.7, -1.2])) // => T.of([1, -2])
 */
export const floor: Unary = unary({
  name: 'floor',
  domain: betweenIntegers,
  scalar: E.call('floor', E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.floor(x[p]!)
  },
  accepts: 'number'
})

/**
 * The smallest integer that is not smaller. Its derivative is 0.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.ceil(T.of([1.2, -1.7])) // => T.of([2, -1])
 */
export const ceil: Unary = unary({
  name: 'ceil',
  domain: betweenIntegers,
  scalar: E.call('ceil', E.x),
  accepts: 'number'
})

/**
 * The nearest integer, and the even one of two that are equally near, as NumPy rounds. Its derivative is 0.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.round(T.of([0.5, 1.5, 2.5, -1.7])) // => T.of([0, 2, 2, -2])
 */
export const round: Unary = unary({
  name: 'round',
  domain: betweenHalves,
  scalar: E.call('round', E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = roundHalfEven(x[p]!)
  },
  accepts: 'number'
})

const remainder = E.call('rem', E.x, E.y)

/**
 * The remainder x - floor(x / y) y, which has the sign of y, as in NumPy and Python. The remainder of a division by 0 is NaN, and 0
 * for int32.
 *
 * The derivatives are 1 in x and -floor(x / y) in y.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.mod(T.of([7, -7]), 3) // => T.of([1, 2])
 */
export const mod: Binary<'mod'> = binary({
  name: 'mod',
  domains: [interval(2.3, 2.8), interval(1.05, 1.15)],
  f: modOf,
  scalar: E.select(
    E.equal(remainder, 0),
    E.select(E.greater(E.y, 0), 0, -0),
    E.select(E.notEqual(E.less(remainder, 0), E.less(E.y, 0)), E.add(remainder, E.y), remainder)
  ),
  diagonal: [() => identity, (x, y, out) => (t) => neg(guardedMul(t, round(div(sub(x, out), y))))],
  sample: (draw) => {
    const shape = draw.shape()
    const dividend = draw.pick([interval(2.3, 2.8), interval(0.2, 0.8), interval(-2.8, -2.3), interval(-0.8, -0.2)])
    const divisor = draw.pick([interval(1.05, 1.14), interval(-1.14, -1.05)])
    return { operands: [draw.tensor(shape, dividend), draw.tensor(shape, divisor)], params: none }
  }
})
