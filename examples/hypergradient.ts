// Hyper-gradients: how the validation loss after training changes with the learning rate, the weight decay and the momentum
// of that training. Every step of it is differentiated, gradients included; then the hyper-parameters are trained.
import { valueAndGrad } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Hyper, type Scalar, drawSamples, firstParams, loss, train } from './hypergradient/training.js'
import { check } from './support/run.js'

const [forParams, forTraining, forValidation] = Random.split(Random.key(0), 3)
const start = firstParams(forParams)
const training = drawSamples(forTraining, 20)
const validation = drawSamples(forValidation, 100)
const plan = { segments: 10, stepsEach: 10 }

/** The loss on other points than those of the training, after 100 steps. */
const outcome = (hyper: Hyper): Scalar => loss(train(start, hyper, training, plan), validation)

const scalar = (value: number): Scalar => T.scalar(value, 'float64')
const first: Hyper = { logRate: scalar(Math.log(0.01)), logDecay: scalar(Math.log(0.1)), logitMomentum: scalar(0) }

// -----------------------------------------------------------------------------
// against finite differences
// -----------------------------------------------------------------------------

const [, gradient] = valueAndGrad(outcome)(first)

/** The slope along one hyper-parameter, by two trainings. */
const difference = (name: keyof Hyper, h: number): number => {
  const at = (by: number): number => T.item(outcome({ ...first, [name]: T.add(first[name], by) }))
  return (at(h) - at(-h)) / (2 * h)
}

for (const name of ['logRate', 'logDecay', 'logitMomentum'] as const) {
  const [slope, known] = [T.item(gradient[name]), difference(name, 1e-4)]
  const statement = `d loss / d ${name.padEnd(13)} = ${slope.toFixed(9)}, by finite differences ${known.toFixed(9)}`
  check(statement, Math.abs(slope - known) < 1e-6 * Math.abs(known))
}

// -----------------------------------------------------------------------------
// training the training
// -----------------------------------------------------------------------------

const line = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(15)).join('')

const inWords = ({ logRate, logDecay, logitMomentum }: Hyper): readonly string[] =>
  [T.exp(logRate), T.exp(logDecay), T.sigmoid(logitMomentum)].map((each) => T.item(each).toPrecision(2))

const optimizer = Optimizer.adam(0.4)
let hyper = first
let memory = optimizer.init(first)
const losses: number[] = []

console.log(`\n${line(['validation loss', 'learning rate', 'weight decay', 'momentum'])}`)
for (let i = 0; i < 11; i++) {
  const [value, slope] = valueAndGrad(outcome)(hyper)
  losses.push(T.item(value))
  if (i % 2 === 0) console.log(line([T.item(value).toFixed(4), ...inWords(hyper)]))
  const [updates, next] = optimizer.update(slope, memory, hyper)
  hyper = Optimizer.applyUpdates(hyper, updates)
  memory = next
}

const [before = NaN, after = NaN] = [losses[0], losses[losses.length - 1]]
check(`${before.toFixed(3)} before, ${after.toFixed(3)} after: less than a third`, after < before / 3)
