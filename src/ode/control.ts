/** The control of step sizes: how large the error of a step is beside the tolerances, and what step to try next. */
import type { DType } from '../DType.js'
import { abs, add, div, mul, sign, square, sub } from '../tensor/arithmetic.js'
import { equal, greater, lessEqual } from '../tensor/comparison.js'
import { maximum, minimum } from '../tensor/minMaxOfTwo.js'
import { logicalAnd, logicalNot } from '../tensor/logical.js'
import { type Tensor, fill } from '../tensor/model.js'
import { pow } from '../tensor/power.js'
import { sqrt } from '../tensor/root.js'
import { sum } from '../tensor/reduce.js'
import { where } from '../tensor/select.js'
import { cast } from '../tensor/structural.js'
import { size } from '../shape/model.js'
import { type Field, type State, ahead, slopesOf, weighted } from './step.js'
import { dormandPrince } from './tableau.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** How large an error may be: `absolute + relative |y|` in every component, in the root mean square. */
export interface Tolerances {
  readonly relative: number
  readonly absolute: number
}

/** From one time to the next. */
export interface Interval {
  readonly start: Tensor
  /** The signed length. */
  readonly span: Tensor
}

/** Where an adaptive solver stands. */
export interface Course {
  /** The share of the interval that is behind it: time itself would be too coarse where it is large and steps are short. */
  readonly share: Tensor
  /** The length of the step to try next, in time and without a sign, so that it holds for the next interval too. */
  readonly h: Tensor
  readonly y: State
  /** The slope at `y`. */
  readonly slope: State
}

/** What came of a try. */
export interface Attempt {
  readonly next: Course
  readonly accepted: Tensor
  /** The step that was tried, as a share of the interval. */
  readonly taken: Tensor
  /** Whether the step was too short to get anywhere, or no number. */
  readonly stuck: Tensor
}

// -----------------------------------------------------------------------------
// sizes
// -----------------------------------------------------------------------------

/** A number of the type of times. */
const number = (value: number, dtype: DType): Tensor => fill([], dtype, value)

/** The time at a share of an interval. */
export const timeAt = ({ start, span }: Interval, share: Tensor): Tensor => add(start, mul(span, share))

/** The root mean square of a state, each component beside its tolerance. */
const sizeOf = (x: State, scales: State, dtype: DType): Tensor => {
  const squares = x.map((leaf, i): Tensor => cast(sum(square(div(leaf, scales[i]!))), dtype))
  const count = x.reduce((total, { shape }) => total + size(shape), 0)
  const total = squares.length === 0 ? number(0, dtype) : squares.reduce((all, part) => add(all, part))
  return sqrt(div(total, Math.max(1, count)))
}

const scalesOf = (magnitude: State, { relative, absolute }: Tolerances): State =>
  magnitude.map((leaf) => add(mul(leaf, relative), absolute))

/** What a divisor is at least, so that no quotient is infinite that is not used anyway. */
const tiny = 1e-30

// -----------------------------------------------------------------------------
// steps
// -----------------------------------------------------------------------------

/**
 * The length of a first step that is neither too long nor too short, nor longer than the longest interval. E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary
 * Differential Equations I, 2nd edition, Springer 1993, II.4.
 */
export const firstStep = (
  field: Field,
  y: State,
  slope: State,
  { start, span }: Interval,
  longest: Tensor,
  tolerances: Tolerances
): Tensor => {
  const { dtype } = start
  const scales = scalesOf(
    y.map((leaf) => abs(leaf)),
    tolerances
  )
  const d0 = sizeOf(y, scales, dtype)
  const d1 = sizeOf(slope, scales, dtype)
  const small = greater(number(1e-5, dtype), minimum(d0, d1))
  const guess = where(small, number(1e-6, dtype), div(mul(d0, 0.01), maximum(d1, tiny)))
  const h0 = maximum(minimum(guess, longest), tiny)
  const signed = mul(sign(span), h0)
  const probe = field(ahead(y, [slope], [1], signed), add(start, signed))
  const change = probe.map((leaf, i) => sub(leaf, slope[i]!))
  const steepest = maximum(d1, div(sizeOf(change, scales, dtype), h0))
  const flat = greater(number(1e-15, dtype), steepest)
  const ofOrder = pow(div(number(0.01, dtype), maximum(steepest, 1e-15)), number(1 / dormandPrince.order, dtype))
  const h1 = where(flat, maximum(number(1e-6, dtype), mul(h0, 1e-3)), ofOrder)
  return minimum(mul(h0, 100), h1)
}

/** How much longer the next step is to be, for the error of this one; an error that is not a number is the worst. */
const factorOf = (error: Tensor): Tensor => {
  const { dtype } = error
  // Beneath this error, the factor is 10.
  const least = (0.9 / 10) ** dormandPrince.order
  const wish = mul(0.9, pow(maximum(error, least), number(-1 / dormandPrince.order, dtype)))
  return where(equal(error, error), maximum(wish, 0.2), number(0.2, dtype))
}

/** Tries a step, and chooses the next. */
export const attempt = (
  field: Field,
  { share, h, y, slope }: Course,
  interval: Interval,
  tolerances: Tolerances
): Attempt => {
  const { span } = interval
  const { dtype } = span
  const one = number(1, dtype)
  const rest = sub(one, share)
  const wished = div(h, maximum(abs(span), tiny))
  const last = lessEqual(rest, wished)
  const taken = where(last, rest, wished)
  const used = mul(span, taken)
  const slopes = slopesOf(dormandPrince, field, y, timeAt(interval, share), used, dormandPrince.c.length, slope)
  const reached = ahead(y, slopes, dormandPrince.b, used)
  const errors = y.map((leaf, i) => mul(cast(used, leaf.dtype), weighted(slopes, dormandPrince.error, i)!))
  const scales = scalesOf(
    y.map((leaf, i) => maximum(abs(leaf), abs(reached[i]!))),
    tolerances
  )
  const error = sizeOf(errors, scales, dtype)
  const accepted = lessEqual(error, 1)
  const factor = factorOf(error)
  const tried = mul(abs(used), where(accepted, factor, minimum(factor, one)))
  // The step after one that was cut short by the end is not shortened for that.
  const cut = logicalAnd(accepted, logicalAnd(last, lessEqual(tried, h)))
  const after = add(share, taken)
  const choose = (yes: State, no: State): State => yes.map((leaf, i) => where(accepted, leaf, no[i]!))
  return {
    next: {
      share: where(accepted, where(last, one, after), share),
      h: where(cut, h, tried),
      y: choose(reached, y),
      slope: choose(slopes.at(-1)!, slope)
    },
    accepted,
    taken,
    stuck: logicalNot(greater(after, share))
  }
}

/** Whether the solver is not at the end yet. */
export const underway = ({ share }: Course): Tensor => greater(number(1, share.dtype), share)
