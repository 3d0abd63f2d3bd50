/** Gradient descent: at a rate, by backtracking, and by any optimizer. */
import { type Vector, plus } from '../implicit/vector.js'
import { refusal } from '../internal/describe.js'
import { type Kind, checkedLater, number, options as declare } from '../internal/options.js'
import { applyUpdates } from '../optimizer/combinators.js'
import type { Need, Optimizer, State } from '../optimizer/model.js'
import { sgd } from '../optimizer/descent.js'
import { requireRate } from '../optimizer/scaling.js'
import type { Schedule } from '../Schedule.js'
import { fill } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { type Armijo, backtrack } from './lineSearch.js'
import type { Landscape, Method, Point, Problem, Walk } from './model.js'

// -----------------------------------------------------------------------------
// backtracking
// -----------------------------------------------------------------------------

/**
 * How steps are shortened: `step` is the first one tried (1 by default), `shrink` the factor between two tries (0.5), and `decrease` the
 * part of the decrease along the gradient that must be gained (1e-4).
 *
 * @example
 * import type { BacktrackingOptions } from 'pullback/Minimize'
 *
 * const options: BacktrackingOptions = { step: 0.1, shrink: 0.8 }
 * options.shrink // => 0.8
 */
export interface BacktrackingOptions {
  readonly step?: number
  readonly shrink?: number
  readonly decrease?: number
}

/** A number above 0. */
export const positive: Kind = number('a finite number above 0', (x) => x > 0 && x < Infinity)

/** A part of a whole, neither nothing nor all. */
export const inside: Kind = number('a number between 0 and 1', (x) => x > 0 && x < 1)

const checkBacktracking = declare<BacktrackingOptions>('backtracking', {
  step: positive,
  shrink: inside,
  decrease: inside
})

const backtrackingAs = (name: string, options: BacktrackingOptions): Method => {
  checkBacktracking(options)
  const { step = 1, shrink = 0.5, decrease = 1e-4 } = options
  const armijo: Armijo = { shrink, decrease }
  const walk = (problem: Landscape, point: Point, first: number): Walk => ({
    point,
    measure: point.slope,
    next: () => {
      const to = (alpha: number): Vector => plus(point.x, -alpha, point.gradient)
      const found = backtrack(problem, point, to, first, armijo)
      return found && walk(problem, found.point, Math.min(step, found.alpha / shrink))
    }
  })
  return {
    name,
    kind: 'scalar',
    bounded: true,
    gradient: true,
    begin: (problem) => walk(problem, problem.at(problem.initial), step)
  }
}

/**
 * Gradient descent with backtracking: x <- P(x - alpha g), with the first alpha of s, s shrink, s shrink^2, ... at which the value falls
 * by `decrease` times what the gradient promises. s is `step` at first, then the last alpha over `shrink`, at most `step`. Takes
 * bounds: P is the projection on them.
 *
 * L. Armijo, Minimization of functions having Lipschitz continuous first partial derivatives, Pacific J. Math. 16 (1966).
 * D. P. Bertsekas, On the Goldstein-Levitin-Polyak gradient projection method, IEEE Trans. Automat. Contr. 21 (1976).
 *
 * @throws RangeError when an option is out of range
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[2]>) => T.sum(T.square(T.sub(x, T.of([3, -1], 'float64'))))
 * const x0 = T.zeros([2], 'float64')
 * orThrow(Minimize.minimize(f, x0, Minimize.backtracking(), { bounds: { lower: 0 } })).point // => T.of([3, 0], 'float64')
 */
/* @__NO_SIDE_EFFECTS__ */
export const backtracking = (options: BacktrackingOptions = {}): Method => backtrackingAs('backtracking', options)

// -----------------------------------------------------------------------------
// optimizers
// -----------------------------------------------------------------------------

const byAs = (name: string, optimizer: Optimizer<Need>): Method => {
  const walk = <X>(problem: Problem<X>, point: Point, state: State): Walk => ({
    point,
    measure: point.slope,
    next: () => {
      const params = problem.tree(point.x)
      const value = typed<[]>(fill([], problem.epsilon < 1e-10 ? 'float64' : 'float32', point.value))
      const extras = { value, objective: problem.f }
      const [updates, next] = optimizer.update(problem.tree(point.gradient), state, params, extras)
      return walk(problem, problem.at(problem.vector(applyUpdates(params, updates))), next)
    }
  })
  return {
    name,
    kind: 'scalar',
    bounded: true,
    gradient: true,
    begin: (problem) => {
      const point = problem.at(problem.initial)
      return walk(problem, point, optimizer.init(problem.tree(point.x)))
    }
  }
}

/**
 * Minimisation by an optimizer: x <- P(x + update of the gradient). Takes bounds, which P projects on; this is sound for optimizers that
 * scale each element by itself, as those of `pullback/Optimizer` do.
 *
 * @throws TypeError for a value that is not an optimizer
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const heavyBall = Minimize.by(Optimizer.sgd(0.1, { momentum: 0.5 }))
 * T.item(orThrow(Minimize.minimize((x) => T.square(x), T.scalar(4, 'float64'), heavyBall)).point) // ≈ 0
 */
/* @__NO_SIDE_EFFECTS__ */
export const by = (optimizer: Optimizer<Need>): Method => {
  if (typeof optimizer !== 'object' || optimizer === null || !('update' in optimizer)) {
    throw new TypeError(refusal('by', 'the optimizer', optimizer, 'one such as Optimizer.adam(1e-3)'))
  }
  return byAs('by', optimizer)
}

/**
 * How far gradient descent goes: a `rate`, or `backtracking`.
 *
 * @example
 * import type { GradientDescentOptions } from 'pullback/Minimize'
 *
 * const options: GradientDescentOptions = { rate: (step) => 1 / (step + 1) }
 * options.backtracking // => undefined
 */
export interface GradientDescentOptions {
  /** A number or a schedule. */
  readonly rate?: number | Schedule
  /** Options of `backtracking`, in place of a rate. */
  readonly backtracking?: BacktrackingOptions
}

const checkDescent = declare<GradientDescentOptions>('gradientDescent', {
  rate: checkedLater,
  backtracking: checkedLater
})

/**
 * Gradient descent, x <- P(x - rate g), at a rate, which may be a schedule, or by `backtracking`. Takes bounds: P is the projection on
 * them.
 *
 * @throws TypeError when there is no rate and no backtracking, or both
 * @throws RangeError when an option is out of range
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const method = Minimize.gradientDescent({ rate: 0.25 })
 * const { path } = orThrow(Minimize.minimize((x) => T.square(x), T.scalar(4), method, { path: true, tolerance: 0.2 }))
 * path // => [T.scalar(4), T.scalar(2), T.scalar(1), T.scalar(0.5)]
 */
/* @__NO_SIDE_EFFECTS__ */
export const gradientDescent = (options: GradientDescentOptions): Method => {
  checkDescent(options)
  const given: unknown = options
  if (given === undefined) throw new TypeError('gradientDescent: options are undefined; expected rate or backtracking')
  const { rate, backtracking: shortening } = options
  if (rate !== undefined && shortening === undefined) {
    requireRate('gradientDescent', rate)
    return byAs('gradientDescent', sgd(rate))
  }
  if (rate === undefined && shortening !== undefined) return backtrackingAs('gradientDescent', shortening)
  const found = rate === undefined ? 'neither rate nor backtracking is given' : 'rate and backtracking are both given'
  throw new TypeError(`gradientDescent: ${found}; expected one of them`)
}
