/** Schedules that come back: cosines with restarts, triangles, and one cycle. */
import { isNotNegative, requireNumber } from '../internal/check.js'
import { checkedLater, number, oneOf, options, positiveCount } from '../internal/options.js'
import { add, cos, div, floor, less, lessEqual, log, maximum, mul, pow, sub, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { type Schedule, type Way, finite, make, positiveSteps, progress, requireGiven, requireWay } from './model.js'

// -----------------------------------------------------------------------------
// cosines
// -----------------------------------------------------------------------------

/** Half a cosine from one value to another, exact at both, at a part of the way from 0 to 1. */
const halfCosine = (part: Tensor<[]>, from: number, to: number): Tensor<[]> => {
  const left = div(add(cos(mul(part, Math.PI)), 1), 2)
  return add(mul(left, from), mul(sub(1, left), to))
}

/**
 * Half cosines one after the other: the way of the first, and how many times longer each is than the one before.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const restarts: Schedule.Restarts = { from: 0.1, over: 10, growth: 2 }
 * Schedule.cosineRestarts(restarts)(30) // => 0.1
 */
export interface Restarts extends Way {
  /** An integer, 1 by default. */
  readonly growth?: number
}

const restartsOptions = options<Restarts>('cosineRestarts', {
  from: checkedLater,
  to: checkedLater,
  over: checkedLater,
  growth: positiveCount
})

/**
 * Falls along half a cosine, and starts again: the first period is `over` steps long, each later one `growth` times as long as the one
 * before it.
 *
 * I. Loshchilov and F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017. A length that is not above 0 throws a
 * `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const rate = Schedule.cosineRestarts({ from: 1, over: 10, growth: 2 })
 * rate(0) // => 1
 * rate(5) // ≈ 0.5
 * rate(10) // => 1
 * rate(20) // ≈ 0.5
 * rate(30) // => 1
 */
/* @__NO_SIDE_EFFECTS__ */
export const cosineRestarts = (options: Restarts): Schedule => {
  requireGiven('cosineRestarts', options)
  restartsOptions(options)
  const { growth = 1, ...way } = options
  requireWay('cosineRestarts', way)
  const { from, to = 0, over } = way
  if (growth === 1) {
    return make((step) => {
      const periods = div(maximum(step, 0), over)
      return halfCosine(sub(periods, floor(periods)), from, to)
    })
  }
  // Period i begins at over (growth^i - 1) / (growth - 1); a quotient of logarithms may err by one near the restarts.
  const length = (i: Tensor<[]>): Tensor<[]> => mul(pow(growth, i), over)
  const start = (i: Tensor<[]>): Tensor<[]> => div(mul(sub(pow(growth, i), 1), over), growth - 1)
  return make((given) => {
    const step = maximum(given, 0)
    const near = floor(div(log(add(div(mul(step, growth - 1), over), 1)), Math.log(growth)))
    const atLeast = where(less(step, start(near)), sub(near, 1), near)
    const next = add(atLeast, 1)
    const i = where(less(step, start(next)), atLeast, next)
    return halfCosine(div(sub(step, start(i)), length(i)), from, to)
  })
}

// -----------------------------------------------------------------------------
// triangles
// -----------------------------------------------------------------------------

/**
 * A triangle that is repeated: its foot and its peak, the steps up and down (as many as up, by default), and the factor by which the height
 * changes with each repetition (1 by default).
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const cycle: Schedule.Cycle = { from: 0, to: 1, up: 4, decay: 0.5 }
 * Schedule.cyclic(cycle)(12) // => 0.5
 */
export interface Cycle {
  readonly from: number
  readonly to: number
  readonly up: number
  readonly down?: number
  readonly decay?: number
}

const cyclicOptions = options<Cycle>('cyclic', {
  from: checkedLater,
  to: checkedLater,
  up: checkedLater,
  down: checkedLater,
  decay: checkedLater
})

/**
 * Goes up and down along straight lines, again and again. The decay 0.5 is the policy that its author names triangular2.
 *
 * L. N. Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017. Lengths that are not above 0 throw a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const rate = Schedule.cyclic({ from: 0, to: 1, up: 4, down: 2 })
 * const values = [0, 1, 4, 5, 6, 7].map((step) => rate(step))
 * values // => [0, 0.25, 1, 0.5, 0, 0.25]
 */
/* @__NO_SIDE_EFFECTS__ */
export const cyclic = (options: Cycle): Schedule => {
  requireGiven('cyclic', options)
  cyclicOptions(options)
  const { from, to, up, down = up, decay = 1 } = options
  finite('cyclic', 'from', from)
  finite('cyclic', 'to', to)
  positiveSteps('cyclic', 'up', up)
  positiveSteps('cyclic', 'down', down)
  requireNumber('cyclic', 'decay', decay, 'a number of 0 or more', isNotNegative)
  const length = up + down
  return make((step) => {
    const cycle = floor(div(step, length))
    const place = sub(step, mul(cycle, length))
    const part = where(lessEqual(place, up), div(place, up), div(sub(length, place), down))
    const height = mul(part, to - from)
    return add(decay === 1 ? height : mul(height, pow(decay, cycle)), from)
  })
}

// -----------------------------------------------------------------------------
// one cycle
// -----------------------------------------------------------------------------

/**
 * One cycle: its peak and its length, the part of it that goes up, by how much its start is below the peak and its end below its start, and
 * along which curve.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const cycle: Schedule.OneCycle = { peak: 1, over: 100, anneal: 'linear' }
 * Schedule.oneCycle(cycle)(30) // => 1
 */
export interface OneCycle {
  readonly peak: number
  readonly over: number
  /** The part of the steps that goes up; 0.3 by default. */
  readonly pctStart?: number
  /** The peak divided by the value at step 0; 25 by default. */
  readonly divFactor?: number
  /** The value at step 0 divided by the last one; 10000 by default. */
  readonly finalDivFactor?: number
  /** `'cosine'` by default. */
  readonly anneal?: 'cosine' | 'linear'
}

const between = number('a number between 0 and 1 (exclusive)', (n) => n > 0 && n < 1)
const divisor = number('a finite number above 0', (n) => n > 0 && n < Infinity)

const oneCycleOptions = options<OneCycle>('oneCycle', {
  peak: checkedLater,
  over: checkedLater,
  pctStart: between,
  divFactor: divisor,
  finalDivFactor: divisor,
  anneal: oneOf('cosine', 'linear')
})

/**
 * Rises from peak / divFactor to the peak over the first part of its steps, falls to peak / divFactor / finalDivFactor over the others, and
 * stays there.
 *
 * L. N. Smith and N. Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates, 2018; the defaults are
 * those of PyTorch and Optax. A length that is not above 0 throws a `RangeError`.
 *
 * @example
 * import * as Schedule from 'pullback/Schedule'
 *
 * const rate = Schedule.oneCycle({ peak: 1, over: 100 })
 * rate(0) // => 0.04
 * rate(30) // => 1
 * rate(100) // ≈ 0.000004
 */
/* @__NO_SIDE_EFFECTS__ */
export const oneCycle = (options: OneCycle): Schedule => {
  requireGiven('oneCycle', options)
  oneCycleOptions(options)
  const { peak, over, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4, anneal = 'cosine' } = options
  finite('oneCycle', 'peak', peak)
  positiveSteps('oneCycle', 'over', over)
  const first = peak / divFactor
  const last = first / finalDivFactor
  const up = pctStart * over
  const along = (part: Tensor<[]>, from: number, to: number): Tensor<[]> =>
    anneal === 'cosine' ? halfCosine(part, from, to) : add(mul(sub(1, part), from), mul(part, to))
  return make((step) =>
    where(less(step, up), along(progress(step, up), first, peak), along(progress(sub(step, up), over - up), peak, last))
  )
}
