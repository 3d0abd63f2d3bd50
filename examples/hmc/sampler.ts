// Hamiltonian Monte Carlo: a Markov chain whose proposals follow the gradient of the density.
//
// S. Duane, A. D. Kennedy, B. J. Pendleton and D. Roweth, Hybrid Monte Carlo, Physics Letters B 195 (1987); R. M. Neal, MCMC
// using Hamiltonian dynamics, Handbook of Markov Chain Monte Carlo, 2011.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

export type Point = T.Tensor<[2]>

/** The logarithm of a density at a point, up to a constant. */
export type LogDensity = (position: Point) => T.Tensor<[]>

/** Where the point is, and how it moves. */
export interface Phase {
  readonly position: Point
  readonly momentum: Point
}

/** One state of a chain, and whether it is a new one. */
export interface Transition {
  readonly position: Point
  readonly accepted: T.Tensor<[]>
}

/** The density of x ~ N(0, 1) and, given x, y ~ N((x^2 - 1) / 2, 1/4): bent like a banana, with moments that are known. */
export const banana: LogDensity = (position) => {
  const [x, y] = [T.at(position, 0), T.at(position, 1)]
  const deviation = T.sub(T.mul(y, 2), T.sub(T.square(x), 1))
  return T.mul(T.add(T.square(x), T.square(deviation)), -0.5)
}

/** How a proposal is found. */
export interface Options {
  /** The length of one leapfrog step. */
  readonly stepSize: number
  /** How many leapfrog steps lead to a proposal. */
  readonly leaps: number
}

// -----------------------------------------------------------------------------
// dynamics
// -----------------------------------------------------------------------------

/** The energy that the dynamics conserve: potential and kinetic, H = -log p(x) + |m|^2 / 2. */
export const energy =
  (logDensity: LogDensity) =>
  ({ position, momentum }: Phase): T.Tensor<[]> =>
    T.sub(T.mul(T.dot(momentum, momentum), 0.5), logDensity(position))

/** Leapfrog steps along x' = m, m' = grad log p(x): reversible, and they preserve volume in phase space. */
export const leapfrog =
  (logDensity: LogDensity, { stepSize, leaps }: Options) =>
  (start: Phase): Phase => {
    const force = grad(logDensity)
    const kick = ({ position, momentum }: Phase, time: number): Phase => ({
      position,
      momentum: T.add(momentum, T.mul(force(position), time))
    })
    const drift = ({ position, momentum }: Phase): Phase => ({
      position: T.add(position, T.mul(momentum, stepSize)),
      momentum
    })
    let phase = kick(start, stepSize / 2)
    for (let leap = 1; leap < leaps; leap++) phase = kick(drift(phase), stepSize)
    return kick(drift(phase), stepSize / 2)
  }

// -----------------------------------------------------------------------------
// chains
// -----------------------------------------------------------------------------

/** One step of one chain: a random momentum, a path, and Metropolis's choice between its end and its start. */
export const transition =
  (logDensity: LogDensity, options: Options) =>
  (key: Random.Key, position: Point): Transition => {
    const [forMomentum, forChoice] = Random.split(key)
    const start = { position, momentum: Random.normal(forMomentum, [2], 'float64') }
    const end = leapfrog(logDensity, options)(start)
    const gain = T.sub(energy(logDensity)(start), energy(logDensity)(end))
    const accepted = T.less(T.log(Random.uniform(forChoice, [], { dtype: 'float64' })), gain)
    return { position: T.where(accepted, end.position, position), accepted: T.cast(accepted, 'float64') }
  }

export interface Plan {
  readonly chains: number
  /** Steps that only lead away from the start. */
  readonly warmUp: number
  /** Steps that are kept. */
  readonly kept: number
}

export interface Samples {
  readonly positions: T.Tensor<[number, number, 2]>
  /** The share of proposals that were accepted, by chain. */
  readonly acceptance: T.Tensor<[number]>
}

/** Many chains side by side, in float64: positions by step, chain and coordinate. Each chain has keys of its own. */
export const sample =
  (logDensity: LogDensity, options: Options) =>
  (key: Random.Key, { chains, warmUp, kept }: Plan): Samples => {
    const step = vmap(transition(logDensity, options), { inAxes: ['split', 0] })
    const [forStart, forSteps] = Random.split(key)
    let position: T.Tensor<[number, 2]> = Random.normal(forStart, [chains, 2], 'float64')
    const visited: (typeof position)[] = []
    let acceptance: T.Tensor<[number]> = T.zeros([chains], 'float64')
    Random.split(forSteps, warmUp + kept).forEach((each, i) => {
      const next = step(each, position)
      position = next.position
      if (i < warmUp) return
      visited.push(position)
      acceptance = T.add(acceptance, T.div(next.accepted, kept))
    })
    return { positions: T.stack(visited), acceptance }
  }

// -----------------------------------------------------------------------------
// estimates
// -----------------------------------------------------------------------------

/** A mean over all samples, and its standard error by how far the chains, which are independent, differ. */
export interface Estimate {
  readonly mean: number
  readonly error: number
}

/** A function of points, which works elementwise on the coordinates of all of them. */
export type Statistic = (x: T.Tensor<[number, number]>, y: T.Tensor<[number, number]>) => T.Tensor<[number, number]>

/** The estimate of the mean of a statistic. */
export const estimate = ({ positions }: Samples, statistic: Statistic): Estimate => {
  const values = statistic(T.at(positions, 0, { axis: 2 }), T.at(positions, 1, { axis: 2 }))
  const byChain = T.mean(values, { axis: 0 })
  const error = T.item(T.std(byChain, { correction: 1 })) / Math.sqrt(byChain.shape[0])
  return { mean: T.item(T.mean(byChain)), error }
}
