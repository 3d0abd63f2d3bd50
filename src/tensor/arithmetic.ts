/** The four operations and their kin, elementwise. */
import { type Binary, type Unary, binary, guardedMul, unary } from '../primitive/elementwise.js'
import { awayFrom, real } from '../primitive/domain.js'
import type { Tensor } from './model.js'

const identity = (t: Tensor): Tensor => t
const nonZero = awayFrom([0])(real)

/**
 * The negative, -x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.neg(T.of([1, -2])) // => T.of([-1, 2])
 */
export const neg: Unary = unary({
  name: 'neg',
  domain: real,
  f: (x) => -x,
  diagonal: () => neg,
  accepts: 'number'
})

/**
 * The sum, a + b.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.add(T.of([1, 2]), T.of([10, 20])) // => T.of([11, 22])
 * pipe(T.of([1, 2]), T.add(1)) // => T.of([2, 3])
 */
export const add: Binary<'add'> = binary({
  name: 'add',
  domains: [real, real],
  f: (x, y) => x + y,
  diagonal: [() => identity, () => identity],
  loop: (n, x, xAt, xStep, y, yAt, yStep, out, to) => {
    for (let i = 0; i < n; i++) out[to + i] = x[xAt + i * xStep]! + y[yAt + i * yStep]!
  }
})

/**
 * The difference, a - b.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.sub(T.of([3, 2]), T.of([1, 1])) // => T.of([2, 1])
 * pipe(T.of([3, 2]), T.sub(1)) // => T.of([2, 1])
 */
export const sub: Binary<'sub'> = binary({
  name: 'sub',
  domains: [real, real],
  f: (x, y) => x - y,
  diagonal: [() => identity, () => neg],
  loop: (n, x, xAt, xStep, y, yAt, yStep, out, to) => {
    for (let i = 0; i < n; i++) out[to + i] = x[xAt + i * xStep]! - y[yAt + i * yStep]!
  }
})

/**
 * The product, elementwise.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.mul(T.of([1, 2]), T.of([3, 4])) // => T.of([3, 8])
 */
export const mul: Binary<'mul'> = binary({
  name: 'mul',
  domains: [real, real],
  f: (x, y) => x * y,
  diagonal: [(_x, y) => (t) => guardedMul(t, y), (x) => (t) => guardedMul(t, x)],
  loop: (n, x, xAt, xStep, y, yAt, yStep, out, to) => {
    for (let i = 0; i < n; i++) out[to + i] = x[xAt + i * xStep]! * y[yAt + i * yStep]!
  }
})

/**
 * The quotient a / b; integers become float32. Division by zero follows IEEE 754.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.div(T.of([1, 3]), 2) // => T.of([0.5, 1.5])
 */
export const div: Binary<'div'> = binary({
  name: 'div',
  domains: [real, nonZero],
  f: (x, y) => x / y,
  diagonal: [
    (_x, y) => (t) => guardedMul(t, reciprocal(y)),
    (_x, y, out) => (t) => guardedMul(t, neg(div(out, y)))
  ],
  accepts: 'float',
  loop: (n, x, xAt, xStep, y, yAt, yStep, out, to) => {
    for (let i = 0; i < n; i++) out[to + i] = x[xAt + i * xStep]! / y[yAt + i * yStep]!
  }
})

/**
 * The reciprocal, 1 / x.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.reciprocal(T.of([2, 4])) // => T.of([0.5, 0.25])
 */
export const reciprocal: Unary = unary({
  name: 'reciprocal',
  domain: nonZero,
  f: (x) => 1 / x,
  df: (_x, y) => neg(square(y))
})

/**
 * The square, x^2.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.square(T.of([2, -3])) // => T.of([4, 9])
 */
export const square: Unary = unary({
  name: 'square',
  domain: real,
  f: (x) => x * x,
  diagonal: (x) => (t) => guardedMul(t, add(x, x)),
  accepts: 'number'
})
