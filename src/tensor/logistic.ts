/** The logistic function and related functions, computed from exp(-|x|), which cannot overflow. */
import * as E from '../primitive/expression.js'
import {
  logAddExp as logAddExpOf,
  logSigmoid as logSigmoidOf,
  share as shareOf,
  sigmoidDerivative as sigmoidDerivativeOf,
  sigmoid as sigmoidOf,
  softplus as softplusOf
} from '../kernel/special/logistic.js'
import * as Float32 from '../kernel/special/logisticFloat32.js'
import { real } from '../primitive/domain.js'
import { type Binary, type Unary, binary, guardedMul, unary } from '../primitive/elementwise.js'
import { mul, neg } from './arithmetic.js'
import { tanh } from './tanh.js'
import { decayAt, sigmoidAt, sigmoidDerivativeAt, softplusAt } from './logisticExpression.js'

/**
 * The logistic function, s(x) = 1 / (1 + e^-x). Its derivative is s(x) s(-x), which does not vanish in the tails as s (1 - s)
 * does.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.sigmoid(T.of([0, 1])) // ≈ Tensor<[2], float32> [0.5, 0.7311]
 * grad(T.sigmoid)(T.scalar(0)) // => T.scalar(0.25)
 */
export const sigmoid: Unary = unary({
  name: 'sigmoid',
  domain: real,
  f: sigmoidOf,
  single: Float32.sigmoid,
  loops: { float32: Float32.sigmoidLoop },
  scalar: sigmoidAt(E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = sigmoidOf(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, sigmoidDerivative(x))
})

/** s(x) s(-x), with full relative accuracy in both tails; its derivative is -tanh(x / 2) times itself. */
export const sigmoidDerivative: Unary = unary({
  name: 'sigmoidDerivative',
  domain: real,
  f: sigmoidDerivativeOf,
  single: Float32.sigmoidDerivative,
  loops: { float32: Float32.sigmoidDerivativeLoop },
  scalar: sigmoidDerivativeAt(E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = sigmoidDerivativeOf(x[p]!)
  },
  df: (x, y) => neg(mul(tanh(mul(x, 0.5)), y))
})

/**
 * The logarithm of the logistic function, log s(x) = -softplus(-x), finite for every finite x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.logSigmoid(T.of([0, -1000])) // ≈ Tensor<[2], float32> [-0.6931, -1000]
 */
export const logSigmoid: Unary = unary({
  name: 'logSigmoid',
  domain: real,
  f: logSigmoidOf,
  single: Float32.logSigmoid,
  loops: { float32: Float32.logSigmoidLoop },
  scalar: E.call('neg', softplusAt(E.call('neg', E.x))),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = logSigmoidOf(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, sigmoid(neg(x)))
})

/**
 * log(1 + e^x), a smooth relu, finite for every finite x; its derivative is the logistic function.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.softplus(T.of([0, 1000])) // ≈ Tensor<[2], float32> [0.6931, 1000]
 */
export const softplus: Unary = unary({
  name: 'softplus',
  domain: real,
  f: softplusOf,
  single: Float32.softplus,
  loops: { float32: Float32.softplusLoop },
  scalar: softplusAt(E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = softplusOf(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, sigmoid(x))
})

/**
 * log(e^x + e^y), without overflow: the sum of two probabilities that are kept as logarithms.
 *
 * The derivatives are s(x - y) and s(y - x), with s the logistic function. Two operands of -infinity have the value -infinity
 * and derivatives 0.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.logAddExp(T.of([0, 1000]), T.of([0, 1000])) // ≈ Tensor<[2], float32> [0.6931, 1000.693]
 */
export const logAddExp: Binary<'logAddExp'> = binary({
  name: 'logAddExp',
  domains: [real, real],
  f: logAddExpOf,
  single: Float32.logAddExp,
  loops: { float32: Float32.logAddExpLoop },
  scalar: E.select(
    E.equal(E.x, E.y),
    E.add(E.x, Math.LN2),
    E.add(E.select(E.greater(E.x, E.y), E.x, E.y), E.call('log1p', decayAt(E.sub(E.x, E.y))))
  ),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = logAddExpOf(x[p]!, y[q]!)
  },
  df: [(x, y) => share(x, y), (x, y) => share(y, x)],
  accepts: 'float'
})

/** The share of e^x in e^x + e^y, s(x - y): the derivative of `logAddExp` in x. */
export const share: Binary<'share'> = binary({
  name: 'share',
  domains: [real, real],
  f: shareOf,
  single: Float32.share,
  loops: { float32: Float32.shareLoop },
  scalar: E.select(E.equal(E.x, E.y), E.select(E.equal(E.x, -Infinity), 0, 0.5), sigmoidAt(E.sub(E.x, E.y))),
  df: [(x, y, out) => mul(out, share(y, x)), (x, y, out) => neg(mul(out, share(y, x)))],
  accepts: 'float'
})
