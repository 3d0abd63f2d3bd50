// XOR: a network that solves it by hand, and one that learns to.
import { pipe } from 'fp-ts/lib/function.js'
import * as Activation from 'pullback/Activation'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { check, getOrExit } from './support/run.js'

const features: T.Tensor<[4, 2]> = T.of([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1]
])
const labels: T.Tensor<[4]> = T.of([0, 1, 1, 0])

// by hand: relu(x W + c) w
const network = Layer.sequential(Layer.dense(2, 2), Layer.lift(Activation.relu), Layer.dense(2, 1, { bias: false }))
const byHand = [{ w: T.ones([2, 2]), b: T.of([0, -1]) }, {}, { w: T.of([[1, -2]]) }] as const
const solved = T.toNested(Layer.predict(network)(byHand, [{}, {}, {}])(features)).flat()
check(`by hand: ${solved.join(', ')}`, solved.join() === '0,1,1,0')

// by gradient descent
const model = pipe(
  Layer.sequential(
    Layer.dense(2, 8),
    Layer.lift(T.tanh),
    Layer.dense(8, 1),
    Layer.lift((scores: T.Tensor<[number, 1]>) => T.squeeze(scores, { axis: 1 }))
  ),
  Layer.named('hidden', 'tanh', 'output', 'score')
)
const optimizer = Optimizer.adam(0.05)
const train = Train.scan(Train.step(Train.objective(model, Loss.binaryCrossEntropyWithLogits), optimizer))
const start = Train.init(model, optimizer)(Random.key(0))
const batches = Array.from({ length: 200 }, () => ({ features, labels }))
const [state, reports] = pipe(
  train(start, batches),
  getOrExit((diverged) => diverged.message)
)

for (const { step, loss } of reports) if (step % 40 === 0) console.log(`step ${step}: loss ${loss.toFixed(4)}`)
const chances = T.toNested(T.sigmoid(Layer.predict(model)(state.params, state.layerState)(features)))
const answers = chances.map((chance) => (chance > 0.5 ? 1 : 0))
check(
  `learnt: ${answers.join(', ')}, from ${chances.map((chance) => chance.toFixed(3)).join(', ')}`,
  answers.join() === '0,1,1,0'
)
