// LeNet-5 on handwritten digits, 8 x 8 pixels enlarged to 28 x 28 and shifted at random, from a CSV file to a verdict and pictures of what it has
// learnt. It ends with 0 when at least 93 % of the test set, which other people wrote, are right. With --small it only looks whether it learns.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Metric from 'pullback/Metric'
import * as ProgressBar from 'pullback/ProgressBar'
import * as Report from 'pullback/Report'
import { loadDigits } from './digits/load.js'
import { imagesOf } from './lenet/data.js'
import { filtersPicture } from './lenet/pictures.js'
import { fullEpochs, model, scoresOf, trainLeNet } from './lenet/training.js'
import { confusionPicture } from './support/confusion.js'
import { writeOut } from './support/files.js'
import { png } from './support/picture.js'
import { check, fingerprint, getOrExit } from './support/run.js'

const isSmall = process.argv.includes('--small')
const epochs = isSmall ? 2 : fullEpochs
const required = 0.93
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const controller = new AbortController()
process.once('SIGINT', () => controller.abort())

const [all, held] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
const [train, test] = [imagesOf(isSmall ? Dataset.split(512)(all)[0] : all), imagesOf(held)]
console.log(`${Dataset.size(train)} digits to learn from, ${Dataset.size(test)} held out`)
console.log(`LeNet-5: ${Layer.parameterCount(model)} parameters`)

const started = performance.now()
const losses: number[] = []
let steps = 0
const tell = ProgressBar.reporter(process.stdout, { lines: true })
void tell({ _tag: 'Begun', epochs })
const state = pipe(
  await trainLeNet(train, {
    epochs,
    seed: 0,
    signal: controller.signal,
    onStep: (report) => {
      steps = report.step + 1
      void tell({ _tag: 'Stepped', epoch: losses.length, report })
      // lets Ctrl-C be heard
      return new Promise((resolve) => setImmediate(resolve))
    },
    onEpoch: (epoch, loss) => {
      losses.push(loss)
      void tell({ _tag: 'Epoch', epoch: epoch - 1, step: steps + 1, metrics: { loss } })
    }
  })(),
  getOrExit((failure) => failure.message)
)
void tell({ _tag: 'Ended', outcome: 'completed', message: `${epochs} epochs` })
const seconds = (performance.now() - started) / 1000

const scores = scoresOf(state)(test.features)
const confusion = Metric.confusionMatrix(scores, test.labels)
const digits = [...Array(10).keys()].map(String)
console.log(`\nconfusion matrix of the test set\n`)
console.log(Report.confusion(confusion, digits))

const { conv1, conv2 } = state.params
console.log(`\nas a picture: ${await writeOut('lenet-confusion.png', png(confusionPicture(confusion)))}`)
console.log(`first filters: ${await writeOut('lenet-filters1.png', png(filtersPicture(conv1.w, 20)))}`)
console.log(`second filters: ${await writeOut('lenet-filters2.png', png(filtersPicture(conv2.w, 8)))}`)
console.log(`parameters: ${fingerprint(state.params)} (the same for the same seed)`)
console.log(`time: ${seconds.toFixed(1)} s\n`)

const accuracy = Metric.accuracy(scores, test.labels)
if (isSmall) {
  const [first = NaN, last = NaN] = [losses[0], losses.at(-1)]
  check(
    `the loss fell from ${first.toFixed(2)} to ${last.toFixed(2)}; test accuracy ${percent(accuracy)}`,
    last < first
  )
} else {
  check(`test accuracy ${percent(accuracy)}, at least ${percent(required)} required`, accuracy >= required)
}
