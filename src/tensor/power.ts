/** Powers and roots. */
import * as E from '../primitive/expression.js'
import { type Scalar1, type Scalar2, binaryLoop } from '../kernel/elementwise.js'
import { log as logFloat32 } from '../kernel/functions/log.js'
import { pow as powFloat32, powLoop } from '../kernel/functions/pow.js'
import {
  SCALE_DOWN,
  SCALE_UP,
  SQUARE_MAX,
  SQUARE_MIN,
  hypot as hypotOf,
  integerPower,
  pow as powOf
} from '../kernel/special/power.js'
import { align } from '../primitive/batch.js'
import { type Sample, interval, real } from '../primitive/domain.js'
import { type Binary, type Unary, binary, guardedMul, unary } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import { type Primitive, none, type None } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { add, mul, neg, reciprocal, square, sub } from './arithmetic.js'
import { evaluateBinary } from './evaluate.js'
import type { Tensor } from './model.js'

/** The positive numbers, as far from 0 as differences of third order need; and their negatives. */
const positive = interval(0.4, 4)
const negative = interval(-4, -0.4)

// -----------------------------------------------------------------------------
// roots
// -----------------------------------------------------------------------------

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

// -----------------------------------------------------------------------------
// powers
// -----------------------------------------------------------------------------

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

// -----------------------------------------------------------------------------
// the length of a vector
// -----------------------------------------------------------------------------

/** Pairs that keep away from the origin, on all sides of it. */
const aroundOrigin: Sample<None> = (draw) => {
  const shape = draw.shape()
  const anywhere = draw.tensor(shape, real)
  const apart = draw.tensor(shape, draw.pick([interval(0.5, 3), interval(-3, -0.5)]))
  return { operands: draw.integer(0, 1) === 0 ? [anywhere, apart] : [apart, anywhere], params: none }
}

const width = E.call('abs', E.x)
const height = E.call('abs', E.y)
const squares = E.add(E.mul(E.x, E.x), E.mul(E.y, E.y))
const inRange = E.select(E.greater(squares, SQUARE_MIN), E.less(squares, SQUARE_MAX), 0)
const isInfinite = E.select(E.equal(width, Infinity), 1, E.equal(height, Infinity))
const scale = E.select(E.select(E.greater(width, 1), 1, E.greater(height, 1)), SCALE_DOWN, SCALE_UP)
const scaledWidth = E.mul(width, scale)
const scaledHeight = E.mul(height, scale)
const scaledSquares = E.add(E.mul(scaledWidth, scaledWidth), E.mul(scaledHeight, scaledHeight))

/** The length, step by step as the kernel computes it. */
const length = E.select(
  inRange,
  E.call('sqrt', squares),
  E.select(isInfinite, Infinity, E.div(E.call('sqrt', scaledSquares), scale))
)

/**
 * The length of the vector (x, y), sqrt(x^2 + y^2), without overflow of the squares. Its derivatives are 0 at the origin.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.hypot(T.of([3, 5]), T.of([4, 12])) // => T.of([5, 13])
 * grad((x: T.Tensor<[]>) => T.hypot(x, 0))(T.scalar(0)) // => T.scalar(0)
 */
export const hypot: Binary<'hypot'> = binary({
  name: 'hypot',
  domains: [real, real],
  f: hypotOf,
  scalar: length,
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = hypotOf(x[p]!, y[q]!)
  },
  df: [(x, y) => direction(x, y), (x, y) => direction(y, x)],
  accepts: 'float',
  sample: aroundOrigin
})

const signOfInfinite = E.select(E.greater(E.x, 0), 1, -1)

const directionOf = (x: number, y: number): number => {
  const length = hypotOf(x, y)
  if (length === 0) return 0
  if (length !== Infinity) return x / length
  return Math.abs(x) !== Infinity ? 0 : Math.abs(y) !== Infinity ? Math.sign(x) : Math.sign(x) * Math.SQRT1_2
}

/** x / hypot(x, y), the cosine of the angle of (x, y), and 0 at the origin: the derivative of `hypot` in x. */
export const direction: Binary<'direction'> = binary({
  name: 'direction',
  domains: [real, real],
  f: directionOf,
  scalar: E.select(
    E.equal(length, 0),
    0,
    E.select(
      E.notEqual(length, Infinity),
      E.div(E.x, length),
      E.select(
        E.notEqual(width, Infinity),
        0,
        E.select(E.notEqual(height, Infinity), signOfInfinite, E.mul(signOfInfinite, Math.SQRT1_2))
      )
    )
  ),
  df: [
    (x, y) => guardedMul(square(direction(y, x)), reciprocal(hypot(x, y))),
    (x, y, out) => neg(guardedMul(mul(out, direction(y, x)), reciprocal(hypot(x, y))))
  ],
  accepts: 'float',
  sample: aroundOrigin
})
