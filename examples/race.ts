// A race of optimizers over five surfaces, from the same start: sgd, momentum, Nesterov's momentum, adagrad, rmsprop and adam, each at the best of 13 rates,
// which run at once by vmap, and L-BFGS. Where the ground is steep across and flat along, descent crawls or diverges; momentum gathers speed along;
// adaptive rates take both directions alike; L-BFGS learns the curvature.
import * as Plot from 'pullback/Plot'
import * as Report from 'pullback/Report'
import { type Run, after, bestRuns, lbfgsRun, optimizers } from './race/race.js'
import { heights, surfaces } from './race/surfaces.js'
import { writeOut } from './support/files.js'
import { check } from './support/run.js'

const steps = 100
const methods = [...Object.keys(optimizers), 'lbfgs']

const runsOf = bestRuns(Object.values(surfaces), steps)
const raced = Object.entries(surfaces).map(([name, surface], i) => {
  const runs: Readonly<Record<string, Run>> = { ...runsOf[i], lbfgs: lbfgsRun(surface, steps) }
  return { name, surface, runs }
})

/** Two digits; what is below 1e-12 is rounding. */
const short = (x: number): string => (x < 1e-12 ? '< 1e-12' : x < 1e-3 ? x.toExponential(0) : x.toPrecision(2))
for (const done of [30, steps]) {
  const rows = methods.map((method) => ({
    [`after ${done} steps`]: method,
    ...Object.fromEntries(raced.map(({ name, surface, runs }) => [name, short(after(surface, runs[method]!, done))]))
  }))
  console.log(`${Report.table(rows)}\n`)
}
const rateRows = Object.keys(optimizers).map((method) => ({
  'best rate': method,
  ...Object.fromEntries(raced.map(({ name, runs }) => [name, short(runs[method]!.rate!)]))
}))
console.log(`${Report.table(rateRows)}\n`)

const drawings = raced.map(({ name, surface, runs }) =>
  Plot.surface(
    (points) => heights(surface, points),
    methods.map((method) => ({ name: method, points: runs[method]!.path.slice(0, 41) })),
    { title: name, xRange: surface.xRange, yRange: surface.yRange, resolution: 50 }
  )
)
console.log(`trajectories: ${await writeOut('race.svg', Plot.beside(...drawings))}\n`)

/** The distances to the minimum at the end, by surface and method. */
const end = (name: string, method: string): number => {
  const { surface, runs } = raced.find((each) => each.name === name)!
  return after(surface, runs[method]!, steps)
}

const away = Object.keys(surfaces).map((name) => end(name, 'lbfgs'))
check('L-BFGS is at a minimum of every surface, to 10 digits', Math.max(...away) < 1e-10)
const [crawling, fast] = [end('valley', 'sgd'), end('valley', 'momentum')]
check(`along the valley sgd is still ${short(crawling)} away, momentum ${short(fast)}`, fast < crawling / 100)
const [slow, bent] = [end('rosenbrock', 'sgd'), end('rosenbrock', 'momentum')]
check(`in the bent valley of Rosenbrock sgd is ${short(slow)} away, momentum ${short(bent)}`, bent < slow / 4)
const straight = end('valley', 'adagrad')
check('adagrad has a rate for each coordinate, to which a valley along an axis is round', straight < 1e-10)
