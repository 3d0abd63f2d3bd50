// Overfitting by polynomials of a growing degree, and ridge regression against it. The error on the points that were fitted falls with every degree; that
// on other points falls, then rises. A penalty on the size of the coefficients makes the same degree useful again, and since the solution is differentiable in
// the penalty, the best penalty is found by descent.
import { grad } from 'pullback/Grad'
import * as Minimize from 'pullback/Minimize'
import * as Plot from 'pullback/Plot'
import * as Random from 'pullback/Random'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'
import {
  type Scalar,
  type Vector,
  errorsOf,
  fit,
  meanError,
  noisyPoints,
  predict,
  ridgeLoss
} from './ridge/polynomial.js'
import { writeOut } from './support/files.js'
import { check, getOrExit } from './support/run.js'

const [forTraining, forValidation] = Random.split(Random.key(4))
const train = noisyPoints(forTraining, 15)
const validation = noisyPoints(forValidation, 200)

// -----------------------------------------------------------------------------
// over the degree
// -----------------------------------------------------------------------------

const fitted = Array.from({ length: 12 }, (_, i) => fit(train, i + 1))
const byDegree = fitted.map((coefficients, i) => ({
  degree: i + 1,
  ...errorsOf(coefficients, train, validation),
  '|w|': T.item(T.norm(coefficients))
}))
console.log(`${Report.table(byDegree, { digits: 3 })}\n`)

// -----------------------------------------------------------------------------
// over the penalty
// -----------------------------------------------------------------------------

const degree = 12
const penalties = Array.from({ length: 25 }, (_, i) => 10 ** (-8 + i / 3))
const byPenalty = penalties.map((penalty) => {
  const coefficients = fit(train, degree, T.scalar(penalty, 'float64'))
  return { penalty, ...errorsOf(coefficients, train, validation), '|w|': T.item(T.norm(coefficients)) }
})
const every = byPenalty.filter((_, i) => i % 3 === 0)
console.log(`degree ${degree}\n${Report.table(every, { digits: 3 })}\n`)

/** The error on the other points, in the logarithm of the penalty: through the solution of the equations. */
const outcome = (logPenalty: Scalar): Scalar => meanError(fit(train, degree, T.exp(logPenalty)), validation)
const best = Minimize.minimize(outcome, T.scalar(Math.log(1e-4), 'float64'), Minimize.lbfgs(), { tolerance: 1e-8 })
const { point, value, iterations } = getOrExit((failed: Minimize.NotConverged<Scalar>) => failed.message)(best)
const penalty = T.exp(point)
console.log(`the best penalty by descent: ${T.item(penalty).toPrecision(3)} after ${iterations} iterations\n`)

// -----------------------------------------------------------------------------
// pictures
// -----------------------------------------------------------------------------

interface Errors {
  readonly training: number
  readonly validation: number
}
const errorCurves = <Row extends Errors>(rows: readonly Row[], xOf: (row: Row) => number): readonly Plot.Named[] =>
  (['training', 'validation'] as const).map((name) => ({ name, points: rows.map((row) => [xOf(row), row[name]]) }))

const across: Vector = T.linspace(-1, 1, 101, 'float64')
const curveOf = (name: string, values: Vector): Plot.Named => {
  const [x, y] = [T.toNested(across), T.toNested(values)]
  return { name, points: x.map((each, i) => [each, y[i] ?? NaN]) }
}
const ridge = fit(train, degree, penalty)
const fits = [
  curveOf('the sine', T.sin(T.mul(T.add(across, 1), Math.PI))),
  curveOf(`degree ${degree}`, predict(fit(train, degree), across)),
  curveOf('with penalty', predict(ridge, across))
]
const drawings = Plot.beside(
  Plot.curves(
    errorCurves(byDegree, (row) => row.degree),
    {
      title: 'squared error over the degree',
      xLabel: 'degree',
      yRange: [0.01, 10],
      logarithmic: 'y'
    }
  ),
  Plot.curves(
    errorCurves(byPenalty, (row) => row.penalty),
    {
      title: `over the penalty, degree ${degree}`,
      xLabel: 'penalty',
      logarithmic: 'both'
    }
  ),
  Plot.curves(fits, { title: 'fits', yRange: [-2, 2] })
)
console.log(`curves: ${await writeOut('ridge.svg', drawings)}\n`)

// -----------------------------------------------------------------------------
// what is claimed
// -----------------------------------------------------------------------------

const rises = (values: readonly number[]): boolean => values.every((x, i) => i === 0 || x >= (values[i - 1] ?? NaN))
const leastOf = <Row extends Errors>(rows: readonly Row[]): Row =>
  rows.reduce((least, row) => (row.validation < least.validation ? row : least))

const [chosen, last] = [leastOf(byDegree), byDegree.at(-1)]
check('the training error falls with every degree', rises(byDegree.map(({ training }) => -training)))
check(
  `the validation error is least at degree ${chosen.degree}, ${chosen.validation.toFixed(3)}; at degree ${degree} it is ${last?.validation.toFixed(3)}`,
  chosen.degree < degree && (last?.validation ?? NaN) > 3 * chosen.validation
)
check('the training error grows with the penalty', rises(byPenalty.map(({ training }) => training)))
check('coefficients shrink with the penalty', rises(byPenalty.map((row) => -row['|w|'])))
const onGrid = leastOf(byPenalty).validation
check(
  `the penalty found by descent has a validation error of ${value.toFixed(4)}, the best of the table ${onGrid.toFixed(4)}`,
  value <= onGrid
)
check(
  `it takes that of degree ${degree} down from ${last?.validation.toFixed(2)} to ${value.toFixed(2)}`,
  value < 1.5 * chosen.validation
)
const slope = T.item(T.norm(grad(ridgeLoss)(ridge, train, penalty)))
check(`the slope of the loss is ${slope.toExponential(0)} at the solution`, slope < 1e-12)
