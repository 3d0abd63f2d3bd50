/** Methods with strong-Wolfe line searches: limited-memory BFGS, and nonlinear conjugate gradients. */
import { type Vector, addScaled, dot, norm, plus, times } from '../implicit/vector.js'
import { options as declare, positiveCount } from '../internal/options.js'
import { inside } from './descent.js'
import { type Wolfe, strongWolfe } from './lineSearch.js'
import type { Landscape, Method, Point, Walk } from './model.js'

/**
 * The constants of the strong Wolfe conditions: f(y) <= f(x) + decrease alpha g p, and |g(y) p| <= curvature |g p|.
 *
 * @example
 * import type { WolfeOptions } from 'pullback/Minimize'
 *
 * const options: WolfeOptions = { curvature: 0.1 }
 * options.curvature // => 0.1
 */
export interface WolfeOptions {
  /** 1e-4 by default. */
  readonly decrease?: number
  /** Above `decrease`; 0.9 for `lbfgs`, 0.1 for `conjugateGradient` by default. */
  readonly curvature?: number
}

const constantsOf = (operation: string, { decrease = 1e-4, curvature }: WolfeOptions, usual: number): Wolfe => {
  const wolfe = { decrease, curvature: curvature ?? usual }
  if (wolfe.decrease < wolfe.curvature) return wolfe
  const given = `decrease is ${wolfe.decrease} and curvature is ${wolfe.curvature}`
  throw new RangeError(`${operation}: ${given}; expected decrease < curvature`)
}

// -----------------------------------------------------------------------------
// limited-memory BFGS
// -----------------------------------------------------------------------------

/**
 * Options of `lbfgs`: how many steps it remembers (10 by default), and the constants of the line search.
 *
 * @example
 * import type { LbfgsOptions } from 'pullback/Minimize'
 *
 * const options: LbfgsOptions = { memory: 5 }
 * options.memory // => 5
 */
export interface LbfgsOptions extends WolfeOptions {
  readonly memory?: number
}

const checkLbfgs = declare<LbfgsOptions>('lbfgs', { memory: positiveCount, decrease: inside, curvature: inside })

/** A step and the change of the gradient along it. */
interface Pair {
  readonly s: Vector
  readonly y: Vector
  readonly rho: number
}

/** The product of the inverse Hessian and a vector: the two-loop recursion. */
const twoLoops = (pairs: readonly Pair[], g: Vector): Vector => {
  const q = g.slice()
  const alphas = pairs.map(() => 0)
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i]!
    alphas[i] = rho * dot(s, q)
    addScaled(q, -alphas[i]!, y)
  }
  const last = pairs[pairs.length - 1]
  const r = last === undefined ? q : times(1 / (last.rho * dot(last.y, last.y)), q)
  pairs.forEach(({ s, y, rho }, i) => addScaled(r, alphas[i]! - rho * dot(y, r), s))
  return r
}

/** The pairs with the newest one, where its curvature is positive. */
const remember = (pairs: readonly Pair[], memory: number, from: Point, to: Point): readonly Pair[] => {
  const s = plus(to.x, -1, from.x)
  const y = plus(to.gradient, -1, from.gradient)
  const product = dot(s, y)
  return product > 1e-10 * norm(s) * norm(y) ? [...pairs, { s, y, rho: 1 / product }].slice(-memory) : pairs
}

/** The first step along a direction that has no length of its own. */
const firstStep = (g: Vector): number => Math.min(1, 1 / norm(g))

