/** The circular functions and their inverses, over sine, square root and arithmetic. */
import {
  type Expression,
  add,
  call,
  div,
  equal,
  less,
  lessEqual,
  greater,
  mul,
  select,
  sub,
  x,
  y
} from '../../../primitive/expression.js'
import { type Formula, abs, both, oddly, parts, polynomial, quotient } from './model.js'

/** The rest of pi behind its float64. */
const piLow = 1.2246467991473532e-16

/** Sine by cosine. */
export const tan: Formula = () => div(call('sin', x), call('cos', x))

/** `1 - 2 sin^2(x / 2)`: to an absolute error of two units in the last place of 1. */
export const cos: Formula = () => {
  const s = call('sin', mul(x, 0.5))
  return sub(1, mul(2, mul(s, s)))
}

/** atan(t) / t - 1 divided by t^2, as a function of z = t^2, for |t| <= 0.4143 (float32) or 0.66: S. L. Moshier, Cephes (1989). */
const rest = (z: Expression, single: boolean): Expression =>
  single
    ? polynomial([8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1], z)
    : quotient(
        [-0.8750608600031904, -16.157537187333652, -75.00855792314705, -122.88666844901361, -64.85021904942025],
        [1, 24.858464901423062, 165.02700983169885, 432.88106049129027, 485.3903996359137, 194.5506571482614],
        z
      )

/** The arc tangent of a number that is not negative; NaN of NaN. */
const arcTangent = (a: Expression, single: boolean): Expression => {
  const isLarge = greater(a, 2.414213562373095)
  const isSmall = lessEqual(a, single ? 0.4142135623730951 : 0.66)
  const t = select(isLarge, div(-1, a), select(isSmall, a, div(sub(a, 1), add(a, 1))))
  const z = mul(t, t)
  const [high, low] = parts(Math.PI, piLow, single)
  const base = select(isLarge, high / 2, select(isSmall, 0, high / 4))
  const lower = select(isLarge, low / 2, select(isSmall, 0, low / 4))
  return add(base, add(t, add(mul(t, mul(z, rest(z, single))), lower)))
}

/** By three ranges: S. L. Moshier, Cephes Mathematical Library (1989), atan and atanf. */
export const atan: Formula = (single) => oddly(arcTangent(abs(x), single))

/** `2 atan(x / (1 + sqrt(1 - x^2)))`, NIST DLMF 4.23. */
export const asin: Formula = (single) => {
  const size = abs(x)
  const root = call('sqrt', mul(sub(1, size), add(1, size)))
  return oddly(mul(2, arcTangent(div(size, add(root, 1)), single)))
}

/** `2 atan(sqrt((1 - x) / (1 + x)))`. */
export const acos: Formula = (single) => mul(2, arcTangent(call('sqrt', div(sub(1, x), add(1, x))), single))

/** Whether a number has the sign bit, also of zero. */
const isNegative = (a: Expression): Expression => select(equal(a, 0), less(div(1, a), 0), less(a, 0))

/** The angle of a point, by the arc tangent of the quotient of the sizes, and the quadrant. */
export const atan2: Formula = (single) => {
  const [tall, wide] = [abs(x), abs(y)]
  const ratio = select(equal(tall, wide), select(equal(wide, 0), 0, 1), div(tall, wide))
  const acute = arcTangent(ratio, single)
  const [high, low] = parts(Math.PI, piLow, single)
  const angle = select(isNegative(y), sub(high, sub(acute, low)), acute)
  return select(both(equal(angle, angle), isNegative(x)), call('neg', angle), angle)
}
