/** The hyperbolic sine and cosine, and the inverses of the hyperbolic functions. */
import * as E from '../primitive/expression.js'
import { interval, real } from '../primitive/domain.js'
import { type Unary, guardedMul, unary } from '../primitive/elementwise.js'
import { add, mul, reciprocal, sub } from './arithmetic.js'
import { hypot } from './hypot.js'
import { rsqrt } from './root.js'
import { oneMinusSquare } from './trigonometric.js'

/**
 * The hyperbolic sine, (e^x - e^-x) / 2.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.sinh(T.of([0, 1])) // ≈ Tensor<[2], float32> [0, 1.1752]
 */
export const sinh: Unary = unary({
  name: 'sinh',
  domain: real,
  scalar: E.call('sinh', E.x),
  diagonal: (x) => (t) => guardedMul(t, cosh(x))
})

/**
 * The hyperbolic cosine, (e^x + e^-x) / 2.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.cosh(T.of([0, 1])) // ≈ Tensor<[2], float32> [1, 1.5431]
 */
export const cosh: Unary = unary({
  name: 'cosh',
  domain: real,
  scalar: E.call('cosh', E.x),
  diagonal: (x) => (t) => guardedMul(t, sinh(x))
})

/**
 * The inverse hyperbolic sine, log(x + sqrt(x^2 + 1)).
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.asinh(T.of([0, 1])) // ≈ Tensor<[2], float32> [0, 0.8814]
 */
export const asinh: Unary = unary({
  name: 'asinh',
  domain: real,
  scalar: E.call('asinh', E.x),
  diagonal: (x) => (t) => guardedMul(t, reciprocal(hypot(x, 1)))
})

/**
 * The inverse hyperbolic cosine, log(x + sqrt(x^2 - 1)); NaN below 1. Its derivative is infinite at 1.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.acosh(T.of([1, 2])) // ≈ Tensor<[2], float32> [0, 1.3170]
 */
export const acosh: Unary = unary({
  name: 'acosh',
  domain: interval(1.3, 4),
  scalar: E.call('acosh', E.x),
  diagonal: (x) => (t) => guardedMul(t, mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1))))
})

/**
 * The inverse hyperbolic tangent, log((1 + x) / (1 - x)) / 2; infinite at -1 and 1, NaN beyond.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.atanh(T.of([0, 0.5])) // ≈ Tensor<[2], float32> [0, 0.5493]
 */
export const atanh: Unary = unary({
  name: 'atanh',
  domain: interval(-0.85, 0.85),
  scalar: E.call('atanh', E.x),
  diagonal: (x) => (t) => guardedMul(t, reciprocal(oneMinusSquare(x)))
})
