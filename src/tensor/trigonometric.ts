/** The circular functions and their inverses, in radians. */
import * as E from '../primitive/expression.js'
import { cos as cosFloat32, cosLoop } from '../kernel/functions/cos.js'
import { sin as sinFloat32, sinLoop } from '../kernel/functions/sin.js'
import { none } from '../primitive/model.js'
import { interval, real } from '../primitive/domain.js'
import { type Binary, type Unary, binary, guardedMul, unary } from '../primitive/elementwise.js'
import { add, mul, neg, reciprocal, square } from './arithmetic.js'
import { direction, hypot } from './hypot.js'
import { rsqrt } from './root.js'

/** The open interval of asin and acos, as far from its ends as differences of third order need. */
const inside = interval(-0.85, 0.85)

/**
 * The sine.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.sin(T.of([0, Math.PI / 2])) // => T.of([0, 1])
 * grad(T.sin)(T.scalar(0)) // => T.scalar(1)
 */
export const sin: Unary = unary({
  name: 'sin',
  domain: real,
  f: Math.sin,
  single: sinFloat32,
  scalar: E.call('sin', E.x),
  loops: { float32: sinLoop },
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.sin(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, cos(x))
})

/**
 * The cosine.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.cos(T.of([0, Math.PI])) // => T.of([1, -1])
 */
export const cos: Unary = unary({
  name: 'cos',
  domain: real,
  f: Math.cos,
  single: cosFloat32,
  scalar: E.call('cos', E.x),
  loops: { float32: cosLoop },
  loop: (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = Math.cos(x[p]!)
  },
  diagonal: (x) => (t) => guardedMul(t, neg(sin(x)))
})

/**
 * The tangent.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.tan(T.of([0, Math.PI / 4])) // => T.of([0, 1])
 */
export const tan: Unary = unary({
  name: 'tan',
  domain: interval(-1.2, 1.2),
  scalar: E.call('tan', E.x),
  diagonal: (_x, y) => (t) => guardedMul(t, add(square(y), 1))
})

/** From here on 1 / (1 + x^2) is 1 / x^2, and x^2 may overflow. */
const FAR = 2 ** 500

/** 1 - x^2, without cancellation near 1 and -1, nor in its derivative near 0. */
export const oneMinusSquare: Unary = unary({
  name: 'oneMinusSquare',
  domain: real,
  f: (x) => (1 - x) * (1 + x),
  scalar: E.mul(E.sub(1, E.x), E.add(1, E.x)),
  df: (x) => mul(x, -2)
})

/** 1 / (1 + x^2), the derivative of the inverse tangent; its own keeps its digits far out. */
export const atanDerivative: Unary = unary({
  name: 'atanDerivative',
  domain: real,
  f: (x) => (Math.abs(x) < FAR ? 1 / (1 + x * x) : 1 / x / x),
  scalar: E.select(E.less(E.call('abs', E.x), FAR), E.div(1, E.add(1, E.mul(E.x, E.x))), E.div(E.div(1, E.x), E.x)),
  df: (x, y) => mul(mul(x, y), mul(y, -2))
})

/**
 * The inverse sine, from -pi/2 to pi/2; NaN outside [-1, 1]. Its derivative is infinite at -1 and 1, and with a zero cotangent 0.
 *
 * Where the cosine of the angle is known as well, `T.atan2(sine, cosine)` has finite derivatives everywhere, and the digits near the
 * ends that the sine alone does not hold.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.asin(T.of([0, 0.5])) // ≈ Tensor<[2], float32> [0, 0.5236]
 * grad(T.asin)(T.scalar(1)) // => T.scalar(Infinity)
 * grad((sine: T.Tensor<[]>) => T.atan2(sine, 0))(T.scalar(1)) // => T.scalar(0)
 */
export const asin: Unary = unary({
  name: 'asin',
  domain: inside,
  scalar: E.call('asin', E.x),
  diagonal: (x) => (t) => guardedMul(t, rsqrt(oneMinusSquare(x)))
})

/**
 * The inverse cosine, from 0 to pi; NaN outside [-1, 1]. Its derivative is -infinite at -1 and 1, and with a zero cotangent 0.
 *
 * The angle of two unit vectors, whose product may be beyond 1 by rounding, is 2 atan2(|u - v|, |u + v|): exact to rounding and with a
 * finite derivative everywhere, which is 0 at equal vectors. And acos(1 - 2 h^2) is 2 asin(h). Source: W. Kahan, How futile are mindless
 * assessments of roundoff in floating-point computation? (2006).
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.acos(T.of([1, 0.5])) // ≈ Tensor<[2], float32> [0, 1.0472]
 *
 * const v = T.of([1, 0])
 * const angle = (u: T.Tensor<[2]>): T.Tensor<[]> => T.mul(T.atan2(T.norm(T.sub(u, v)), T.norm(T.add(u, v))), 2)
 * angle(T.of([0, 1])) // ≈ Tensor<[], float32> 1.5708
 * grad(angle)(v) // => T.of([0, 0])
 * grad((u: T.Tensor<[2]>) => T.acos(T.dot(u, v)))(v) // => T.of([-Infinity, 0])
 */
export const acos: Unary = unary({
  name: 'acos',
  domain: inside,
  scalar: E.call('acos', E.x),
  diagonal: (x) => (t) => guardedMul(t, neg(rsqrt(oneMinusSquare(x))))
})

/**
 * The inverse tangent, from -pi/2 to pi/2.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.atan(T.of([0, 1])) // ≈ Tensor<[2], float32> [0, 0.7854]
 */
export const atan: Unary = unary({
  name: 'atan',
  domain: real,
  scalar: E.call('atan', E.x),
  diagonal: (x) => (t) => guardedMul(t, atanDerivative(x))
})

/**
 * The angle of the point (x, y), from -pi to pi: `T.atan2(y, x)`, the ordinate first. Its derivatives are 0 at the origin, where
 * it has none.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.atan2(T.of([1, 0]), T.of([1, -1])) // ≈ Tensor<[2], float32> [0.7854, 3.1416]
 */
export const atan2: Binary<'atan2'> = binary({
  name: 'atan2',
  domains: [real, interval(0.5, 3)],
  scalar: E.call('atan2', E.x, E.y),
  df: [
    (y, x) => guardedMul(direction(x, y), reciprocal(hypot(x, y))),
    (y, x) => neg(guardedMul(direction(y, x), reciprocal(hypot(x, y))))
  ],
  accepts: 'float',
  sample: (draw) => {
    const shape = draw.shape()
    const anywhere = draw.tensor(shape, real)
    const right = draw.integer(0, 1) === 0
    const apart = draw.tensor(shape, right ? interval(0.5, 3) : draw.pick([interval(0.5, 3), interval(-3, -0.5)]))
    return { operands: right ? [anywhere, apart] : [apart, anywhere], params: none }
  }
})
