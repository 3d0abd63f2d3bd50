/** Exponentials and logarithms. */
import * as E from '../primitive/expression.js'
import { exp as expFloat32, expLoop } from '../kernel/functions/exp.js'
import { expm1 as expm1Float32, expm1Loop } from '../kernel/functions/expm1.js'
import { log as logFloat32, logLoop } from '../kernel/functions/log.js'
import { log1p as log1pFloat32, log1pLoop } from '../kernel/functions/log1p.js'
import { interval, real } from '../primitive/domain.js'
import { type Unary, guardedMul, unary } from '../primitive/elementwise.js'
import { add, mul, reciprocal } from './arithmetic.js'

/** The positive numbers, as far from 0 as differences of third order need. */
const positive = interval(0.3, 4)

/**
 * The exponential, e^x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.exp(T.of([0, 1])) // ≈ Tensor<[2], float32> [1, 2.7183]
 */
export const exp: Unary = unary({
  name: 'exp',
  domain: real,
  f: Math.exp,
  single: expFloat32,
  scalar: E.call('exp', E.x),
  loops: { float32: expLoop },
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.exp(x[p]!)
  },
  diagonal: (_x, y) => (t) => guardedMul(t, y)
})

/**
 * e^x - 1, without cancellation for small x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.expm1(T.of([0, 1e-10])) // => T.of([0, 1e-10])
 */
export const expm1: Unary = unary({
  name: 'expm1',
  domain: real,
  f: Math.expm1,
  single: expm1Float32,
  scalar: E.call('expm1', E.x),
  loops: { float32: expm1Loop },
  diagonal: (x) => (t) => guardedMul(t, exp(x))
})

/**
 * The natural logarithm, log x: -Infinity at 0, NaN below.
 *
 * Its derivative 1 / x is infinite at 0; with a zero cotangent it is 0, so that `T.where(T.greater(x, 0), T.log(x), 0)` has the
 * gradient 0 there.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.log(T.of([1, 2])) // ≈ Tensor<[2], float32> [0, 0.6931]
 */
export const log: Unary = unary({
  name: 'log',
  domain: positive,
  f: Math.log,
  single: logFloat32,
  scalar: E.call('log', E.x),
  loops: { float32: logLoop },
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.log(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, reciprocal(x))
})

/**
 * log(1 + x), without cancellation for small x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.log1p(T.of([0, 1e-10])) // => T.of([0, 1e-10])
 */
export const log1p: Unary = unary({
  name: 'log1p',
  domain: interval(-0.7, 3),
  f: Math.log1p,
  single: log1pFloat32,
  scalar: E.call('log1p', E.x),
  loops: { float32: log1pLoop },
  diagonal: (x) => (t) => guardedMul(t, reciprocal(add(x, 1)))
})

const log2Float32 = (x: number): number => logFloat32(x) * Math.LOG2E

/**
 * The logarithm to base 2.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.log2(T.of([1, 8])) // => T.of([0, 3])
 */
export const log2: Unary = unary({
  name: 'log2',
  domain: positive,
  single: log2Float32,
  scalar: { float: E.call('log2', E.x), single: E.mul(E.call('log', E.x), Math.LOG2E) },
  loops: {
    float32: (n, x, p, pStep, out, to) => {
      for (const end = to + n; to < end; to++, p += pStep) out[to] = log2Float32(x[p]!)
    }
  },
  diagonal: (x) => (t) => guardedMul(t, mul(reciprocal(x), Math.LOG2E))
})
