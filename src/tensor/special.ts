/** The error function, the gamma function and their kin; and x log y. */
import * as E from '../primitive/expression.js'
import { dual, parameter } from '../internal/dual.js'
import { number, requireKind } from '../internal/options.js'
import { unaryLoop } from '../kernel/elementwise.js'
import { erf as erfFloat32, erfLoop } from '../kernel/functions/erf.js'
import { erf as erfOf, erfc as erfcOf } from '../kernel/special/erf.js'
import { erfInv as erfInvOf, erfcInv as erfcInvOf } from '../kernel/special/erfInverse.js'
import { lgamma as lgammaOf } from '../kernel/special/logGamma.js'
import { erfDerivative as erfDerivativeOf, xlogy as xlogyOf } from '../kernel/special/logistic.js'
import * as Float32 from '../kernel/special/logisticFloat32.js'
import { digamma as digammaOf, polygamma as polygammaOf } from '../kernel/special/polygamma.js'
import { interval, real } from '../primitive/domain.js'
import { type Binary, type Unary, binary, guardedMul, unary, unaryPrimitive } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { special } from '../primitive/special.js'
import { requireTensor } from '../internal/require.js'
import type { Shape } from '../shape/model.js'
import { mul, neg, reciprocal } from './arithmetic.js'
import { log } from './exponential.js'
import type { Tensor } from './model.js'
import type { OfOrder } from './power.js'
import { cast } from './structural.js'
import { toFloat } from '../DType.js'

// -----------------------------------------------------------------------------
// the error function
// -----------------------------------------------------------------------------

/**
 * The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
 *
 * Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.erf(T.of([0, 1])) // ≈ Tensor<[2], float32> [0, 0.8427]
 */
export const erf: Unary = unary({
  name: 'erf',
  domain: real,
  f: erfOf,
  single: erfFloat32,
  loops: { float32: erfLoop },
  scalar: special('erf', erfOf, E.x),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = erfOf(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, erfDerivative(x))
})

/** 2 / sqrt(pi) exp(-x^2); its derivative is -2 x times itself. */
export const erfDerivative: Unary = unary({
  name: 'erfDerivative',
  domain: real,
  f: erfDerivativeOf,
  single: Float32.erfDerivative,
  loops: { float32: Float32.erfDerivativeLoop },
  scalar: E.mul(1.1283791670955126, E.call('exp', E.mul(E.call('neg', E.x), E.x))),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = erfDerivativeOf(x[p]!)
  },
  df: (x, y) => guardedMul(mul(x, -2), y)
})

/**
 * The complementary error function, 1 - erf(x), without cancellation for large x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.erfc(T.of([0, 5])) // ≈ Tensor<[2], float32> [1, 1.5375e-12]
 */
export const erfc: Unary = unary({
  name: 'erfc',
  domain: real,
  f: erfcOf,
  scalar: special('erfc', erfcOf, E.x),
  diagonal: (x) => (t) => guardedMul(t, neg(erfDerivative(x)))
})

/**
 * The inverse of the error function; infinite at -1 and 1, NaN beyond.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.erfInv(T.of([0, 0.5])) // ≈ Tensor<[2], float32> [0, 0.4769]
 */
export const erfInv: Unary = unary({
  name: 'erfInv',
  domain: interval(-0.85, 0.85),
  f: erfInvOf,
  scalar: special('erfInv', erfInvOf, E.x),
  diagonal: (_x, y) => (t) => guardedMul(t, reciprocal(erfDerivative(y)))
})

/**
 * The inverse of the complementary error function, without cancellation for small numbers; infinite at 0 and 2, NaN beyond.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.erfcInv(T.of([1, 0.5])) // ≈ Tensor<[2], float32> [0, 0.4769]
 * T.isClose(T.erfcInv(T.scalar(1e-300, 'float64')), T.scalar(26.2094699605161, 'float64')) // => true
 */
export const erfcInv: Unary = unary({
  name: 'erfcInv',
  domain: interval(0.15, 1.85),
  f: erfcInvOf,
  scalar: special('erfcInv', erfcInvOf, E.x),
  diagonal: (_x, y) => (t) => guardedMul(t, neg(reciprocal(erfDerivative(y))))
})

// -----------------------------------------------------------------------------
// the gamma function
// -----------------------------------------------------------------------------

/** Positive numbers, as far from the pole at 0 as differences of third order need. */
const positive = interval(0.6, 5)

