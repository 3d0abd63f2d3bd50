/**
 * THE closed list of functions that an expression may call: functions of one or two float64 numbers. All other functions are
 * expressions over these. A compiler, exporter or printer that knows this list knows every elementwise primitive.
 */
import type { Scalar1, Scalar2 } from '../kernel/elementwise.js'
import { cos } from '../kernel/functions/cos.js'
import { erf as erfFloat32 } from '../kernel/functions/erf.js'
import { exp } from '../kernel/functions/exp.js'
import { expm1 } from '../kernel/functions/expm1.js'
import { log } from '../kernel/functions/log.js'
import { log1p } from '../kernel/functions/log1p.js'
import { pow as powFloat32 } from '../kernel/functions/pow.js'
import { sin } from '../kernel/functions/sin.js'
import { tanh } from '../kernel/functions/tanh.js'
import { integerPower, pow } from '../kernel/special/power.js'
import { roundHalfEven } from '../kernel/special/rounding.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Exact1 = 'neg' | 'abs' | 'sqrt' | 'floor' | 'ceil' | 'round'
type Circular = 'tan' | 'asin' | 'acos' | 'atan'
type Hyperbolic = 'sinh' | 'cosh' | 'asinh' | 'acosh' | 'atanh'
type Elementary1 = Exact1 | 'log2' | 'cbrt' | Circular | Hyperbolic
type Elementary2 = 'min' | 'max' | 'rem' | 'imul' | 'ipow' | 'atan2'
type Fitted1 = 'exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'sin' | 'cos' | 'erf'
type Fitted2 = 'pow'
type Special1 = 'erfc' | 'erfInv' | 'erfcInv' | 'lgamma' | 'digamma'
type Special2 = 'polygamma'

/**
 * A function that an expression may call, by name; the list is closed. Most are those of `Math` or of IEEE 754; `round`
 * takes ties to even, `rem` is JavaScript's `%`, `min` and `max` give NaN beside NaN, `imul` and `ipow` are the product
 * and the power of int32 modulo 2^32, and `polygamma` takes its order first. For float32, `exp`, `expm1`, `log`, `log1p`,
 * `tanh`, `sin`, `cos`, `erf` and `pow` are those of `float32`.
 *
 * @example
 * import { type Intrinsic, call, showExpression, x } from 'pullback/Primitive'
 *
 * const name: Intrinsic = 'log1p'
 * showExpression(call(name, x)) // => 'log1p(x)'
 */
export type Intrinsic = Elementary1 | Elementary2 | Fitted1 | Fitted2 | Special1 | Special2

/**
 * An operation of IEEE 754 that expressions write infix; comparisons give 1 or 0.
 *
 * @example
 * import { type Operation, div, x, y } from 'pullback/Primitive'
 *
 * const op: Operation = 'div'
 * div(x, y).op === op // => true
 */
export type Operation = 'add' | 'sub' | 'mul' | 'div' | Comparison

type Comparison = 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual'

// -----------------------------------------------------------------------------
// the functions
// -----------------------------------------------------------------------------

/** Intrinsics of one number that are the same for all types, and that the engine has, or nearly. */
const elementary1: Readonly<Record<Elementary1, Scalar1>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  log2: Math.log2,
  cbrt: Math.cbrt,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh
}

/** Intrinsics of two numbers that are the same for all types. */
const elementary2: Readonly<Record<Elementary2, Scalar2>> = {
  min: (x, y) => Math.min(x, y),
  max: (x, y) => Math.max(x, y),
  rem: (x, y) => x % y,
  imul: Math.imul,
  ipow: integerPower,
  atan2: Math.atan2
}

/** The operations as functions. */
export const operations: Readonly<Record<Operation, Scalar2>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  equal: (x, y) => (x === y ? 1 : 0),
  notEqual: (x, y) => (x !== y ? 1 : 0),
  less: (x, y) => (x < y ? 1 : 0),
  lessEqual: (x, y) => (x <= y ? 1 : 0),
  greater: (x, y) => (x > y ? 1 : 0),
  greaterEqual: (x, y) => (x >= y ? 1 : 0)
}

type Found<F> = { readonly [Name in Intrinsic]?: F }

/** The function of an intrinsic of one number that needs no long code. */
export const elementaryOfOne = (name: Intrinsic): Scalar1 | undefined => {
  const table: Found<Scalar1> = elementary1
  return table[name]
}

/** The function of an intrinsic of two numbers that needs no long code. */
export const elementaryOfTwo = (name: Intrinsic): Scalar2 | undefined => {
  const table: Found<Scalar2> = elementary2
  return table[name]
}

/**
 * What `exp`, `log` and the like are in expressions for float32: the kernels of the library call them too, so that results
 * have the same bits on every engine. For the `single` of a primitive whose expression calls them; each takes a float32, or
 * what was computed from some, and gives a float64 with a relative error of about 1e-13, as far as a result rounded to float32 can
 * tell: `erf` stays at 1 - 2.1e-8 from 3.96 on, `expm1` at its value at 709, `log` takes no subnormal float64, and `sin` and `cos` of
 * what is 2^23 or more and not a float32 are NaN.
 *
 * @example
 * import { call, float32, mul, real, unary, x } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const bell = unary({
 *   name: 'bell',
 *   domain: real,
 *   f: (v) => Math.exp(-v * v),
 *   single: (v) => float32.exp(-v * v),
 *   scalar: call('exp', mul(call('neg', x), x)),
 *   df: (v, value) => T.mul(T.mul(v, -2), value)
 * })
 * bell(T.of([0, 1])) // ≈ Tensor<[2], float32> [1, 0.3679]
 */
export const float32: Readonly<Record<Fitted1, Scalar1> & Record<Fitted2, Scalar2>> = {
  exp,
  expm1,
  log,
  log1p,
  tanh,
  sin,
  cos,
  erf: erfFloat32,
  pow: powFloat32
}

/** The same in other types, but for `erf`, whose code is long. */
const float64: Readonly<Omit<typeof float32, 'erf'>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  pow
}

/** Intrinsics with long code: bundles contain them only with operations that call them. */
export type Special = Special1 | Special2 | 'erf'

const table: Found<Scalar2> = { ...elementary1, ...elementary2, ...float64 }

/** The function of an intrinsic on numbers that are not float32, but for those with long code. */
export const intrinsicOf = (name: Intrinsic): Scalar2 | undefined => table[name]
