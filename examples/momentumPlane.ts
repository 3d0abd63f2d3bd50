// Momentum's plane of step size and damping on a quadratic: gradient descent runs at all pairs of a grid at once, by vmap, and converges as
// fast as the eigenvalues of a 2 x 2 matrix say. Without momentum the factor of a step is (k - 1) / (k + 1) at best, for a condition number k; with
// it, k is replaced by its root.
import * as Plot from 'pullback/Plot'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'
import { type Curvatures, type Plane, columnsOf, gridOf, measuredRates, optimum, rates } from './momentumPlane/plane.js'
import { writeOut } from './support/files.js'
import { check } from './support/run.js'

const curvatures: Curvatures = [1, 25]
const [mu, L] = curvatures
const steps = 300

const momenta = Array.from({ length: 20 }, (_, i) => i / 20)
const stepSizes = Array.from({ length: 32 }, (_, i) => ((i + 1) / 32) * (4 / L))
const grid = gridOf(stepSizes, momenta)
const measured = measuredRates(curvatures, grid, steps)
const known = rates(curvatures, grid)

// -----------------------------------------------------------------------------
// tables and a picture
// -----------------------------------------------------------------------------

const shown = [0, 0.2, 0.4, 0.6, 0.8, 0.95]
const rows = momenta.flatMap((momentum, j) => {
  if (!shown.includes(momentum)) return []
  const own = [3, 8, 15, 19, 23, 31].map((i): [string, string] => {
    const at = j * stepSizes.length + i
    return [`step ${(stepSizes[i] ?? NaN).toFixed(3)}`, T.item(T.at(measured, at)).toFixed(3)]
  })
  return [{ damping: momentum, ...Object.fromEntries(own) }]
})
console.log(`The factor by which a step shortens the distance, curvatures ${mu} and ${L}:\n${Report.table(rows)}\n`)

/** Steps until the distance is a millionth of what it was. */
const stepsOf = (factor: number): number => Math.ceil(Math.log(1e-6) / Math.log(factor))

const conditions = [4, 25, 100, 10_000].map((k) => {
  const { rate, momentum, factor } = optimum([1, k])
  return {
    condition: k,
    rate,
    momentum,
    'steps to 1e-6': stepsOf(factor),
    'without momentum': stepsOf((k - 1) / (k + 1))
  }
})
console.log(`${Report.table(conditions, { digits: 3 })}\n`)

const best = optimum(curvatures)
const mark: Plot.Named = { name: 'best', points: [[best.rate, best.momentum]] }
const draw = (title: string, f: (plane: Plane) => T.Tensor): string =>
  Plot.surface(f, [mark], {
    title,
    xLabel: 'step size',
    yLabel: 'damping',
    xRange: [0, 4 / L],
    yRange: [0, 1],
    levels: [0.68, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1],
    resolution: 40
  })
const drawings = [
  draw('measured', (plane) => measuredRates(curvatures, plane, 100)),
  draw('spectral radius', (plane) => rates(curvatures, plane))
]
console.log(`level lines of the factor: ${await writeOut('momentum-plane.svg', Plot.beside(...drawings))}\n`)

// -----------------------------------------------------------------------------
// what the theory says
// -----------------------------------------------------------------------------

const apart = T.item(T.max(T.abs(T.sub(measured, known))))
check(`of ${grid.shape[0]} pairs, measured and known factors differ by ${apart.toFixed(3)} at most`, apart < 0.02)

const least = T.item(T.argmin(measured))
const [rate, momentum] = T.toNested(T.at(grid, least))
const found = { rate: rate ?? NaN, momentum: momentum ?? NaN }
check(
  `the best of the grid, ${found.rate.toFixed(3)} and ${found.momentum}, is next to ${best.rate.toFixed(3)} and ${best.momentum.toFixed(3)}`,
  Math.abs(found.rate - best.rate) <= 4 / L / 32 && Math.abs(found.momentum - best.momentum) <= 1 / 20
)

const atBest = T.item(T.at(measuredRates(curvatures, gridOf([best.rate], [best.momentum]), steps), 0))
check(
  `at the best pair the factor is ${atBest.toFixed(3)}, by theory ${best.factor.toFixed(3)}`,
  Math.abs(atBest - best.factor) < 0.01
)
const plain = T.item(T.at(measuredRates(curvatures, gridOf([2 / (mu + L)], [0]), steps), 0))
check(
  `without momentum it is ${plain.toFixed(3)} at best, by theory ${((L - mu) / (L + mu)).toFixed(3)}`,
  Math.abs(plain - (L - mu) / (L + mu)) < 1e-6
)

const [ofStep, ofDamping] = columnsOf(grid)
const isStable = T.less(ofStep, T.mul(T.add(1, ofDamping), 2 / L))
const converges = T.less(measured, 1 - 1e-3)
check(
  'it converges where the step size is below 2 (1 + damping) / L, and nowhere else',
  T.item(T.all(T.equal(isStable, converges))) === 1
)
