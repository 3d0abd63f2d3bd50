/**
 * The functions: float64 polynomials with errors of about 1e-13 for operands that are float32, so that a result rounded to
 * float32 is within 0.501 ulp. The steps are the definition: each path that computes a function takes exactly these.
 */
import * as C from './coefficients.js'
import {
  type Node,
  abs,
  add,
  and,
  atLeast,
  atMost,
  bit,
  div,
  equal,
  exponent,
  floor,
  less,
  mantissa,
  mul,
  nearest,
  neg,
  negative,
  not,
  or,
  polynomial,
  quarter,
  rest,
  scale,
  select,
  sub,
  twoOverPi,
  x,
  y
} from './model.js'

// -----------------------------------------------------------------------------
// exponentials
// -----------------------------------------------------------------------------

/** e^u = s (1 + t) for u from -709, where s is 0, to 710, where it is Infinity; in between, s is a power of two. */
const exponential = (u: Node): { readonly s: Node; readonly t: Node } => {
  const k = nearest(mul(u, Math.LOG2E))
  const r = sub(u, mul(k, Math.LN2))
  return { s: scale(k), t: mul(r, polynomial(C.exponential, r)) }
}

const exp = (u: Node): Node => {
  const { s, t } = exponential(atMost(atLeast(u, -709), 710))
  return mul(s, add(t, 1))
}

const lessOne = (u: Node): Node => {
  const { s, t } = exponential(u)
  return add(mul(s, t), sub(s, 1))
}

/** An odd function, from its values at |x|. */
const odd = (positive: (a: Node) => Node): Node => {
  const value = positive(abs(x))
  return select(equal(x, 0), x, select(less(x, 0), neg(value), value))
}

const expm1 = select(equal(x, 0), x, lessOne(atMost(atLeast(x, -709), 709)))

const tanh = odd((a) => {
  const bounded = atMost(a, 22)
  const t = lessOne(add(bounded, bounded))
  return div(t, add(t, 2))
})

// -----------------------------------------------------------------------------
// logarithms
// -----------------------------------------------------------------------------

/** log(2^e (1 + f)) for f from sqrt(1/2) - 1 to sqrt(2) - 1. */
const logarithm = (e: Node, f: Node): Node => {
  const s = div(f, add(f, 2))
  const z = mul(s, s)
  return add(mul(e, Math.LN2), mul(s, add(mul(z, polynomial(C.logarithm, z)), 2)))
}

/** `inside` where u is positive and finite. */
const positive = (u: Node, inside: Node): Node =>
  select(less(0, u), select(equal(u, Infinity), u, inside), select(equal(u, 0), -Infinity, NaN))

const log = (u: Node): Node => {
  const e = exponent(u)
  return positive(u, logarithm(e, sub(mantissa(u, e), 1)))
}

const log1p = (): Node => {
  const u = add(x, 1)
  const e = exponent(u)
  return select(equal(x, 0), x, positive(u, logarithm(e, select(equal(e, 0), x, sub(mantissa(u, e), 1)))))
}

// -----------------------------------------------------------------------------
// the error function
// -----------------------------------------------------------------------------

const erf = odd((a) => {
  const bounded = atMost(a, 3.96)
  const z = mul(bounded, bounded)
  return div(mul(bounded, polynomial(C.erfNumerator, z)), polynomial(C.erfDenominator, z))
})

// -----------------------------------------------------------------------------
// sine and cosine
// -----------------------------------------------------------------------------

/** 2^128, above all of float32 */
const BEYOND = 340282366920938463463374607431768211456

/** Where three parts of pi / 2 no longer do: 2^23. */
const FAR = 8388608

/**
 * a = (k + r) pi / 2 mod 2 pi for a from 2^23, with a whole k and |r| about 1/2 at most, as k and r: the significand of a, at
 * most 24 bits, times 29 bits of 2 / pi is exact. A longer significand, which no float32 has, makes r NaN.
 */
