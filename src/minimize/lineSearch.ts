/** Line searches: how far to go along a direction. */
import { type Vector, dot, plus } from '../implicit/vector.js'
import type { Landscape, Point } from './model.js'

/** How far rounding may move a value. */
export const noise = ({ epsilon }: Pick<Landscape, 'epsilon'>, value: number): number => 8 * epsilon * Math.abs(value)

// -----------------------------------------------------------------------------
// backtracking
// -----------------------------------------------------------------------------

/** How steps are shortened, and when one is short enough. */
export interface Armijo {
  readonly shrink: number
  readonly decrease: number
}

/** How often a step is shortened. */
const attempts = 60

/**
 * The first of the steps alpha, alpha shrink, alpha shrink^2, ... with f(y) <= f(x) + decrease g (y - x), where y is the point that the
 * step leads to. Where rounding hides a decrease of the value, a decrease of the slope counts.
 */
export const backtrack = (
  problem: Landscape,
  from: Point,
  to: (alpha: number) => Vector,
  first: number,
  { shrink, decrease }: Armijo
): { readonly alpha: number; readonly point: Point } | undefined => {
  const flat = noise(problem, from.value)
  for (let k = 0, alpha = first; k < attempts; k++, alpha *= shrink) {
    const point = problem.at(to(alpha))
    if (!(point.slope < Infinity)) continue
    const predicted = dot(from.gradient, plus(point.x, -1, from.x))
    if (!(predicted < 0)) continue
    const hidden = Math.abs(point.value - from.value) <= flat
    const enough = hidden ? point.slope < from.slope : point.value <= from.value + decrease * predicted
    if (enough) return { alpha, point }
  }
  return undefined
}

// -----------------------------------------------------------------------------
// strong Wolfe conditions
// -----------------------------------------------------------------------------

/** The constants of the strong Wolfe conditions, 0 < decrease < curvature < 1. */
export interface Wolfe {
  readonly decrease: number
  readonly curvature: number
}

/** A trial step. */
interface Trial {
  readonly alpha: number
  readonly point: Point
  readonly value: number
  readonly slope: number
}

/** The minimum of the cubic through two trials, or the middle where that is near an end or nowhere. */
const between = (a: Trial, b: Trial): number => {
  const width = b.alpha - a.alpha
  const d = a.slope + b.slope - (3 * (a.value - b.value)) / (a.alpha - b.alpha)
  const root = Math.sqrt(d * d - a.slope * b.slope) * Math.sign(width)
  const share = 1 - (b.slope + root - d) / (b.slope - a.slope + 2 * root)
  return a.alpha + (share > 0.1 && share < 0.9 ? share : 0.5) * width
}

/**
 * A step that satisfies the strong Wolfe conditions. Values that are not finite are too high. Comparisons allow for rounding, so that
 * close to a minimum the slopes decide.
 *
 * J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition, Springer 2006, algorithms 3.5 and 3.6.
 */
export const strongWolfe = (
  problem: Landscape,
  from: Point,
  direction: Vector,
  first: number,
  { decrease, curvature }: Wolfe
): { readonly alpha: number; readonly point: Point } | undefined => {
  const slope = dot(from.gradient, direction)
  const flat = noise(problem, from.value)
  const trial = (alpha: number): Trial => {
    const point = problem.at(plus(from.x, alpha, direction))
    const known = Number.isFinite(point.value) && point.slope < Infinity
    return { alpha, point, value: known ? point.value : Infinity, slope: dot(point.gradient, direction) }
  }
  const tooHigh = ({ alpha, value }: Trial): boolean => !(value <= from.value + decrease * alpha * slope + flat)
  const levelled = (t: Trial): boolean => Math.abs(t.slope) <= -curvature * slope

  const zoom = (lowest: Trial, other: Trial): Trial | undefined => {
    let [low, high] = [lowest, other]
    for (let k = 0; k < 40; k++) {
      const t = trial(between(low, high))
      if (t.alpha === low.alpha || t.alpha === high.alpha) break
      if (tooHigh(t) || t.value >= low.value + flat) high = t
      else {
        if (levelled(t)) return t
        if (t.slope * (high.alpha - low.alpha) >= 0) high = low
        low = t
      }
    }
    // What rounding leaves of the bracket: a decrease without the condition on slopes is a step as well.
    return low.alpha > 0 && low.value < from.value ? low : undefined
  }

  let before: Trial = { alpha: 0, point: from, value: from.value, slope }
  for (let k = 0, alpha = first; k < 30; k++, alpha *= 2) {
    const t = trial(alpha)
    if (tooHigh(t) || (k > 0 && t.value >= before.value + flat)) return zoom(before, t)
    if (levelled(t)) return t
    if (t.slope >= 0) return zoom(t, before)
    before = t
  }
  return before
}
