/** Methods that only compare values: random search, random directions, and Nelder and Mead's simplex. */
import { type Vector, addScaled, concretes, norm, pack, plus, times } from '../implicit/vector.js'
import { options as declare } from '../internal/options.js'
import { split } from '../random/key.js'
import { type Key, requireKey } from '../random/model.js'
import { normal } from '../random/normal.js'
import { positive } from './descent.js'
import type { Landscape, Method, Point, Walk } from './model.js'

/** Standard normal numbers. */
const draw = (key: Key, n: number): Vector => pack(concretes([normal(key, [n], 'float64')]))

/** NaN counts as higher than every number. */
const lower = (a: Point, b: Point): boolean => a.value < b.value || (Number.isNaN(b.value) && !Number.isNaN(a.value))

const method = (name: string, bounded: boolean, begin: Method['begin']): Method => ({
  name,
  kind: 'scalar',
  bounded,
  gradient: false,
  begin
})

// -----------------------------------------------------------------------------
// random search
// -----------------------------------------------------------------------------

/**
 * Options of `randomSearch`: the standard deviation of the draws around x0, 1 by default.
 *
 * @example
 * import type { RandomSearchOptions } from 'pullback/Minimize'
 *
 * const options: RandomSearchOptions = { spread: 3 }
 * options.spread // => 3
 */
export interface RandomSearchOptions {
  readonly spread?: number
}

const checkSearch = declare<RandomSearchOptions>('randomSearch', { spread: positive })

/**
 * Random search: x0 + spread z with normal z, a new draw in each iteration, and the best one is kept. It makes all `maxIterations`, and
 * always returns a `Right`. Takes bounds: draws are projected on them.
 *
 * @throws RangeError when an option is out of range
 * @throws DTypeError for a key that is not one
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const method = Minimize.randomSearch(Random.key(0))
 * orThrow(Minimize.minimize((x) => T.square(T.sub(x, 1)), T.scalar(0), method, { maxIterations: 200 })).value < 1e-3 // => true
 */
/* @__NO_SIDE_EFFECTS__ */
export const randomSearch = (key: Key, options: RandomSearchOptions = {}): Method => {
  requireKey('randomSearch', key)
  checkSearch(options)
  const { spread = 1 } = options
  const walk = (problem: Landscape, point: Point, before: Key): Walk => ({
    point,
    measure: Infinity,
    next: () => {
      const [own, next] = split(before)
      const { initial } = problem
      const other = problem.at(plus(initial, spread, draw(own, initial.length)))
      return walk(problem, lower(other, point) ? other : point, next)
    }
  })
  return method('randomSearch', true, (problem) => walk(problem, problem.at(problem.initial), key))
}

// -----------------------------------------------------------------------------
// random directions
// -----------------------------------------------------------------------------

/**
 * Options of `randomDirections`: the length of the first step, 1 by default.
 *
 * @example
 * import type { RandomDirectionsOptions } from 'pullback/Minimize'
 *
 * const options: RandomDirectionsOptions = { step: 0.1 }
 * options.step // => 0.1
 */
export interface RandomDirectionsOptions {
  readonly step?: number
}

const checkDirections = declare<RandomDirectionsOptions>('randomDirections', { step: positive })

/**
 * Random local search: a step in a random direction, and if that is not lower in the opposite one; what is lower is kept. Steps double
 * where they gain, and shrink by 2^(1/4) where they do not, so that about one in five gains. Takes bounds, by projection.
 *
 * I. Rechenberg, Evolutionsstrategie, Frommann-Holzboog 1973 (the rule of one fifth).
 *
 * @throws RangeError when an option is out of range
 * @throws DTypeError for a key that is not one
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const method = Minimize.randomDirections(Random.key(0))
 * const f = (x: T.Tensor<[2]>) => T.sum(T.square(T.sub(x, 1)))
 * orThrow(Minimize.minimize(f, T.zeros([2], 'float64'), method)).value < 1e-10 // => true
 */
