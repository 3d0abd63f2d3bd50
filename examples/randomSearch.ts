// Hyper-parameters by seeded random search: pairs of a learning rate and a weight decay, uniform in their logarithms, are scored by five-fold
// cross-validation; the best pair is trained on all of the data, and scored on data that the search has not seen.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Plot from 'pullback/Plot'
import * as Random from 'pullback/Random'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'
import { type Trial, draws, scores, search } from './randomSearch/search.js'
import { writeOut } from './support/files.js'
import { check } from './support/run.js'

const [forData, forTest, forFolds, forDraws] = Random.split(Random.key(0), 4)
const data = Dataset.moons(forData, 60, { noise: 0.3 })
const test = Dataset.moons(forTest, 500, { noise: 0.3 })
const steps = 40

const all = draws(forDraws, 32)
const trials = search(all, pipe(data, Dataset.stratifiedKFold(5, forFolds)), steps)
const ranked = [...trials].sort((a, b) => a.loss - b.loss)
const digits = 3
console.log(`the best five of ${trials.length} draws\n${Report.table(ranked.slice(0, 5), { digits })}\n`)
console.log(`the worst three\n${Report.table(ranked.slice(-3), { digits })}\n`)

// -----------------------------------------------------------------------------
// on other data
// -----------------------------------------------------------------------------

const trialAt = (place: number): Trial => ranked[place]!
const [first, middle, last] = [trialAt(0), trialAt(ranked.length / 2), trialAt(ranked.length - 1)]
const chosen = [first, middle, last].map(({ draw }) => all[draw]!)
const { loss, accuracy } = scores(chosen, data, test, steps)
const rows = ['best', 'median', 'worst'].map((name, i) => ({
  'on the test data': name,
  loss: T.at(loss, i),
  accuracy: T.at(accuracy, i)
}))
console.log(`${Report.table(rows, { digits })}\n`)
// -----------------------------------------------------------------------------
// pictures
// -----------------------------------------------------------------------------

const third = (from: number, to: number): readonly Plot.Point[] =>
  ranked
    .slice(Math.round((from * ranked.length) / 3), Math.round((to * ranked.length) / 3))
    .map(({ rate, decay }) => [Math.log10(rate), Math.log10(decay)])
const byThirds = [
  { name: 'best third', points: third(0, 1) },
  { name: 'middle', points: third(1, 2) },
  { name: 'worst third', points: third(2, 3) }
]
const bestAfter = trials.map((_, i): Plot.Point => [i + 1, Math.min(...trials.slice(0, i + 1).map(({ loss }) => loss))])
const drawings = Plot.beside(
  Plot.scatter(byThirds, { title: 'draws', xLabel: 'log10 of the rate', yLabel: 'log10 of the decay' }),
  Plot.curves([{ name: 'best', points: bestAfter }], { title: 'validation loss over the draws', xLabel: 'draws' })
)
console.log(`draws: ${await writeOut('random-search.svg', drawings)}\n`)

// -----------------------------------------------------------------------------
// what is claimed
// -----------------------------------------------------------------------------

const [best = NaN, median = NaN] = T.toNested(loss)
check(
  `the validation loss is ${first.loss.toFixed(2)} by the best draw, ${last.loss.toFixed(2)} by the worst`,
  first.loss < last.loss / 2
)
check(`on other data, ${best.toFixed(2)} by the best, ${median.toFixed(2)} by the median draw`, best < 0.9 * median)
const span = (values: readonly number[]): number => Math.max(...values) / Math.min(...values)
const top = ranked.slice(0, 5)
const [ofRates, ofDecays] = [span(top.map(({ rate }) => rate)), span(top.map(({ decay }) => decay))]
check(
  `of the best five the rates differ by a factor of ${ofRates.toFixed(0)}, the decays by ${ofDecays.toFixed(0)}: the rate matters more`,
  ofRates < ofDecays / 10
)
