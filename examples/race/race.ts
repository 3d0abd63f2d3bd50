// The race: each optimizer at many rates at once, of which the best counts, and L-BFGS, which looks for its own.
import * as E from 'fp-ts/lib/Either.js'
import { grad } from 'pullback/Grad'
import * as Minimize from 'pullback/Minimize'
import * as Optimizer from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'
import { type WithAxis, vmap } from 'pullback/Vmap'
import { type Surface, distance, heights } from './surfaces.js'

type Scalar = T.Tensor<[]>

export const optimizers: Readonly<Record<string, (rate: Scalar) => Optimizer.Optimizer>> = {
  sgd: (rate) => Optimizer.sgd(rate),
  momentum: (rate) => Optimizer.sgd(rate, { momentum: 0.9 }),
  nesterov: (rate) => Optimizer.sgd(rate, { momentum: 0.9, nesterov: true }),
  adagrad: (rate) => Optimizer.adagrad(rate),
  rmsprop: (rate) => Optimizer.rmsprop(rate),
  adam: (rate) => Optimizer.adam(rate)
}

/** The rates that are tried: three for each power of ten, from 0.001 to 10. */
export const rates: readonly number[] = Array.from({ length: 13 }, (_, i) => 10 ** (i / 3 - 3))

type Path = readonly (readonly [x: number, y: number])[]

/** What an optimizer did: the points from the start on. */
export interface Run {
  readonly path: Path
  /** The rate that was the best; none for a method that looks for its own. */
  readonly rate?: number
}

/** The rows of a matrix of two columns. */
const pathOf = (points: T.Tensor): Path => {
  const [x, y] = [0, 1].map((column) => T.toArray(T.at(points, column, { axis: 1 })))
  return Array.from(x!, (each, i) => [each, y![i]!])
}

/** A state for each rate, and points [rates, surfaces, 2]. */
interface Racer {
  readonly update: (
    rate: Scalar,
    slopes: T.Tensor,
    state: Optimizer.State,
    points: T.Tensor
  ) => readonly [T.Tensor, Optimizer.State]
  readonly state: WithAxis<Optimizer.State>
  readonly points: T.Tensor
}

/**
 * The points [steps + 1, optimizers, rates, surfaces, 2] of all optimizers at all rates on all surfaces: a single tensor, since an optimizer works on each
 * element by itself, and the slope of a sum is that of each part.
 */
const race = (on: readonly Surface[], steps: number): T.Tensor => {
  const sum = (points: T.Tensor): Scalar =>
    on.map((surface, i) => T.sum(heights(surface, T.at(points, i, { axis: -2 })))).reduce((a, b) => T.add(a, b))
  const all = T.of(rates, 'float64')
  const start = T.of(
    on.map((surface) => surface.start),
    'float64'
  )
  let racers = Object.values(optimizers).map((at): Racer => ({
    update: (rate, slopes, state, points) => {
      const [updates, next] = at(rate).update(slopes, state, points)
      return [Optimizer.applyUpdates(points, updates), next]
    },
    state: vmap((rate: Scalar) => at(rate).init(start))(all),
    points: T.broadcastTo(start, [rates.length, ...start.shape])
  }))
  const seen = [T.stack(racers.map(({ points }) => points))]
  for (let step = 0; step < steps; step++) {
    const slopes = grad(sum)(seen[step]!)
    racers = racers.map(({ update, state, points }, i) => {
      const [moved, next] = vmap(update)(all, T.at(slopes, i), state, points)
      return { update, state: next, points: moved }
    })
    seen.push(T.stack(racers.map(({ points }) => points)))
  }
  return T.stack(seen)
}

/** The runs of each optimizer, by surface: at the rate at which it is nearest to a minimum in the mean over its steps. */
export const bestRuns = (on: readonly Surface[], steps: number): readonly Readonly<Record<string, Run>>[] => {
  const points = race(on, steps)
  return on.map((surface, k) => {
    const best = Object.keys(optimizers).map((name, i): readonly [string, Run] => {
      const own = T.at(T.at(points, i, { axis: 1 }), k, { axis: 2 })
      const runs = rates.map((rate, j): Run => ({ rate, path: pathOf(T.at(own, j, { axis: 1 })) }))
      const meanOf = ({ path }: Run): number =>
        path.reduce((sum, point) => sum + distance(surface, point), 0) / path.length
      const finite = runs.filter((run) => Number.isFinite(meanOf(run)))
      return [name, finite.reduce((a, b) => (meanOf(b) < meanOf(a) ? b : a))]
    })
    return Object.fromEntries(best)
  })
}

/** L-BFGS from the same start; it ends where no step gets lower, and stays there. */
export const lbfgsRun = (surface: Surface, steps: number): Run => {
  const f = (point: T.Tensor<[2]>): Scalar => T.sum(heights(surface, point))
  const options = { maxIterations: steps, path: true, tolerance: 1e-12 }
  const start: T.Tensor<[2]> = T.of(surface.start, 'float64')
  return { path: pathOf(T.stack(E.toUnion(Minimize.minimize(f, start, Minimize.lbfgs(), options)).path)) }
}

/** The distance to the nearest minimum after some steps. */
export const after = (surface: Surface, { path }: Run, steps: number): number =>
  distance(surface, path[Math.min(steps, path.length - 1)] ?? [])
