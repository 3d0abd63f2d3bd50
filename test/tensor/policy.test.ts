// The policy at singular points: every row that concerns elementwise operations, at first and second order, in every
// combination of the two modes, for a scalar and for an element of an array.
import { describe, expect, test } from 'vitest'
import { grad, jvp, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

type S = T.Tensor<[]>
type F = (x: S) => S
type Row = readonly [what: string, f: F, at: number, value: number, first: number, second: number]

const scalar = (value: number): S => T.scalar(value, 'float64')
const one = scalar(1)
const zero = scalar(0)

const reverse = (f: F): F => grad(f)
const forward =
  (f: F): F =>
  (x) =>
    jvp(f)([x], [one])[1]

const modes = { reverse, forward }
const second = Object.entries(modes).flatMap(([outer, d]) =>
  Object.entries(modes).map(([inner, e]) => [`${outer} over ${inner}`, (f: F): F => d(e(f))] as const)
)

// -----------------------------------------------------------------------------
// the table
// -----------------------------------------------------------------------------

/** x^p at 0, in x. */
const power = (p: number, first: number, curvature: number): Row => [
  `x^${p} at 0`,
  (x) => T.pow(x, p),
  0,
  p === 0 ? 1 : p > 0 ? 0 : Infinity,
  first,
  curvature
]

/** A function with an infinite or undefined derivative, when nothing depends on its value. */
const unused = (what: string, f: F, at: number): readonly Row[] => [
  [`${what}, chosen against`, (x) => T.where(T.less(x, -1e300), f(x), 0), at, 0, 0, 0],
  [`${what}, chosen against, beside x^2`, (x) => T.where(T.less(x, -1e300), f(x), T.square(x)), at, at * at, 2 * at, 2]
]

const policy: readonly Row[] = [
  ['abs at 0', T.abs, 0, 0, 0, 0],
  ['abs at -0', T.abs, -0, 0, 0, 0],
  ['abs beside 0', T.abs, -2, 2, -1, 0],
  ['sign at 0', T.sign, 0, 0, 0, 0],
  ['relu at 0', T.relu, 0, 0, 0, 0],
  ['relu at -0', T.relu, -0, 0, 0, 0],
  ['relu above 0', T.relu, 2, 2, 1, 0],
  ['relu below 0', T.relu, -2, 0, 0, 0],

  ['maximum at a tie, the first', (x) => T.maximum(x, 3), 3, 3, 1 / 2, 0],
  ['maximum at a tie, the second', (x) => T.maximum(3, x), 3, 3, 1 / 2, 0],
  ['maximum at a tie of 0 and -0', (x) => T.maximum(x, -0), 0, 0, 1 / 2, 0],
  ['maximum at a tie of infinities', (x) => T.maximum(x, Infinity), Infinity, Infinity, 1 / 2, 0],
  ['maximum of x and x', (x) => T.maximum(x, x), 3, 3, 1, 0],
  ['maximum at a tie of curves', (x) => T.maximum(T.square(x), T.mul(x, 3)), 3, 9, 4.5, 1],
  ['minimum at a tie, the first', (x) => T.minimum(x, 3), 3, 3, 1 / 2, 0],
  ['minimum at a tie, the second', (x) => T.minimum(3, x), 3, 3, 1 / 2, 0],
  ['minimum beside a tie', (x) => T.minimum(x, 3), 2, 2, 1, 0],

  ['clamp at the lower bound', T.clamp(-1, 1), -1, -1, 0, 0],
  ['clamp at the upper bound', T.clamp(-1, 1), 1, 1, 0, 0],
  ['clamp between', T.clamp(-1, 1), 0.5, 0.5, 1, 0],
  ['clamp beyond', T.clamp({ max: 1 }), 2, 1, 0, 0],
  ['clamp at infinity where there is no bound', T.clamp({ min: 0 }), Infinity, Infinity, 1, 0],

  ['hypot at the origin, in x', (x) => T.hypot(x, 0), 0, 0, 0, 0],
  ['hypot at the origin, in y', (y) => T.hypot(0, y), 0, 0, 0, 0],
  ['hypot at the origin, in both', (x) => T.hypot(x, x), 0, 0, 0, 0],
  ['atan2 at the origin, in y', (y) => T.atan2(y, 0), 0, 0, 0, 0],
  ['atan2 at the origin, in x', (x) => T.atan2(0, x), 0, 0, 0, 0],

  ['sqrt at 0', T.sqrt, 0, 0, Infinity, -Infinity],
  ['sqrt at -0', T.sqrt, -0, -0, Infinity, -Infinity],
  ['sqrt of -x at 0', (x) => T.sqrt(T.neg(x)), 0, -0, -Infinity, -Infinity],
  ['cbrt at 0', T.cbrt, 0, 0, Infinity, 0],
  ['cbrt below 0', T.cbrt, -8, -2, 1 / 12, 1 / 144],
  ...unused('sqrt at 0', T.sqrt, 0),
  ...unused('cbrt at 0', T.cbrt, 0),
  ...unused('x^0.5 at 0', (x) => T.pow(x, 0.5), 0),
  ['0 sqrt x at 0', (x) => T.mul(T.sqrt(x), 0), 0, 0, 0, 0],
  ['0 cbrt x at 0', (x) => T.mul(T.cbrt(x), 0), 0, 0, 0, 0],
  ['0 x^0.3 at 0', (x) => T.mul(T.pow(x, 0.3), 0), 0, 0, 0, 0],

  power(0, 0, 0),
  power(0.3, Infinity, -Infinity),
  power(1, 1, 0),
  power(1.5, 0, Infinity),
  power(2, 0, 2),
  power(3, 0, 0),
  power(-1, -Infinity, Infinity),
  ['x^-2', (x) => T.pow(x, -2), 2, 1 / 4, -1 / 4, 3 / 8],
  ['x^3 below 0', (x) => T.pow(x, 3), -2, -8, 12, -12],
  ['x^1 below 0', (x) => T.pow(x, 1), -2, -2, 1, 0],
  ['x^0 below 0', (x) => T.pow(x, 0), -2, 1, 0, 0],
  ['2^p', (p) => T.pow(2, p), 3, 8, 8 * Math.LN2, 8 * Math.LN2 ** 2],
  ['0^p, p > 0', (p) => T.pow(0, p), 2, 0, 0, 0],
  ['0^p, 0 < p < 1', (p) => T.pow(0, p), 0.5, 0, 0, 0],
  ['0^p, p = 0', (p) => T.pow(0, p), 0, 1, NaN, NaN],
  ['0^p, p < 0', (p) => T.pow(0, p), -1, Infinity, NaN, NaN],
  ['(-0)^p, p > 0', (p) => T.pow(-0, p), 2, 0, 0, 0],
  ['(-2)^p', (p) => T.pow(-2, p), 2, 4, NaN, NaN],
  ['(-0.1)^p, whose value is 0', (p) => T.pow(-0.1, p), 1000, 0, NaN, NaN],
  ['0.1^p, whose value is 0', (p) => T.pow(0.1, p), 1000, 0, 0, 0],
  ['x^x at 2', (x) => T.pow(x, x), 2, 4, 4 * (Math.LN2 + 1), 4 * ((Math.LN2 + 1) ** 2 + 1 / 2)],
  ...unused('(-2)^p', (p) => T.pow(-2, p), 2),
  ...unused('0^p', (p) => T.pow(0, p), 0),

  ['sigmoid at 0', T.sigmoid, 0, 1 / 2, 1 / 4, 0],
  ['sigmoid at 40', T.sigmoid, 40, 1, 4.248354255291589e-18, -4.248354255291589e-18],
  ['sigmoid at -40', T.sigmoid, -40, 4.248354255291589e-18, 4.248354255291589e-18, 4.248354255291589e-18],
  ['sigmoid at 700', T.sigmoid, 700, 1, 9.8596765437597708e-305, -9.8596765437597708e-305],
  ['sigmoid at 1000', T.sigmoid, 1000, 1, 0, 0],
  ['sigmoid at -1000', T.sigmoid, -1000, 0, 0, 0],
  ['tanh at 20', T.tanh, 20, 1, 1.6993417021166355e-17, -3.398683404233271e-17],
  ['tanh at -20', T.tanh, -20, -1, 1.6993417021166355e-17, 3.398683404233271e-17],
  ['tanh at 1000', T.tanh, 1000, 1, 0, 0],
  ['tanh at 0', T.tanh, 0, 0, 1, 0],
  ['softplus at 1000', T.softplus, 1000, 1000, 1, 0],
  ['softplus at -1000', T.softplus, -1000, 0, 0, 0],
  ['softplus at -700', T.softplus, -700, 9.8596765437597708e-305, 9.8596765437597708e-305, 9.8596765437597708e-305],
  ['logSigmoid at 1000', T.logSigmoid, 1000, 0, 0, 0],
  ['logSigmoid at -1000', T.logSigmoid, -1000, -1000, 1, 0],

  ['x / 0', (x) => T.div(x, 0), 1, Infinity, Infinity, 0],
  ['1 / y at 0', (y) => T.div(1, y), 0, Infinity, -Infinity, Infinity],
  ['reciprocal at 0', T.reciprocal, 0, Infinity, -Infinity, Infinity],
  ['log at 0', T.log, 0, -Infinity, Infinity, -Infinity],
  ...unused('x / 0', (x) => T.div(x, 0), 1),
  ...unused('0 / y at 0', (y) => T.div(0, y), 0),
  ...unused('reciprocal at 0', T.reciprocal, 0),
  ...unused('log at 0', T.log, 0),
  ...unused('log below 0', T.log, -1),
  ...unused('log log at 0', (x) => T.log(T.log(x)), 0),
  ...unused('log2 at 0', T.log2, 0),
  ...unused('log1p at -1', T.log1p, -1),
  ...unused('asin at 1', T.asin, 1),
  ...unused('acos at 1', T.acos, 1),
  ...unused('acos at -1', T.acos, -1),
  ...unused('acosh at 1', T.acosh, 1),
  ...unused('atanh at 1', T.atanh, 1),
  ...unused('atanh at -1', T.atanh, -1),
  ...unused('erfInv at 1', T.erfInv, 1),
  ...unused('rsqrt at 0', T.rsqrt, 0),
  ...unused('digamma at 0', T.digamma, 0),
  ...unused('exp(x)^2 at 1000', (x) => T.square(T.exp(x)), 1000),
  ['log x where x > 0, at 0', (x) => T.where(T.greater(x, 0), T.log(x), 0), 0, 0, 0, 0],
  ['sqrt x where x > 0, at 0', (x) => T.where(T.greater(x, 0), T.sqrt(x), 0), 0, 0, 0, 0],
  ['1 / x where x differs from 0, at 0', (x) => T.where(T.notEqual(x, 0), T.div(1, x), x), 0, 0, 1, 0],
  ['asin at 1', T.asin, 1, Math.PI / 2, Infinity, Infinity],
  ['asin at -1', T.asin, -1, -Math.PI / 2, Infinity, -Infinity],
  ['acos at 1', T.acos, 1, 0, -Infinity, -Infinity],
  ['acos at -1', T.acos, -1, Math.PI, -Infinity, Infinity],
  ['acosh at 1', T.acosh, 1, 0, Infinity, -Infinity],
  ['atanh at 1', T.atanh, 1, Infinity, Infinity, Infinity],
  ['atanh at -1', T.atanh, -1, -Infinity, Infinity, -Infinity],
  ['0 acos x at 1', (x) => T.mul(T.acos(x), 0), 1, 0, 0, 0],
  ['0 acosh x at 1', (x) => T.mul(T.acosh(x), 0), 1, 0, 0, 0],
  ['asin beyond 1', T.asin, 1.5, NaN, NaN, NaN],
  ['acos beyond -1', T.acos, -1.5, NaN, NaN, NaN],
  ['acosh below 1', T.acosh, 0.5, NaN, NaN, NaN],

  ['xlogy(0, y) at 0', (y) => T.xlogy(0, y), 0, 0, 0, 0],
  ['xlogy(0, y) at 2', (y) => T.xlogy(0, y), 2, 0, 0, 0],
  ['xlogy(x, 2) at 0', (x) => T.xlogy(x, 2), 0, 0, Math.LN2, 0],
  ['x log x at 0', (x) => T.xlogy(x, x), 0, 0, -Infinity, Infinity],
  ['0 x log x at 0', (x) => T.mul(T.xlogy(x, x), 0), 0, 0, 0, 0],

  ['logAddExp at a tie', (x) => T.logAddExp(x, 1), 1, 1 + Math.LN2, 1 / 2, 1 / 4],
  ['logAddExp beside -infinity', (x) => T.logAddExp(x, -Infinity), 1, 1, 1, 0],
  ['logAddExp of -infinity beside a number', (x) => T.logAddExp(x, 1), -Infinity, 1, 0, 0],
  ['logAddExp of two of -infinity', (x) => T.logAddExp(x, -Infinity), -Infinity, -Infinity, 0, 0],
  ['logAddExp of two of -infinity, the second', (x) => T.logAddExp(-Infinity, x), -Infinity, -Infinity, 0, 0],
  ['logAddExp of infinity', (x) => T.logAddExp(x, 1), Infinity, Infinity, 1, 0],
  ['logAddExp far apart', (x) => T.logAddExp(x, 0), 1000, 1000, 1, 0],

  ['floor', T.floor, 1.5, 1, 0, 0],
  ['floor at an integer', T.floor, 1, 1, 0, 0],
  ['ceil', T.ceil, 1.5, 2, 0, 0],
  ['round at a half', T.round, 2.5, 2, 0, 0],
  ['x floor x', (x) => T.mul(x, T.floor(x)), 1.5, 1.5, 1, 0],
  ['a comparison', (x) => T.cast(T.greater(x, 0), 'float64'), 0, 0, 0, 0],
  ['a cast to integers', (x) => T.cast(T.cast(x, 'int32'), 'float64'), 1.5, 1, 0, 0],
  ['mod in x at a multiple', (x) => T.mod(x, 3), 6, 0, 1, 0],
  ['mod in y', (y) => T.mod(7, y), 3, 1, -2, 0],

  ['x stopGradient(x)', (x) => T.mul(x, T.stopGradient(x)), 3, 9, 3, 0],
  ['stopGradient(x^2)', (x) => T.stopGradient(T.square(x)), 3, 9, 0, 0]
]

// -----------------------------------------------------------------------------
// the tests
// -----------------------------------------------------------------------------

/** The expected value when the actual one agrees with it to 13 digits, else the actual one; without the sign of zero. */
const snapped = (actual: number, expected: number): number =>
  Math.abs(actual - expected) <= 1e-13 * Math.abs(expected) ? expected + 0 : actual + 0

/** The same function on the middle element of an array, whose neighbours must not matter. */
const inArray =
  (f: F): F =>
  (x) => {
    const neighbours = T.of([0.7, 0, 0.3], 'float64')
    const place = T.of([false, true, false])
    const y = onArrays(f)(T.where(place, x, neighbours))
    return T.dot(T.where(place, y, 0), T.of([1, 1, 1], 'float64'))
  }

/** Elementwise functions are the same on every shape; the type of the table says scalars. */
const onArrays = (f: F): ((x: T.Tensor<[3]>) => T.Tensor<[3]>) => f as never

describe('the policy at singular points', () => {
  test.each(policy)('%s', (_what, f, at, value, first, curvature) => {
    for (const g of [f, inArray(f)]) {
      const x = scalar(at)
      expect(snapped(T.item(g(x)), value)).toBe(value + 0)
      for (const d of Object.values(modes)) expect(snapped(T.item(d(g)(x)), first)).toBe(first + 0)
      for (const [, dd] of second) expect(snapped(T.item(dd(g)(x)), curvature)).toBe(curvature + 0)
    }
  })

  test('a zero cotangent gives zero, whatever the derivative', () => {
    for (const [, f, at] of policy) {
      const [, pullback] = vjp(f)(scalar(at))
      const [gradient] = pullback(zero)
      expect(snapped(T.item(gradient), 0)).toBe(0)
      expect(snapped(T.item(jvp(f)([scalar(at)], [zero])[1]), 0)).toBe(0)
    }
  })

  test('mixed second derivatives are symmetric, also at singular points', () => {
    const pairs: readonly (readonly [string, (x: S, y: S) => S, number, number, number])[] = [
      ['pow at 0, 2', T.pow, 0, 2, 0],
      ['pow at 2, 3', T.pow, 2, 3, 4 * (1 + 3 * Math.LN2)],
      ['hypot at the origin', T.hypot, 0, 0, 0],
      ['atan2 at the origin', T.atan2, 0, 0, 0],
      ['maximum at a tie', T.maximum, 1, 1, 0],
      ['xlogy at 0, 2', T.xlogy, 0, 2, 1 / 2],
      ['logAddExp at -infinity', T.logAddExp, -Infinity, -Infinity, 0],
      ['mul', T.mul, 0, 0, 1]
    ]
    for (const [, f, x, y, mixed] of pairs) {
      for (const d of Object.values(modes)) {
        for (const e of Object.values(modes)) {
          expect(snapped(T.item(d((u) => e((v) => f(u, v))(scalar(y)))(scalar(x))), mixed)).toBe(mixed + 0)
          expect(snapped(T.item(d((v) => e((u) => f(u, v))(scalar(x)))(scalar(y))), mixed)).toBe(mixed + 0)
        }
      }
    }
  })

  test('a branch that was not taken contributes nothing at the third order either', () => {
    const f: F = (x) => T.where(T.greater(x, 0), T.log(x), 0)
    for (const d of Object.values(modes)) expect(snapped(T.item(d(d(d(f)))(zero)), 0)).toBe(0)
  })

  test('third derivatives at the ends of domains are the limits, in both types, mapped too', () => {
    const ends: readonly (readonly [F, number, number])[] = [
      [T.asin, 1, Infinity],
      [T.asin, -1, Infinity],
      [T.acos, 1, -Infinity],
      [T.acos, -1, -Infinity],
      [T.acosh, 1, Infinity],
      [T.atanh, 1, Infinity],
      [T.atanh, -1, Infinity]
    ]
    for (const [f, at, third] of ends) {
      for (const [, dd] of second) {
        for (const d of Object.values(modes)) {
          expect(T.item(d(dd(f))(scalar(at)))).toBe(third)
          expect(T.toNested(vmap(grad(dd(f)))(T.of([at, at], 'float64')))).toEqual([third, third])
        }
      }
      expect(T.item(grad(f)(T.scalar(at)))).toBe(third)
    }
  })

  test('forms of angles and distances that are finite where the inverse functions are not', () => {
    type V = T.Tensor<[2]>
    const v = T.of([1, 0], 'float64')
    const angle = (u: V): S => T.mul(T.atan2(T.norm(T.sub(u, v)), T.norm(T.add(u, v))), 2)
    expect(T.item(angle(T.of([Math.cos(1e-9), Math.sin(1e-9)], 'float64')))).toBeCloseTo(1e-9, 22)
    expect(T.item(angle(T.of([0, 1], 'float64')))).toBeCloseTo(Math.PI / 2, 15)
    expect(T.toNested(grad(angle)(v))).toEqual([0, 0])
    expect(T.toNested(grad((u: V): S => T.acos(T.dot(u, v)))(v))[0]).toBe(-Infinity)

    const near: F = (h) => T.mul(T.asin(h), 2)
    const far: F = (d) => T.mul(T.asinh(d), 2)
    expect(T.item(grad(near)(zero))).toBe(2)
    expect(T.item(grad(far)(zero))).toBe(2)
    for (const at of [0.1, 0.5]) {
      const x = scalar(at)
      expect(T.item(near(x))).toBeCloseTo(T.item(T.acos(T.sub(1, T.mul(T.square(x), 2)))), 14)
      expect(T.item(far(x))).toBeCloseTo(T.item(T.acosh(T.add(T.mul(T.square(x), 2), 1))), 14)
    }
  })

  test('NaN in gives NaN out', () => {
    const x = scalar(NaN)
    const maps: readonly F[] = [
      T.abs,
      T.relu,
      T.sign,
      T.floor,
      T.round,
      T.sqrt,
      T.tanh,
      T.sigmoid,
      T.clamp(-1, 1),
      T.erf
    ]
    for (const f of maps) expect(T.item(f(x))).toBeNaN()
    for (const f of [T.maximum, T.minimum, T.add, T.hypot, T.logAddExp, T.mod]) {
      expect(T.item(f(x, 1))).toBeNaN()
      expect(T.item(f(1, x))).toBeNaN()
    }
  })
})

describe('traps of JavaScript', () => {
  test('1 to any power is 1, and anything to the power of 0', () => {
    expect(T.item(T.pow(1, scalar(NaN)))).toBe(1)
    expect(T.item(T.pow(scalar(-1), Infinity))).toBe(1)
    expect(T.item(T.pow(scalar(NaN), 0))).toBe(1)
  })

  test('round goes to the even one of two, and keeps the sign of zero', () => {
    const x = T.of([-2.5, -1.5, -0.5, -0, 0, 0.5, 1.5, 2.5, 0.49999999999999994, 4503599627370497.5], 'float64')
    expect([...T.toArray(T.round(x))]).toEqual([-2, -2, -0, -0, 0, 0, 2, 2, 0, 4503599627370498])
  })

  test('more elements than a call takes arguments', () => {
    const many = T.full([300_000], 2)
    expect(T.toArray(T.maximum(many, T.mul(many, 2))).every((each) => each === 4)).toBe(true)
  })

  test('operands stay as they were', () => {
    const x = T.of([1, 4, 9])
    for (const f of [T.neg, T.sqrt, T.relu, T.round]) f(x)
    expect([...T.toArray(x)]).toEqual([1, 4, 9])
  })
})
