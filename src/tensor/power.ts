/** Powers. */
import * as E from '../primitive/expression.js'
import { type Scalar1, type Scalar2, binaryLoop } from '../kernel/elementwise.js'
import { log as logFloat32 } from '../kernel/functions/log.js'
import { pow as powFloat32, powLoop } from '../kernel/functions/pow.js'
import { integerPower, pow as powOf } from '../kernel/special/power.js'
import { align } from '../primitive/batch.js'
import { interval } from '../primitive/domain.js'
import { type Binary, binary, guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { add, mul, sub } from './arithmetic.js'
import { evaluateBinary } from './evaluate.js'
import type { Tensor } from './model.js'

/**
 * The power x^p, with the special values of IEEE 754: x^0 and 1^p are 1 for all x and p, NaN included. Powers of int32 are taken
 * modulo 2^32.
 *
 * Derivatives: p x^(p - 1) in x, and where x = 0 its limit: 1 for p = 1, 0 for p = 0 and p > 1, infinite for 0 < p < 1. In p,
 * x^p log x for x > 0; at x = 0 it is 0 for p > 0 and NaN for p <= 0; for x < 0 it is NaN, since x^p is complex beside a whole p.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.pow(T.of([1, 2, 3]), 2) // => T.of([1, 4, 9])
 * pipe(T.of([4, 9]), T.pow(0.5)) // => T.of([2, 3])
 * grad((p: T.Tensor<[]>) => T.pow(2, p))(T.scalar(0)) // ≈ Tensor<[], float32> 0.6931
 */
export const pow: Binary<'pow'> = binary({
  name: 'pow',
  domains: [interval(0.4, 3), interval(-2, 3)],
  scalar: { float: E.call('pow', E.x, E.y), int32: E.call('ipow', E.x, E.y) },
  f: powOf,
  single: powFloat32,
  int32: integerPower,
  loops: { float32: powLoop },
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = powOf(x[p]!, y[q]!)
  },
  diagonal: [
    (x, p) => (t) => guardedMul(t, guardedMul(p, pow(x, sub(p, 1)))),
    (x, p) => (t) => guardedMul(t, powerLog(x, p, 1))
  ]
})

/** x^p (log x)^k for k >= 1, by the rules for the derivative of a power in p. */
const powerLogOf =
  (pow: Scalar2, log: Scalar1, k: number) =>
  (x: number, p: number): number => {
    if (x === 0) return p > 0 ? 0 : NaN
    const power = x < 0 ? NaN : pow(x, p)
    return power === 0 ? 0 : power * pow(log(x), k)
  }

const power = E.select(E.less(E.x, 0), NaN, E.call('pow', E.x, E.y))

const powerLogInX = (x: Tensor, p: Tensor, k: number): Tensor => {
  const below = sub(p, 1)
  const lower = k === 1 ? pow(x, below) : powerLog(x, below, k - 1)
  return add(guardedMul(p, powerLog(x, below, k)), mul(lower, k))
}

/** Which of a sequence of derivatives, each of which is the derivative of the one before it. */
export interface OfOrder {
  readonly order: number
}

/** x^p (log x)^k: the k-th derivative of x^p in p. Its own derivatives are of the same kind, so that they nest to any order. */
export const powerLogPrimitive: Primitive<OfOrder> = op<2, OfOrder>({
  name: 'powerLog',
  kind: 'elementwise',
  arity: 2,
  infer: (x) => x,
  scalar: E.select(
    E.equal(E.x, 0),
    E.select(E.greater(E.y, 0), 0, NaN),
    E.select(E.equal(power, 0), 0, E.mul(power, E.call('pow', E.call('log', E.x), E.parameter('order'))))
  ),
  evaluate: (x, p, { order: k }, out) => {
    const f = out.dtype === 'float32' ? powerLogOf(powFloat32, logFloat32, k) : powerLogOf(powOf, Math.log, k)
    return evaluateBinary(f, binaryLoop(f), x, p, out)
  },
  jvp: [
    (t, x, p, _out, { order: k }) => guardedMul(t, powerLogInX(x, p, k)),
    (t, x, p, _out, { order: k }) => guardedMul(t, powerLog(x, p, k + 1))
  ],
  vjp: [
    (x, p, _out, { order: k }) =>
      (ct) =>
        guardedMul(ct, powerLogInX(x, p, k)),
    (x, p, _out, { order: k }) =>
      (ct) =>
        guardedMul(ct, powerLog(x, p, k + 1))
  ],
  batch: (operands, mapped, params, size) => bindOne(powerLogPrimitive, align(operands, mapped, size), params),
  sample: (draw) => {
    const shape = draw.shape()
    const operands = [draw.tensor(shape, interval(0.4, 3)), draw.tensor(shape, interval(-2, 3))]
    return { operands, params: { order: draw.integer(1, 3) } }
  }
})

const powerLog = (x: Tensor, p: Tensor, k: number): Tensor => bindOne(powerLogPrimitive, [x, p], { order: k })
