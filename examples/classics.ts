// The classics, a few lines each on the same tensors: k nearest neighbours, Gaussian Bayes, a linear support vector machine, principal components,
// k-means, and a mixture of Gaussians by expectation and maximisation; on digits by other writers, and on Fisher's flowers in five folds. With
// --small on a third of the digits.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Metric from 'pullback/Metric'
import * as Plot from 'pullback/Plot'
import * as Random from 'pullback/Random'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'
import { gaussianBayes } from './classics/bayes.js'
import { components, inComponents, project, restore } from './classics/components.js'
import { kMeans } from './classics/kMeans.js'
import { gaussianMixture } from './classics/mixture.js'
import { type Examples, type Learner, inDoubles, named } from './classics/model.js'
import { neighbours } from './classics/neighbours.js'
import { linearSvm } from './classics/supportVectors.js'
import { loadDigits } from './digits/load.js'
import { loadIris, species } from './iris/load.js'
import { writeOut } from './support/files.js'
import { byClass } from './support/plane.js'
import { check, getOrExit } from './support/run.js'

const key = Random.key(0)
const [allDigits, heldDigits] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
const [someDigits] = pipe(allDigits, Dataset.split(process.argv.includes('--small') ? 480 : 1437))
const [train, test] = [inDoubles(someDigits), inDoubles(heldDigits)]
const flowers = inDoubles(pipe(await loadIris(), getOrExit(Dataset.showCsvErrors)))
const folds = pipe(flowers, Dataset.stratifiedKFold(5, key))

// -----------------------------------------------------------------------------
// accuracies
// -----------------------------------------------------------------------------

const percent = (share: number): number => Math.round(100 * share)

/** The percentage of rows held out, over all folds, that are put into their class. */
const scoreOf = (learner: Learner, parts: Iterable<readonly [train: Examples, held: Examples]>, classes: number) =>
  percent(
    pipe(
      [...parts].map(([seen, held]) => [learner(seen, classes)(held.features), held.labels] as const),
      Metric.over(Metric.accuracy)
    )
  )

const learners: readonly (readonly [method: string, learner: Learner])[] = [
  ['3 nearest neighbours', neighbours(3)],
  ['Gaussian Bayes', gaussianBayes(0.01)],
  ['linear support vector machine', linearSvm({ rate: 1, steps: 40, penalty: 0.01 })],
  ['3 neighbours in 16 components', inComponents(16, neighbours(3))],
  ['3 neighbours in 2 components', inComponents(2, neighbours(3))],
  ['k-means, named by majority', named(kMeans(key))],
  ['mixture in 10 components, named by majority', inComponents(10, named(gaussianMixture(key)))]
]
const rows = learners.map(([method, learner]) => ({
  method,
  'digits %': scoreOf(learner, [[train, test]], 10),
  'iris %': scoreOf(learner, folds, 3)
}))
console.log(Report.table(rows))

// -----------------------------------------------------------------------------
// planes
// -----------------------------------------------------------------------------

const ofDigits = components(train.features)
const [all = NaN, rest = NaN] = [0, 2].map((from) => T.item(T.sum(T.slice(ofDigits.variances, [[from]]))))
const plane = project(ofDigits, 2)
const inPlane: Examples = { ...flowers, features: project(components(flowers.features), 2)(flowers.features) }
const clusters = named(gaussianMixture(key))(inPlane, 3)

const names = [...Array(10).keys()].map(String)
const picture = Plot.beside(
  Plot.scatter(byClass(plane(train.features), train.labels, names), {
    title: `digits: ${percent(1 - rest / all)} % of the variance`,
    labelled: true,
    width: 560,
    height: 480
  }),
  Plot.regions(
    (points) => T.argmax(clusters(points), { axis: 1 }),
    byClass(inPlane.features, flowers.labels, species),
    { title: 'flowers: three Gaussians', width: 560, height: 480 }
  )
)
console.log(`\nplanes of the first two components: ${await writeOut('classics.svg', picture)}\n`)

// -----------------------------------------------------------------------------
// what holds
// -----------------------------------------------------------------------------

const isSorted = (numbers: readonly number[]): boolean =>
  numbers.every((x, i) => i === 0 || x >= (numbers[i - 1] ?? NaN))

const of = (method: string): { readonly digits: number; readonly iris: number } => {
  const row = rows.find((each) => each.method.startsWith(method))!
  return { digits: row['digits %'], iris: row['iris %'] }
}
const [near, bayes, svm] = [of('3 nearest'), of('Gaussian Bayes'), of('linear')]
check(
  `neighbours read ${near.digits} % of the digits, Gaussians and planes ${bayes.digits} % and ${svm.digits} %`,
  near.digits > bayes.digits + 3 && near.digits > svm.digits + 3
)
const [sixteen, two] = [of('3 neighbours in 16'), of('3 neighbours in 2')]
check(
  `16 components of 64 lose ${near.digits - sixteen.digits} % of them, 2 components ${near.digits - two.digits} %`,
  near.digits - sixteen.digits < 4 && near.digits - two.digits > 25
)

const restored = restore(ofDigits)(plane(train.features))
const lost = T.item(T.div(T.sum(T.square(T.sub(train.features, restored))), Dataset.size(train)))
check(
  `digits are ${lost.toFixed(2)} from the plane in the mean of squares: the variance of the other components`,
  Math.abs(lost / rest - 1) < 1e-12
)

const costs = kMeans(key)(flowers.features, 3).history
check(`k-means: the cost of ${costs.length} steps never rises`, isSorted(costs.map((cost) => -cost)))
const likelihoods = gaussianMixture(key)(flowers.features, 3).history
check(`mixture: the log-likelihood of ${likelihoods.length} steps never falls`, isSorted(likelihoods))
const [hard, soft] = [of('k-means'), of('mixture')]
check(
  `without labels, k-means finds ${hard.iris} % of the flowers, and Gaussians of any shape ${soft.iris} %`,
  soft.iris > hard.iris + 4
)
