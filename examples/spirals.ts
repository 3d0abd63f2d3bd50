// Capacity and regularisation: of three noisy spirals a linear classifier gets half, and a network the more the wider it is, until it learns the noise.
// Weight decay, a penalty on the squares of the weights, then smooths the boundary: fewer points are right where it learnt, and more elsewhere. With
// --small for fewer widths.
import * as Plot from 'pullback/Plot'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'
import { type Scores, accuracy, fit, spirals } from './spirals/training.js'
import { writeOut } from './support/files.js'
import { byClass } from './support/plane.js'
import { check } from './support/run.js'

const isSmall = process.argv.includes('--small')
const iterations = 100
const [train, test] = spirals(120, 1500)

const fitted = (width: number, decay: number) => {
  const scores = fit({ width, decay }, train, iterations)
  return { width, decay, scores, training: accuracy(scores, train), held: accuracy(scores, test) }
}

const linear = fitted(0, 0)
const narrow = fitted(2, 0)
const between = isSmall ? [] : [4, 8, 16].map((width) => fitted(width, 0))
const wide = fitted(64, 0)
const decayed = fitted(64, 1e-4)
const stiff = isSmall ? [] : [1e-3, 1e-2].map((decay) => fitted(64, decay))

const percent = (share: number): number => Math.round(100 * share)
const rows = [linear, narrow, ...between, wide, decayed, ...stiff].map(({ width, decay, training, held }) => ({
  classifier: width === 0 ? 'linear' : `${width} hidden units`,
  'weight decay': decay,
  'training %': percent(training),
  'held out %': percent(held)
}))
console.log(Report.table(rows))

const classes = byClass(train.features, train.labels, ['0', '1', '2'])
const frame = { xRange: [-1.2, 1.2], yRange: [-1.2, 1.2], width: 360, height: 320, resolution: 80 } as const
const drawn = (title: string, scores: Scores): string =>
  Plot.regions((points) => T.argmax(scores(points), { axis: 1 }), classes, {
    title,
    ...frame
  })
const picture = Plot.beside(
  drawn('linear', linear.scores),
  drawn('64 hidden units', wide.scores),
  drawn('64, weight decay 0.0001', decayed.scores)
)
console.log(`\nboundaries: ${await writeOut('spirals.svg', picture)}\n`)

check(`a linear classifier gets ${percent(linear.training)} % of its own training points`, linear.training < 0.6)
check(
  `64 hidden units get ${percent(wide.training)} % of them, and ${percent(wide.held)} % of others`,
  wide.training > 0.95 && wide.held < wide.training - 0.1
)
check(
  `with weight decay ${percent(decayed.training)} % and ${percent(decayed.held)} %`,
  decayed.training < wide.training && decayed.held > wide.held + 0.05
)
