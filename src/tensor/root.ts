/** Roots. */
import * as E from '../primitive/expression.js'
import { interval } from '../primitive/domain.js'
import { type Unary, guardedMul, unary } from '../primitive/elementwise.js'
import { none } from '../primitive/model.js'
import { mul, reciprocal, square } from './arithmetic.js'

/** The positive numbers, as far from 0 as differences of third order need; and their negatives. */
const positive = interval(0.4, 4)
const negative = interval(-4, -0.4)

/**
 * The square root; NaN below 0. Its derivative 1 / (2 sqrt x) is infinite at 0; with a zero cotangent it is 0.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.sqrt(T.of([4, 9])) // => T.of([2, 3])
 * grad(T.sqrt)(T.scalar(0)) // => T.scalar(Infinity)
 */
export const sqrt: Unary = unary({
  name: 'sqrt',
  domain: positive,
  scalar: E.call('sqrt', E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.sqrt(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, mul(rsqrt(x), 0.5))
})

/**
 * 1 / sqrt(x): infinite at 0, NaN below.
 *
 * The two zeros are one here, so that the derivative of `sqrt(-x)` at 0 has the sign that it has beside 0.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.rsqrt(T.of([4, 16])) // => T.of([0.5, 0.25])
 */
export const rsqrt: Unary = unary({
  name: 'rsqrt',
  domain: positive,
  f: (x) => 1 / Math.sqrt(x + 0),
  scalar: E.div(1, E.call('sqrt', E.add(E.x, 0))),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = 1 / Math.sqrt(x[p]! + 0)
  },
  diagonal: (_x, y) => (t) => guardedMul(t, mul(mul(y, square(y)), -0.5))
})

/**
 * The cube root, also of negative numbers. Its derivative 1 / (3 cbrt(x)^2) is infinite at 0; with a zero cotangent it is 0.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.cbrt(T.of([8, -27])) // => T.of([2, -3])
 */
export const cbrt: Unary = unary({
  name: 'cbrt',
  domain: positive,
  scalar: E.call('cbrt', E.x),
  diagonal: (_x, y) => (t) => guardedMul(t, reciprocal(mul(square(y), 3))),
  sample: (draw) => ({ operands: [draw.tensor(draw.shape(), draw.pick([positive, negative]))], params: none })
})