const turns = (a: Node): { readonly k: Node; readonly r: Node } => {
  const e = exponent(a)
  const m = mantissa(a, e)
  const part = (i: number): Node => mul(m, twoOverPi(i, e))
  const first = part(0)
  const second = part(1)
  const f = sub(first, mul(floor(mul(first, 0.25)), 4))
  const k = nearest(add(f, second))
  const digits = mul(m, select(less(m, 1), 2 ** 24, 2 ** 23))
  const r = add(add(sub(f, k), second), add(part(2), part(3)))
  return { k, r: select(equal(floor(digits), digits), r, NaN) }
}

/** a = k pi / 2 + r for a >= 0, up to whole turns, with a whole k and |r| about pi / 4 at most. */
const reduced = (a: Node): { readonly k: Node; readonly r: Node } => {
  const k = nearest(mul(a, 2 / Math.PI))
  const r = C.halfPi.reduce((left: Node, part) => sub(left, mul(k, part)), a)
  const near = less(a, FAR)
  return { k: select(near, k, quarter(a)), r: select(near, r, rest(a)) }
}

/** The sine of the angle k pi / 2 + r for even k, its cosine for odd k, both but for the sign. */
const wave = (isOdd: Node, r: Node): Node => {
  const z = mul(r, r)
  const sine = add(mul(mul(r, z), polynomial(C.sine, z)), r)
  return select(isOdd, add(mul(z, polynomial(C.cosine, z)), 1), sine)
}

const sin = odd((a) => {
  const { k, r } = reduced(a)
  const value = wave(bit(0, k), r)
  return select(bit(1, k), neg(value), value)
})

const cos = (): Node => {
  const { k, r } = reduced(abs(x))
  const value = wave(not(bit(0, k)), r)
  return select(bit(1, add(k, 1)), neg(value), value)
}

const inRange = (inside: Node): Node => select(less(x, BEYOND), inside, NaN)

// -----------------------------------------------------------------------------
// powers
// -----------------------------------------------------------------------------

/** x^y with the special values of IEEE 754-2019, section 9.2.1. */
const pow = (): Node => {
  const a = abs(x)
  const size = exp(mul(y, log(a)))
  const half = mul(y, 0.5)
  const whole = equal(floor(y), y)
  const isOdd = and(whole, not(equal(floor(half), half)))
  const signed = select(and(isOdd, negative(x)), neg(size), size)
  const complex = and(less(x, 0), and(not(whole), less(a, Infinity)))
  const ofMinusOne = and(equal(x, -1), equal(abs(y), Infinity))
  const otherwise = select(less(0, x), size, select(complex, NaN, signed))
  const isOne = or(equal(y, 0), or(equal(x, 1), ofMinusOne))
  return select(equal(y, 2), mul(x, x), select(isOne, 1, otherwise))
}

// -----------------------------------------------------------------------------
// all of them
// -----------------------------------------------------------------------------

export interface Definition {
  /** What the doc comment of its code says. */
  readonly says: string
  readonly node: Node
}

type Public = 'exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'erf' | 'sin' | 'cos' | 'pow'

export const functions: Readonly<Record<Public, Definition>> = {
  exp: { says: 'The exponential; 0 below -708.7 and Infinity above 709.4.', node: exp(x) },
  expm1: { says: 'e^x - 1, up to 709; beyond, its value there.', node: expm1 },
  log: { says: 'The natural logarithm of a number that is not subnormal.', node: log(x) },
  log1p: { says: 'log(1 + x).', node: log1p() },
  tanh: { says: 'The hyperbolic tangent.', node: tanh },
  erf: { says: 'The error function, up to 3.96; beyond, its value there.', node: erf },
  sin: { says: 'The sine; NaN from 2^23 on for what is not a float32.', node: sin },
  cos: { says: 'The cosine; NaN from 2^23 on for what is not a float32.', node: cos() },
  pow: { says: 'x to the power y, with the special values of IEEE 754-2019.', node: pow() }
}

/** What `sin` and `cos` call for large angles. */
export const reductions: Readonly<Record<'quarter' | 'rest', Definition>> = {
  quarter: { says: 'The whole k of x = k pi / 2 + r, modulo 4, for x from 2^23.', node: inRange(turns(x).k) },
  rest: { says: 'The r of x = k pi / 2 + r, for x from 2^23.', node: inRange(mul(turns(x).r, Math.PI / 2)) }
}
