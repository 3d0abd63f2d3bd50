// Values and derivatives of the elementary functions, against JavaScript's own and against identities.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'

type S = T.Tensor<[]>
type F = (x: S) => S

const scalar = (value: number): S => T.scalar(value, 'float64')
const at = (f: F, x: number): number => T.item(f(scalar(x)))

/** The derivative of any order. */
const derivative = (f: F, order: number): F => (order === 0 ? f : derivative(grad(f), order - 1))

/** Agreement to a few units in the last place of the larger one of two, or of 1. */
const close = (actual: number, expected: number, ulps = 16): void => {
  const scale = Math.max(Math.abs(actual), Math.abs(expected), 1)
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(ulps * Number.EPSILON * scale)
}

const inside = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

// -----------------------------------------------------------------------------
// values
// -----------------------------------------------------------------------------

describe('values', () => {
  const native: readonly (readonly [string, F, (x: number) => number, number, number])[] = [
    ['exp', T.exp, Math.exp, -800, 800],
    ['expm1', T.expm1, Math.expm1, -50, 50],
    ['log', T.log, Math.log, -1, 1e9],
    ['log1p', T.log1p, Math.log1p, -2, 1e9],
    ['log2', T.log2, Math.log2, -1, 1e9],
    ['sin', T.sin, Math.sin, -100, 100],
    ['cos', T.cos, Math.cos, -100, 100],
    ['tan', T.tan, Math.tan, -100, 100],
    ['asin', T.asin, Math.asin, -2, 2],
    ['acos', T.acos, Math.acos, -2, 2],
    ['atan', T.atan, Math.atan, -100, 100],
    ['sinh', T.sinh, Math.sinh, -800, 800],
    ['cosh', T.cosh, Math.cosh, -800, 800],
    ['tanh', T.tanh, Math.tanh, -50, 50],
    ['asinh', T.asinh, Math.asinh, -1e9, 1e9],
    ['acosh', T.acosh, Math.acosh, 0, 1e9],
    ['atanh', T.atanh, Math.atanh, -2, 2],
    ['sqrt', T.sqrt, Math.sqrt, -1, 1e9],
    ['rsqrt', T.rsqrt, (x) => 1 / Math.sqrt(x), 1e-9, 1e9],
    ['cbrt', T.cbrt, Math.cbrt, -1e9, 1e9],
    ['square', T.square, (x) => x * x, -1e9, 1e9],
    ['reciprocal', T.reciprocal, (x) => 1 / x, -1e9, 1e9],
    ['abs', T.abs, Math.abs, -1e9, 1e9],
    ['neg', T.neg, (x) => -x, -1e9, 1e9],
    ['relu', T.relu, (x) => Math.max(x, 0), -1e9, 1e9],
    ['floor', T.floor, Math.floor, -1e9, 1e9],
    ['ceil', T.ceil, Math.ceil, -1e9, 1e9]
  ]

  test.each(native)('%s is that of JavaScript, alone and in an array', (_name, f, reference, min, max) => {
    fc.assert(
      fc.property(inside(min, max), (x) => {
        expect(at(f, x)).toBe(reference(x))
        const inArray: T.Tensor = (f as unknown as (x: T.Tensor) => T.Tensor)(T.of([x, x, x, x, x], 'float64'))
        for (const each of T.toArray(inArray)) expect(each).toBe(reference(x))
      })
    )
  })

  test('sign is -1, 0 or 1', () => {
    expect([-3, -0, 0, 1e-300, Infinity].map((x) => at(T.sign, x))).toEqual([-1, 0, 0, 1, 1])
  })

  test('the remainder has the sign of the divisor', () => {
    const x = T.of([7, -7, 7, -7, 5.5, -0.5], 'float64')
    const y = T.of([3, 3, -3, -3, 2, Infinity], 'float64')
    expect([...T.toArray(T.mod(x, y))]).toEqual([1, 2, -2, -1, 1.5, Infinity])
    expect(T.item(T.mod(scalar(1), 0))).toBeNaN()
  })

  test('powers are those of IEEE 754', () => {
    fc.assert(
      fc.property(inside(0, 50), inside(-20, 20), (x, p) => {
        expect(T.item(T.pow(scalar(x), scalar(p)))).toBe(x === 1 ? 1 : p === 2 ? x * x : x ** p)
      })
    )
  })

  test('hypot and atan2 are polar coordinates', () => {
    fc.assert(
      fc.property(inside(0.1, 1e9), inside(-Math.PI, Math.PI), (r, angle) => {
        const [x, y] = [scalar(r * Math.cos(angle)), scalar(r * Math.sin(angle))]
        expect(T.item(T.hypot(x, y)) / r).toBeCloseTo(1, 14)
        expect(T.item(T.atan2(y, x))).toBeCloseTo(angle, 14)
      })
    )
    close(T.item(T.hypot(scalar(3e200), 4e200)) / 5e200, 1)
  })

  test('identities of the logistic family', () => {
    fc.assert(
      fc.property(inside(-40, 40), (x) => {
        close(at(T.sigmoid, x) + at(T.sigmoid, -x), 1)
        close(at(T.logSigmoid, x), Math.log(at(T.sigmoid, x)))
        close(at(T.softplus, x) - at(T.softplus, -x), x)
        close(2 * at(T.sigmoid, 2 * x) - 1, Math.tanh(x))
        close(T.item(T.logAddExp(scalar(x), 0)), at(T.softplus, x))
      })
    )
    expect([1000, -1000].map((x) => at(T.softplus, x))).toEqual([1000, 0])
    expect([1000, -1000].map((x) => at(T.logSigmoid, x))).toEqual([-0, -1000])
  })

  test('identities of the error and gamma functions', () => {
    fc.assert(
      fc.property(inside(-3, 3), inside(0.5, 20), (x, z) => {
        close(at(T.erf, x) + at(T.erfc, x), 1)
        close(at(T.erf, at(T.erfInv, x / 4)), x / 4)
        close(at(T.lgamma, z + 1) - at(T.lgamma, z), Math.log(z), 64)
        close(at(T.digamma, z + 1) - at(T.digamma, z), 1 / z, 64)
        close(at(T.polygamma(2), z + 1) - at(T.polygamma(2), z), 2 / z ** 3, 64)
      })
    )
  })

  test('masks and bounds', () => {
    const x = T.of([-Infinity, -1, -0, 0, 1, NaN])
    const of = (y: T.Tensor): readonly number[] => [...T.toArray(y)]
    expect(of(T.isNaN(x))).toEqual([0, 0, 0, 0, 0, 1])
    expect(of(T.isFinite(x))).toEqual([0, 1, 1, 1, 1, 0])
    expect(of(T.equal(x, x))).toEqual([1, 1, 1, 1, 1, 0])
    expect(of(T.notEqual(x, x))).toEqual([0, 0, 0, 0, 0, 1])
    expect(of(T.less(x, 0))).toEqual([1, 1, 0, 0, 0, 0])
    expect(of(T.lessEqual(x, 0))).toEqual([1, 1, 1, 1, 0, 0])
    expect(of(T.greater(x, 0))).toEqual([0, 0, 0, 0, 1, 0])
    expect(of(T.greaterEqual(x, 0))).toEqual([0, 0, 1, 1, 1, 0])
    expect(of(T.logicalNot(x))).toEqual([0, 0, 1, 1, 0, 0])
    expect(of(T.logicalAnd(x, 1))).toEqual([1, 1, 0, 0, 1, 1])
    expect(of(T.logicalOr(x, 0))).toEqual([1, 1, 0, 0, 1, 1])
    expect(of(T.logicalXor(x, 1))).toEqual([0, 0, 1, 1, 0, 0])
    expect(of(T.clamp(x, -0.5, 0.5))).toEqual([-0.5, -0.5, -0, 0, 0.5, NaN])
    expect(of(T.maximum(x, 0))).toEqual([0, 0, 0, 0, 1, NaN])
    expect(of(T.where(T.isNaN(x), 7, x))).toEqual([-Infinity, -1, -0, 0, 1, 7])
  })
})

