/** The control of step sizes: how large the error of a step is beside the tolerances, and what step to try next. */
import type { DType } from '../DType.js'
import { abs, add, div, mul, sign, square, sub } from '../tensor/arithmetic.js'
import { equal, greater, lessEqual } from '../tensor/comparison.js'
import { clamp, maximum, minimum } from '../tensor/extremum.js'
import { logicalAnd, logicalNot } from '../tensor/logical.js'
import type { Tensor } from '../tensor/model.js'
import { fill } from '../tensor/model.js'
import { pow, sqrt } from '../tensor/power.js'
import { sum } from '../tensor/reduce.js'
import { where } from '../tensor/select.js'
import { stopGradient } from '../tensor/cast.js'
import { cast } from '../tensor/structural.js'
import { size } from '../shape/model.js'
import { type Field, type State, ahead, slopesOf, weighted } from './step.js'
import { dormandPrince } from './tableau.js'

/** How large an error may be: `absolute + relative |y|` in every component, in the root mean square. */
export interface Tolerances {
  readonly relative: number
  readonly absolute: number
}

/** Where an adaptive solver stands. */
export interface Course {
  readonly t: Tensor
  /** The step to try next, signed. */
  readonly h: Tensor
  readonly y: State
  /** The slope at `y`. */
  readonly slope: State
}

/** A number of the type of times. */
const number = (value: number, dtype: DType): Tensor => fill([], dtype, value)

/** The root mean square of a state, each component beside its tolerance. */
const sizeOf = (x: State, scales: State, dtype: DType): Tensor => {
  const squares = x.map((leaf, i): Tensor => cast(sum(square(div(leaf, scales[i]!))), dtype))
  const count = x.reduce((total, { shape }) => total + size(shape), 0)
  return sqrt(
    div(
      squares.reduce((total, part) => add(total, part), number(0, dtype)),
      Math.max(1, count)
    )
  )
}

const scalesOf = (magnitude: State, { relative, absolute }: Tolerances): State =>
  magnitude.map((leaf) => add(mul(leaf, relative), absolute))

/**
 * A first step that is neither too long nor too short. E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential
 * Equations I, 2nd edition, Springer 1993, II.4.
 */
export const firstStep = (
  field: Field,
  y: State,
  t: Tensor,
  slope: State,
  span: Tensor,
  tolerances: Tolerances
): Tensor => {
  const { dtype } = t
  const scales = scalesOf(
    y.map((leaf) => abs(leaf)),
    tolerances
  )
  const d0 = sizeOf(y, scales, dtype)
  const d1 = sizeOf(slope, scales, dtype)
  const small = greater(number(1e-5, dtype), minimum(d0, d1))
  const h0 = minimum(where(small, number(1e-6, dtype), div(mul(d0, 0.01), d1)), abs(span))
  const direction = sign(span)
  const probe = field(ahead(y, [slope], [1], mul(direction, h0)), add(t, mul(direction, h0)))
  const bend = div(
    sizeOf(
      probe.map((leaf, i) => sub(leaf, slope[i]!)),
      scales,
      dtype
    ),
    h0
  )
  const steepest = maximum(d1, bend)
  const flat = greater(number(1e-15, dtype), steepest)
  const h1 = where(
    flat,
    maximum(number(1e-6, dtype), mul(h0, 1e-3)),
    pow(div(number(0.01, dtype), steepest), number(1 / dormandPrince.order, dtype))
  )
  return mul(direction, minimum(mul(h0, 100), h1))
}

/** What came of a try. */
export interface Attempt {
  readonly next: Course
  readonly accepted: Tensor
  /** The step that was tried. */
  readonly used: Tensor
}

/** Tries a step, and chooses the next: the steps depend on values, but are constants for derivatives. */
export const attempt = (field: Field, { t, h, y, slope }: Course, end: Tensor, tolerances: Tolerances): Attempt => {
  const { dtype } = t
  const rest = sub(end, t)
  const last = lessEqual(abs(rest), abs(h))
  const used = where(last, rest, h)
  const slopes = slopesOf(dormandPrince, field, y, t, used, dormandPrince.c.length, slope)
  const reached = ahead(y, slopes, dormandPrince.b, used)
  const errors = y.map((leaf, i) => mul(cast(used, leaf.dtype), weighted(slopes, dormandPrince.error, i)!))
  const scales = scalesOf(
    y.map((leaf, i) => maximum(abs(leaf), abs(reached[i]!))),
    tolerances
  )
  const error = stopGradient(sizeOf(errors, scales, dtype))
  const accepted = lessEqual(error, 1)
  const wish = clamp(mul(0.9, pow(error, number(-1 / dormandPrince.order, dtype))), { min: 0.2, max: 10 })
  // An error that is not a number is the worst; the next of a step that was cut short is not shortened for that.
  const factor = where(equal(error, error), wish, number(0.2, dtype))
  const tried = stopGradient(mul(used, where(accepted, factor, minimum(factor, 1))))
  const cut = logicalAnd(accepted, logicalAnd(last, lessEqual(abs(tried), abs(h))))
  const choose = (yes: State, no: State): State => yes.map((leaf, i) => where(accepted, leaf, no[i]!))
  return {
    next: {
      t: where(accepted, where(last, end, add(t, used)), t),
      h: where(cut, h, tried),
      y: choose(reached, y),
      slope: choose(slopes.at(-1)!, slope)
    },
    accepted,
    used
  }
}

/** Whether the solver is not at the end yet. */
export const underway = ({ t }: Course, end: Tensor): Tensor => logicalNot(equal(t, end))
