// Hamiltonian Monte Carlo on a density that is bent like a banana: the chains run side by side, and every gradient is that
// of one chain, mapped over all of them.
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Statistic, banana, estimate, sample } from './hmc/sampler.js'
import { check } from './support/run.js'

const plan = { chains: 400, warmUp: 50, kept: 200 }

const started = performance.now()
const samples = sample(banana, { stepSize: 0.2, leaps: 12 })(Random.key(0), plan)
const seconds = (performance.now() - started) / 1000
console.log(`${plan.kept} states of each of ${plan.chains} chains in ${seconds.toFixed(1)} s`)

const accepted = 100 * T.item(T.mean(samples.acceptance))
check(`${accepted.toFixed(1)} % of the proposals are accepted`, accepted > 95 && accepted < 100)

// x and y do not correlate, but are far from independent: the last row is what bends the banana.
const moments: readonly (readonly [name: string, statistic: Statistic, known: number])[] = [
  ['E x', (x) => x, 0],
  ['E y', (_, y) => y, 0],
  ['E x^2', (x) => T.square(x), 1],
  ['E y^2', (_, y) => T.square(y), 0.75],
  ['E x y', (x, y) => T.mul(x, y), 0],
  ['E x^2 y', (x, y) => T.mul(T.square(x), y), 1]
]

for (const [name, statistic, known] of moments) {
  const { mean, error } = estimate(samples, statistic)
  const found = `${name.padEnd(7)} ${mean.toFixed(3).padStart(6)}, standard error ${error.toFixed(3)}`
  check(`${found}; known: ${known}`, Math.abs(mean - known) <= 4 * error && error < 0.05)
}
