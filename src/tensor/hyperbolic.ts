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
 * The inverse hyperbolic cosine, log(x + sqrt(x^2 - 1)); NaN below 1. Its derivative is infinite at 1, and with a zero cotangent 0.
 *
 * A distance acosh(1 + 2 d^2), as in hyperbolic space, is 2 asinh(d): with the digits of small d, and with a finite derivative at 0.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.acosh(T.of([1, 2])) // ≈ Tensor<[2], float32> [0, 1.3170]
 * grad(T.acosh)(T.scalar(1)) // => T.scalar(Infinity)
 * grad((d: T.Tensor<[]>) => T.mul(T.asinh(d), 2))(T.scalar(0)) // => T.scalar(2)
 */
export const acosh: Unary = unary({
  name: 'acosh',
  domain: interval(1.3, 4),
  scalar: E.call('acosh', E.x),
  diagonal: (x) => (t) => guardedMul(t, mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1))))
})

/**
 * The inverse hyperbolic tangent, log((1 + x) / (1 - x)) / 2; infinite at -1 and 1, NaN beyond. Its derivative is infinite at -1 and 1, and with
 * a zero cotangent 0.
 *
 * Of x = (a - b) / (a + b) it is (log a - log b) / 2, with the digits that x loses near the ends.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.atanh(T.of([0, 0.5])) // ≈ Tensor<[2], float32> [0, 0.5493]
 * grad(T.atanh)(T.scalar(-1)) // => T.scalar(Infinity)
 *
 * // a = 1, b = 1e-9, where (a - b) / (a + b) is 1 in float32
 * const [a, b] = [T.scalar(1), T.scalar(1e-9)]
 * T.mul(T.sub(T.log(a), T.log(b)), 0.5) // ≈ Tensor<[], float32> 10.3616
 */
export const atanh: Unary = unary({
  name: 'atanh',
  domain: interval(-0.85, 0.85),
  scalar: E.call('atanh', E.x),
  diagonal: (x) => (t) => guardedMul(t, reciprocal(oneMinusSquare(x)))
})
