/** The hyperbolic tangent and its derivative: apart from its relatives, which need roots. */
import * as E from '../primitive/expression.js'
import { tanh as tanhFloat32, tanhLoop } from '../kernel/functions/tanh.js'
import * as Float32 from '../kernel/special/logisticFloat32.js'
import { tanhDerivative as tanhDerivativeOf } from '../kernel/special/logistic.js'
import { real } from '../primitive/domain.js'
import { type Unary, guardedMul, unary } from '../primitive/elementwise.js'
import { mul } from './arithmetic.js'
import { sigmoidDerivativeAt } from './logisticExpression.js'

/**
 * The hyperbolic tangent. Its derivative is 4 s(2x) s(-2x) with s the logistic function, which does not vanish in the tails as
 * 1 - tanh(x)^2 does.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.tanh(T.of([0, 1])) // ≈ Tensor<[2], float32> [0, 0.7616]
 * grad(T.tanh)(T.scalar(20)) // ≈ Tensor<[], float32> 1.6993e-17
 */
export const tanh: Unary = unary({
  name: 'tanh',
  domain: real,
  f: Math.tanh,
  single: tanhFloat32,
  scalar: E.call('tanh', E.x),
  loops: { float32: tanhLoop },
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.tanh(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, tanhDerivative(x))
})

/** 1 / cosh(x)^2, with full relative accuracy in both tails; its derivative is -2 tanh(x) times itself. */
export const tanhDerivative: Unary = unary({
  name: 'tanhDerivative',
  domain: real,
  f: tanhDerivativeOf,
  single: Float32.tanhDerivative,
  loops: { float32: Float32.tanhDerivativeLoop },
  scalar: E.mul(4, sigmoidDerivativeAt(E.mul(2, E.x))),
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = tanhDerivativeOf(x[p]!)
  },
  df: (x, y) => mul(mul(tanh(x), y), -2)
})
