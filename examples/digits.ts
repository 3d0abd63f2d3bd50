// Handwritten digits: a multilayer perceptron with dropout, Adam and a cosine schedule, from a CSV file to a verdict.
// It ends with 0 when at least 90 % of the test set, which other people wrote, are right.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Metric from 'pullback/Metric'
import * as Plot from 'pullback/Plot'
import * as ProgressBar from 'pullback/ProgressBar'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'
import type { Digits } from './digits/data.js'
import { loadDigits } from './digits/load.js'
import { type Epoch, type State, batchSize, scoresOf, trainDigits } from './digits/training.js'
import { writeOut } from './support/files.js'
import { check, fingerprint, getOrExit } from './support/run.js'
import { beside, drawImage } from './support/table.js'

const epochs = 30
const seed = 0
const required = 0.9

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(7)

const curve = (name: string, history: readonly Epoch[], of: (epoch: Epoch) => number): Plot.Named => ({
  name,
  points: history.map((each) => [each.epoch, of(each)])
})

const curves = (history: readonly Epoch[]): string => {
  const loss = [curve('loss', history, (e) => e.loss)]
  const accuracy = [curve('train', history, (e) => e.trainAccuracy), curve('test', history, (e) => e.testAccuracy)]
  return Plot.beside(
    Plot.curves(loss, { title: 'loss (training, with dropout)', xLabel: 'epoch' }),
    Plot.curves(accuracy, { title: 'accuracy', xLabel: 'epoch', yRange: [0.7, 1] })
  )
}

/** Some of the misclassified digits, from all over the test set, beside each other. */
const mistakes = (state: State, data: Digits, most: number): string => {
  const predicted = T.toArray(T.argmax(scoresOf(state)(data.features), { axis: -1 }))
  const labels = T.toArray(data.labels)
  const images = T.toNested(data.features)
  const wrong = [...predicted.keys()].filter((i) => predicted[i] !== labels[i])
  const some = wrong.filter((_, nth) => nth % Math.ceil(wrong.length / most) === 0)
  const blocks = some.map((i) => {
    const picture = drawImage(images[i] ?? [], 8, 1)
    return [`${labels[i]} taken for ${predicted[i]}`.padEnd(16), ...picture]
  })
  return beside(blocks)
}

const digits = [...Array(10).keys()].map(String)
const controller = new AbortController()
process.once('SIGINT', () => controller.abort())

const started = performance.now()
const [train, test] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
console.log(`${Dataset.size(train)} digits to learn from, ${Dataset.size(test)} held out`)

const perEpoch = Math.ceil(Dataset.size(train) / batchSize)
const tell = ProgressBar.reporter(process.stdout, { lines: true })
void tell({ _tag: 'Begun', epochs, steps: epochs * perEpoch })
const { state, history } = pipe(
  await trainDigits(train, test, {
    epochs,
    seed,
    signal: controller.signal,
    onStep: (epoch, _, report) => {
      void tell({ _tag: 'Stepped', epoch: epoch - 1, report })
      // lets Ctrl-C be heard
      return new Promise((resolve) => setImmediate(resolve))
    },
    onEpoch: ({ epoch, loss, trainAccuracy, testAccuracy }) =>
      void tell({
        _tag: 'Epoch',
        epoch: epoch - 1,
        step: epoch * perEpoch,
        metrics: { loss, train: trainAccuracy, test: testAccuracy }
      })
  })(),
  getOrExit((failure) => failure.message)
)
void tell({ _tag: 'Ended', outcome: 'completed', message: `${epochs} epochs` })
const seconds = (performance.now() - started) / 1000

const scores = scoresOf(state)(test.features)
const hits = Metric.correct(scores, test.labels)
console.log(`\nconfusion matrix of the test set\n`)
console.log(Report.confusion(Metric.confusionMatrix(scores, test.labels), digits))
console.log(`\nsome of the ${hits.count - hits.sum} mistakes\n`)
console.log(mistakes(state, test, 4))
console.log(`\ncurves: ${await writeOut('digits.svg', curves(history))}`)
console.log(`parameters: ${fingerprint(state.params)} (the same for the same seed)`)
console.log(`time: ${seconds.toFixed(1)} s\n`)
check(
  `test accuracy ${percent(Metric.value(hits)).trim()}, at least ${percent(required).trim()} required`,
  Metric.value(hits) >= required
)