/* @__NO_SIDE_EFFECTS__ */
export const randomDirections = (key: Key, options: RandomDirectionsOptions = {}): Method => {
  requireKey('randomDirections', key)
  checkDirections(options)
  const { step: first = 1 } = options
  const walk = (problem: Landscape, point: Point, step: number, before: Key): Walk => ({
    point,
    measure: step,
    next: () => {
      const [own, next] = split(before)
      const drawn = draw(own, point.x.length)
      const length = step / norm(drawn)
      for (const alpha of [length, -length]) {
        const other = problem.at(plus(point.x, alpha, drawn))
        if (lower(other, point)) return walk(problem, other, 2 * step, next)
      }
      return walk(problem, point, step * 2 ** -0.25, next)
    }
  })
  return method('randomDirections', true, (problem) => walk(problem, problem.at(problem.initial), first, key))
}

// -----------------------------------------------------------------------------
// the simplex
// -----------------------------------------------------------------------------

/**
 * Options of `nelderMead`: the edges of the first simplex, relative to elements above 1 in size; 0.1 by default.
 *
 * @example
 * import type { NelderMeadOptions } from 'pullback/Minimize'
 *
 * const options: NelderMeadOptions = { size: 1 }
 * options.size // => 1
 */
export interface NelderMeadOptions {
  readonly size?: number
}

const checkSimplex = declare<NelderMeadOptions>('nelderMead', { size: positive })

/** The points in order, the lowest first. */
const sorted = (points: readonly Point[]): readonly Point[] =>
  [...points].sort((a, b) => (lower(a, b) ? -1 : lower(b, a) ? 1 : 0))

/** The next simplex: reflection, expansion, contraction outside or inside, or shrinkage to the lowest point. */
const transformed = (problem: Landscape, simplex: readonly Point[]): readonly Point[] => {
  const n = simplex.length - 1
  const [best, second, worst] = [simplex[0]!, simplex[n - 1]!, simplex[n]!]
  const others = simplex.slice(0, n)
  const centre = new Float64Array(worst.x.length)
  for (const { x } of others) addScaled(centre, 1 / n, x)
  const away = plus(centre, -1, worst.x)
  const at = (t: number): Point => problem.at(plus(centre, t, away))
  const reflected = at(1)
  if (lower(reflected, best)) {
    const expanded = at(2)
    return [...others, lower(expanded, reflected) ? expanded : reflected]
  }
  if (lower(reflected, second)) return [...others, reflected]
  const outside = lower(reflected, worst)
  const contracted = at(outside ? 0.5 : -0.5)
  if (outside ? !lower(reflected, contracted) : lower(contracted, worst)) return [...others, contracted]
  return [best, ...simplex.slice(1).map(({ x }) => problem.at(times(0.5, plus(x, 1, best.x))))]
}

/**
 * The downhill simplex: n + 1 points, of which the highest is reflected, expanded or contracted. It ends when the simplex is as small as
 * the tolerance. Does not take bounds: projection would flatten the simplex.
 *
 * J. A. Nelder and R. Mead, A simplex method for function minimization, Computer Journal 7 (1965).
 *
 * @throws RangeError when an option is out of range
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[2]>) => T.sum(T.abs(T.sub(x, T.of([1, 2], 'float64'))))
 * orThrow(Minimize.minimize(f, T.zeros([2], 'float64'), Minimize.nelderMead())).value < 1e-5 // => true
 */
/* @__NO_SIDE_EFFECTS__ */
export const nelderMead = (options: NelderMeadOptions = {}): Method => {
  checkSimplex(options)
  const { size = 0.1 } = options
  const walk = (problem: Landscape, points: readonly Point[]): Walk => {
    const simplex = sorted(points)
    const point = simplex[0]!
    const measure = Math.max(0, ...simplex.slice(1).map(({ x }) => norm(plus(x, -1, point.x))))
    return { point, measure, next: () => walk(problem, transformed(problem, simplex)) }
  }
  return method('nelderMead', false, (problem) => {
    const { initial } = problem
    const edges = initial.map((each) => size * Math.max(1, Math.abs(each)))
    const corner = (i: number): Vector => initial.map((each, j) => (i === j ? each + edges[i]! : each))
    const point = problem.at(initial)
    const corners = (): readonly Point[] => Array.from(initial, (_, i) => problem.at(corner(i)))
    return {
      point,
      measure: Math.max(0, ...edges),
      next: () => walk(problem, transformed(problem, sorted([point, ...corners()])))
    }
  })
}
