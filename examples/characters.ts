// A small GPT that reads sonnets character by character, and then writes on. It learns from four sonnets of Shakespeare's, and ends with 0 when it predicts
// the fifth better than the frequencies of characters do. With --small it trains a little only.
import { pipe } from 'fp-ts/lib/function.js'
import * as Layer from 'pullback/Layer'
import * as ProgressBar from 'pullback/ProgressBar'
import { alphabetOf, decode, encode, entropyByFrequency } from './characters/text.js'
import { lossOn, modelOf, sample, trainGpt } from './characters/training.js'
import { readData } from './support/files.js'
import { check, fingerprint, getOrExit } from './support/run.js'

const isSmall = process.argv.includes('--small')
const steps = isSmall ? 60 : 300

const controller = new AbortController()
process.once('SIGINT', () => controller.abort())

const text = await readData('sonnets.txt')
const alphabet = alphabetOf(text)
const last = text.lastIndexOf('\n\n') + 2
const [train, held] = [text.slice(0, last), text.slice(last)].map(encode(alphabet)) as [
  readonly number[],
  readonly number[]
]
const model = modelOf(alphabet.length)
console.log(`${train.length} characters to learn from, ${held.length} held out; ${alphabet.length} different ones`)
console.log(`GPT: ${Layer.parameterCount(model)} parameters\n`)

const started = performance.now()
const tell = ProgressBar.reporter(process.stdout, { lines: true })
// lines after each tenth of the steps
const epochs = 10
void tell({ _tag: 'Begun', epochs, steps })
const state = pipe(
  await trainGpt(model, train, {
    steps,
    seed: 0,
    signal: controller.signal,
    onStep: (step, loss) => {
      const epoch = Math.floor((epochs * step) / steps)
      void tell({ _tag: 'Stepped', epoch, report: { step, loss } })
      if ((step + 1) % (steps / epochs) === 0) void tell({ _tag: 'Epoch', epoch, step: step + 1, metrics: { loss } })
      // lets Ctrl-C be heard
      return new Promise((resolve) => setImmediate(resolve))
    }
  })(),
  getOrExit((failure) => failure.message)
)
void tell({ _tag: 'Ended', outcome: 'completed', message: `${steps} steps` })
console.log(`time: ${((performance.now() - started) / 1000).toFixed(1)} s`)
console.log(`parameters: ${fingerprint(state.params)} (the same for the same seed)\n`)

const start = encode(alphabet)('Shall I ')
const written = sample(model, state, start, { count: isSmall ? 40 : 300, temperature: 0.7, seed: 1 })
console.log(`${decode(alphabet)(written)}\n`)

const [found, known] = [lossOn(model, state, held), entropyByFrequency(train, held, alphabet.length)]
check(
  `${found.toFixed(2)} nats for each character of the sonnet held out, ${known.toFixed(2)} by frequencies of characters`,
  found < known
)
