/** The derivatives of digamma: their order is known when a program is written, so that it is no operand of a formula. */
import { EULER_MACLAURIN } from '../../../kernel/special/polygamma.js'
import { abs, add, div, mul, neg, sub } from '../../../tensor/arithmetic.js'
import { equal, greater, less } from '../../../tensor/comparison.js'
import { logicalAnd } from '../../../tensor/logical.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { pow } from '../../../tensor/power.js'
import { round } from '../../../tensor/rounding.js'
import { where } from '../../../tensor/select.js'
import { digamma, polygammaPrimitive } from '../../../tensor/special.js'
import { type Entry, onOne } from './model.js'

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/** How many terms stand in front of the Euler-Maclaurin formula. */
const termsOf = ({ dtype }: Tensor): number => (dtype === 'float32' ? 8 : 20)

/** `factor / x^s`, where neither the power nor the factor leaves the range before the other: a root of both is raised. */
const term = (factor: number, x: Tensor, s: number): Tensor =>
  factor < 1e30 ? mul(pow(x, -s), factor) : pow(div(x, factor ** (1 / s)), -s)

/**
 * `factor` times the Hurwitz zeta function, the sum over j >= 0 of 1 / (x + j)^s, for x > 0: some terms, and the Euler-Maclaurin
 * formula for the rest, NIST DLMF 25.11.43.
 */
const hurwitz = (factor: number, s: number, x: Tensor): Tensor => {
  const count = termsOf(x)
  const y = add(x, count)
  const r = div(1, y)
  const z = mul(r, r)
  const [last, ...rest] = EULER_MACLAURIN.map((each, k) => ({
    each,
    growth: (s + 2 * k + 1) * (s + 2 * k + 2)
  })).reverse()
  const series = rest.reduce<Tensor>(
    (sum, { each, growth }) => add(mul(sum, mul(z, growth)), each),
    fill([], x.dtype, last!.each)
  )
  const tail = add(mul(term(factor, y, s - 1), 1 / (s - 1)), mul(term(factor, y, s), add(0.5, mul(mul(series, r), s))))
  return Array.from({ length: count }, (_, j) => term(factor, add(x, j), s)).reduceRight(
    (sum, each) => add(sum, each),
    tail
  )
}

/** The distance of a number from the nearest integer, with its sign. */
const fractionOf = (x: Tensor): Tensor => sub(x, round(x))

/**
 * `factor` times the sum over all j >= 0 of 1 / (x + j)^s for x < 0: the sum over all integers, which depends on the distance from the
 * nearest one, less that over the negative ones, as in kernel/special/polygamma.ts.
 */
const leftOfZero = (factor: number, s: number, x: Tensor): Tensor => {
  const f = fractionOf(x)
  const g = abs(f)
  const h = sub(1, g)
  const rest = hurwitz(factor, s, sub(1, x))
  const behind = hurwitz(factor, s, add(1, g))
  if (s % 2 === 0) return add(sub(term(factor, g, s), rest), add(behind, hurwitz(factor, s, h)))
  const all = add(sub(term(factor, g, s), term(factor, h, s)), sub(behind, hurwitz(factor, s, add(1, h))))
  return add(where(less(f, 0), neg(all), all), rest)
}

const polygamma = (x: Tensor, order: number): Tensor => {
  const [factor, s] = [factorial(order), order + 1]
  const isOdd = order % 2 === 1
  const sign = isOdd ? 1 : -1
  const isRight = greater(x, 0)
  // Each side is computed at a point of its own where the other one is meant, so that nothing is infinite there.
  const right = hurwitz(factor, s, where(isRight, x, 1))
  const left = leftOfZero(factor, s, where(isRight, -0.25, x))
  const isPole = equal(fractionOf(x), 0)
  const atPole = isOdd ? fill([], x.dtype, Infinity) : where(equal(x, 0), div(-1, x), NaN)
  const beside = mul(where(isRight, right, left), sign)
  const finite = where(logicalAnd(less(x, 0.5), isPole), atPole, beside)
  return where(equal(x, Infinity), isOdd ? 0 : -0, finite)
}

/** The decomposition of polygamma. */
export const ofPolygamma: readonly Entry[] = [
  onOne(polygammaPrimitive, (x, { order }) => (order === 0 ? digamma(x) : polygamma(x, order)))
]