// -----------------------------------------------------------------------------
// derivatives
// -----------------------------------------------------------------------------

describe('derivatives', () => {
  const points = [-0.8, -0.3, 0.2, 0.7]
  const zeta3 = 1.2020569031595942
  const known: readonly (readonly [string, F, (x: number) => number])[] = [
    ['log', (x) => T.log(T.add(x, 1)), (x) => 2 / (1 + x) ** 3],
    ['log1p', T.log1p, (x) => 2 / (1 + x) ** 3],
    ['sqrt', (x) => T.sqrt(T.add(x, 1)), (x) => (3 / 8) * (1 + x) ** -2.5],
    ['rsqrt', (x) => T.rsqrt(T.add(x, 1)), (x) => (-15 / 8) * (1 + x) ** -3.5],
    ['cbrt', (x) => T.cbrt(T.sub(x, 1)), (x) => (10 / 27) * Math.cbrt(x - 1) ** -8],
    ['reciprocal', (x) => T.reciprocal(T.add(x, 2)), (x) => -6 / (2 + x) ** 4],
    ['sin', T.sin, (x) => -Math.cos(x)],
    ['cos', T.cos, Math.sin],
    ['tan', T.tan, (x) => 2 * (1 + Math.tan(x) ** 2) * (1 + 3 * Math.tan(x) ** 2)],
    ['asin', T.asin, (x) => (1 + 2 * x * x) / (1 - x * x) ** 2.5],
    ['acos', T.acos, (x) => -(1 + 2 * x * x) / (1 - x * x) ** 2.5],
    ['atan', T.atan, (x) => (6 * x * x - 2) / (1 + x * x) ** 3],
    ['sinh', T.sinh, Math.cosh],
    ['cosh', T.cosh, Math.sinh],
    ['tanh', T.tanh, (x) => (4 * Math.sinh(x) ** 2 - 2) / Math.cosh(x) ** 4],
    ['asinh', T.asinh, (x) => (2 * x * x - 1) / (1 + x * x) ** 2.5],
    ['acosh', (x) => T.acosh(T.add(x, 2)), (x) => (2 * (x + 2) ** 2 + 1) / ((x + 2) ** 2 - 1) ** 2.5],
    ['atanh', T.atanh, (x) => (6 * x * x + 2) / (1 - x * x) ** 3],
    ['sigmoid', T.sigmoid, (x) => (4 * Math.sinh(x / 2) ** 2 - 2) / (16 * Math.cosh(x / 2) ** 4)],
    ['softplus', T.softplus, (x) => -Math.tanh(x / 2) / (4 * Math.cosh(x / 2) ** 2)],
    ['erf', T.erf, (x) => ((2 / Math.sqrt(Math.PI)) * (4 * x * x - 2)) / Math.exp(x * x)],
    ['erfc', T.erfc, (x) => ((-2 / Math.sqrt(Math.PI)) * (4 * x * x - 2)) / Math.exp(x * x)],
    [
      'x^x',
      (x) => T.pow(T.add(x, 1), T.add(x, 1)),
      (u) => {
        const x = u + 1
        const l = Math.log(x) + 1
        return x ** x * (l ** 3 + (3 * l) / x - 1 / x ** 2)
      }
    ],
    ['hypot', (x) => T.hypot(x, 1), (x) => (-3 * x) / (1 + x * x) ** 2.5],
    ['atan2', (x) => T.atan2(x, 1), (x) => (6 * x * x - 2) / (1 + x * x) ** 3],
    ['logAddExp', (x) => T.logAddExp(x, 0), (x) => -Math.tanh(x / 2) / (4 * Math.cosh(x / 2) ** 2)],
    ['xlogy', (x) => T.xlogy(T.add(x, 1), T.add(x, 1)), (x) => -1 / (1 + x) ** 2]
  ]

  test.each(known)('the third of %s', (_name, f, third) => {
    for (const x of points) {
      const expected = third(x)
      close(at(derivative(f, 3), x) / expected, 1, 200)
      const forward: F = (u) => jvp(f)([u], [scalar(1)])[1]
      close(at(derivative(forward, 2), x) / expected, 1, 200)
    }
  })

  test('of digamma, of any order: values of the zeta function', () => {
    close(at(derivative(T.lgamma, 1), 1), -0.5772156649015329)
    close(at(derivative(T.digamma, 1), 1), Math.PI ** 2 / 6)
    close(at(derivative(T.digamma, 2), 1), -2 * zeta3)
    close(at(derivative(T.digamma, 3), 1), Math.PI ** 4 / 15)
    close(at(derivative(T.lgamma, 6), 1) / (120 * (Math.PI ** 6 / 945)), 1)
    close(at(derivative(T.polygamma(0), 2), 1), -2 * zeta3)
  })

  test('of x^p in both, of any order', () => {
    close(
      at(
        derivative((x) => T.pow(x, 5), 5),
        1.7
      ),
      120
    )
    expect(
      at(
        derivative((x) => T.pow(x, 5), 6),
        1.7
      )
    ).toBe(0)
    close(
      at(
        derivative((p) => T.pow(3, p), 4),
        2
      ),
      9 * Math.log(3) ** 4
    )
    const mixed = (x: number, p: number): number =>
      T.item(grad((u: S) => grad((q: S) => grad((w: S) => T.pow(w, q))(u))(scalar(p)))(scalar(x)))
    // d^3 / dx dp dx of x^p = x^(p - 2) (p (p - 1) log x + 2 p - 1)
    close(mixed(1.5, 3.5), 1.5 ** 1.5 * (3.5 * 2.5 * Math.log(1.5) + 6))
  })

  test('the sixth of sin, the second of x e^x', () => {
    close(at(derivative(T.sin, 6), 1), -Math.sin(1))
    close(
      at(
        derivative((x) => T.mul(x, T.exp(x)), 2),
        1
      ),
      3 * Math.E
    )
  })

  test('of the inverse error function', () => {
    for (const x of points) {
      const y = at(T.erfInv, x)
      const slope = (Math.sqrt(Math.PI) / 2) * Math.exp(y * y)
      close(at(derivative(T.erfInv, 1), x) / slope, 1, 64)
      close(at(derivative(T.erfInv, 2), x) / (2 * y * slope * slope), 1, 64)
    }
  })

  test('of inverse functions keep their digits where they are small', () => {
    const second: ReadonlyArray<readonly [name: string, f: F, exact: (x: number) => number]> = [
      ['asin', T.asin, (x) => x / (1 - x * x) ** 1.5],
      ['acos', T.acos, (x) => -x / (1 - x * x) ** 1.5],
      ['atanh', T.atanh, (x) => (2 * x) / (1 - x * x) ** 2],
      ['atan', T.atan, (x) => (-2 * x) / (1 + x * x) ** 2]
    ]
    for (const [name, f, exact] of second) {
      for (const x of [0.3, 1e-2, 1e-5, 1e-8, 1e-100, 1e-300].flatMap((size) => [size, -size])) {
        const found = at(derivative(f, 2), x)
        expect([name, x, Math.abs(found / exact(x) - 1) <= 16 * Number.EPSILON]).toEqual([name, x, true])
        if (Math.abs(x) < 1e-30) continue
        const single = T.scalar(x)
        const value = T.item(derivative(f, 2)(single))
        const close = Math.abs(value / exact(T.item(single)) - 1) <= 8 * 2 ** -23
        expect([name, x, 'float32', close]).toEqual([name, x, 'float32', true])
      }
    }
    for (const x of [1e3, 1e12, 1e50, 1e80, 1e100, -1e100]) {
      expect(Math.abs((at(derivative(T.atan, 2), x) * x * x * x) / -2 - 1)).toBeLessThan(3e-6)
    }
    for (const x of [1e12, 1e50, 1e70]) {
      expect(Math.abs((at(derivative(T.atan, 3), x) * x * x * x * x) / 6 - 1)).toBeLessThan(1e-14)
    }
    const far = T.item(derivative(T.atan, 2)(T.scalar(1e12)))
    expect(Math.abs(far / -2e-36 - 1)).toBeLessThan(1e-6)
  })

  test('of hypot and atan2 beyond the range of squares', () => {
    const [x, y] = [3e200, 4e200]
    const gradient = grad(([u, v]: readonly [S, S]) => T.hypot(u, v))([scalar(x), scalar(y)])
    gradient.forEach((each, i) => close(T.item(each), [0.6, 0.8][i]!))
    const angle = grad(([v, u]: readonly [S, S]) => T.atan2(v, u))([scalar(y), scalar(x)])
    angle.forEach((each, i) => close(T.item(each) * 1e201, [1.2, -1.6][i]!))
  })
})