/**
 * The method of Broyden, Fletcher, Goldfarb and Shanno with limited memory: quasi-Newton steps from the last `memory` steps and changes of
 * the gradient, by the two-loop recursion, with a line search to the strong Wolfe conditions. Does not take bounds.
 *
 * J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition, Springer 2006, algorithms 7.4 and 7.5, 3.5 and 3.6.
 *
 * @throws RangeError when an option is out of range
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const rosenbrock = (v: T.Tensor<[2]>) => {
 *   const [x, y] = [T.at(v, 0), T.at(v, 1)]
 *   return T.add(T.square(T.sub(1, x)), T.mul(100, T.square(T.sub(y, T.square(x)))))
 * }
 * const { point, evaluations } = orThrow(Minimize.minimize(rosenbrock, T.of([-1.2, 1], 'float64'), Minimize.lbfgs()))
 * T.item(T.max(T.abs(T.sub(point, 1)))) // ≈ 0.0000000
 * evaluations < 60 // => true
 */
/* @__NO_SIDE_EFFECTS__ */
export const lbfgs = (options: LbfgsOptions = {}): Method => {
  checkLbfgs(options)
  const { memory = 10 } = options
  const wolfe = constantsOf('lbfgs', options, 0.9)
  const walk = (problem: Landscape, point: Point, pairs: readonly Pair[]): Walk => ({
    point,
    measure: point.slope,
    next: () => {
      const direction = times(-1, twoLoops(pairs, point.gradient))
      const first = pairs.length === 0 ? firstStep(point.gradient) : 1
      const found =
        dot(direction, point.gradient) < 0 ? strongWolfe(problem, point, direction, first, wolfe) : undefined
      if (found !== undefined) return walk(problem, found.point, remember(pairs, memory, point, found.point))
      return pairs.length === 0 ? undefined : walk(problem, point, []).next()
    }
  })
  return {
    name: 'lbfgs',
    kind: 'scalar',
    bounded: false,
    gradient: true,
    begin: (problem) => walk(problem, problem.at(problem.initial), [])
  }
}

// -----------------------------------------------------------------------------
// conjugate gradients
// -----------------------------------------------------------------------------

const checkConjugate = declare<WolfeOptions>('conjugateGradient', { decrease: inside, curvature: inside })

/**
 * Nonlinear conjugate gradients after Polak and Ribière: d <- -g + max(0, g (g - g_before) / |g_before|^2) d, with a line search to the
 * strong Wolfe conditions. It keeps three vectors. Does not take bounds.
 *
 * J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition, Springer 2006, equations 5.44 and 5.45.
 *
 * @throws RangeError when an option is out of range
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[2]>) => T.sum(T.mul(T.of([1, 10], 'float64'), T.square(T.sub(x, 1))))
 * const { point } = orThrow(Minimize.minimize(f, T.zeros([2], 'float64'), Minimize.conjugateGradient()))
 * T.item(T.max(T.abs(T.sub(point, 1)))) // ≈ 0.0000000
 */
/* @__NO_SIDE_EFFECTS__ */
export const conjugateGradient = (options: WolfeOptions = {}): Method => {
  checkConjugate(options)
  const wolfe = constantsOf('conjugateGradient', options, 0.1)
  const walk = (problem: Landscape, point: Point, along: Vector, first: number): Walk => ({
    point,
    measure: point.slope,
    next: () => {
      const g = point.gradient
      const search = (direction: Vector, alpha: number): Walk | undefined => {
        const found = strongWolfe(problem, point, direction, alpha, wolfe)
        if (found === undefined) return undefined
        const h = found.point.gradient
        const beta = Math.max(0, dot(h, plus(h, -1, g)) / dot(g, g))
        const next = plus(times(-1, h), beta, direction)
        // A first guess of the step: the decrease to first order is that of the step before.
        const guess = (found.alpha * dot(g, direction)) / dot(h, next)
        return walk(problem, found.point, next, guess > 0 && guess < Infinity ? guess : firstStep(h))
      }
      const conjugate = dot(along, g) < 0 ? search(along, first) : undefined
      return conjugate ?? search(times(-1, g), firstStep(g))
    }
  })
  return {
    name: 'conjugateGradient',
    kind: 'scalar',
    bounded: false,
    gradient: true,
    begin: (problem) => {
      const point = problem.at(problem.initial)
      return walk(problem, point, times(-1, point.gradient), firstStep(point.gradient))
    }
  }
}