/**
 * The logarithm of the absolute value of the gamma function, log |Gamma(x)|: infinite at 0, -1, -2, ...
 *
 * In float64 the relative error is at most 1e-14 for x > 0, and for x < 0 where the result is 1 or more in size. Beside the zeros below 0, which
 * are at -2.457, -2.748, -3.144, -3.955 and so on, the absolute error is: some 1e-16 at the first, up to 8e-15 at -15.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.lgamma(T.of([2, 5])) // ≈ Tensor<[2], float32> [0, 3.1781]
 */
export const lgamma: Unary = unary({
  name: 'lgamma',
  domain: positive,
  f: lgammaOf,
  scalar: special('lgamma', lgammaOf, E.x),
  diagonal: (x) => (t) => guardedMul(t, digamma(x))
})

/**
 * The derivative of `lgamma`, psi(x) = Gamma'(x) / Gamma(x).
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.digamma(T.of([1, 2])) // ≈ Tensor<[2], float32> [-0.5772, 0.4228]
 */
export const digamma: Unary = unary({
  name: 'digamma',
  domain: positive,
  f: digammaOf,
  scalar: special('digamma', digammaOf, E.x),
  diagonal: (x) => (t) => guardedMul(t, polygammaOfOrder(x, 1))
})

/** The derivative of `digamma` of a given order; its own derivative is the next one. */
export const polygammaPrimitive: Primitive<OfOrder> = unaryPrimitive<OfOrder>({
  name: 'polygamma',
  kernel: (_dtype, { order }) => {
    const f = (x: number): number => polygammaOf(order, x)
    return { f, loop: unaryLoop(f) }
  },
  scalar: special('polygamma', polygammaOf, E.parameter('order'), E.x),
  diagonal:
    (x, _y, { order }) =>
    (t) =>
      guardedMul(t, polygammaOfOrder(x, order + 1)),
  sample: (draw) => ({ operands: [draw.tensor(draw.shape(), positive)], params: { order: draw.integer(0, 3) } })
})

const polygammaOfOrder = (x: Tensor, order: number): Tensor => bindOne(polygammaPrimitive, [x], { order })

const requireOrder = (operation: string, order: unknown): void =>
  requireKind(
    operation,
    'order',
    order,
    number('an integer from 0 to 170', (n) => Number.isInteger(n) && n >= 0 && n <= 170)
  )

interface Polygamma {
  <S extends Shape>(x: Tensor<S>, order: number): Tensor<S>
  (order: number): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/**
 * The derivative of `digamma` of an order from 0 (which is `digamma` itself) to 170.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.polygamma(T.of([1, 2]), 1) // ≈ Tensor<[2], float32> [1.6449, 0.6449]
 * pipe(T.of([1, 2]), T.polygamma(0)) // ≈ Tensor<[2], float32> [-0.5772, 0.4228]
 */
export const polygamma: Polygamma = dual<Polygamma>(
  (x: Tensor, order: number): Tensor => {
    requireTensor('polygamma', x)
    requireOrder('polygamma', order)
    return polygammaOfOrder(cast(x, toFloat(x.dtype)), order)
  },
  2,
  parameter('polygamma', requireOrder)
)

// -----------------------------------------------------------------------------
// entropy
// -----------------------------------------------------------------------------

/**
 * x log y, and 0 where x is 0, whatever y is: the terms of entropies and cross-entropies. The derivatives are log y and x / y;
 * the latter is 0 where x is 0.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.xlogy(T.of([0, 2]), T.of([0, 1])) // => T.of([0, 0])
 * grad((y: T.Tensor<[]>) => T.xlogy(0, y))(T.scalar(0)) // => T.scalar(0)
 */
export const xlogy: Binary<'xlogy'> = binary({
  name: 'xlogy',
  domains: [real, interval(0.4, 4)],
  f: xlogyOf,
  single: Float32.xlogy,
  loops: { float32: Float32.xlogyLoop },
  scalar: E.select(E.equal(E.x, 0), E.select(E.equal(E.y, E.y), 0, NaN), E.mul(E.x, E.call('log', E.y))),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = xlogyOf(x[p]!, y[q]!)
  },
  diagonal: [(_x, y) => (t) => guardedMul(t, log(y)), (x, y) => (t) => guardedMul(t, guardedMul(x, reciprocal(y)))],
  accepts: 'float'
})
