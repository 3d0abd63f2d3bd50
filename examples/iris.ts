// Fisher's flowers by three linear classifiers: logistic regression, softmax regression, and a multiclass support vector
// machine. They differ in the loss alone.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Metric from 'pullback/Metric'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { loadIris, species } from './iris/load.js'
import { check, getOrExit } from './support/run.js'

const flowers = pipe(await loadIris(), getOrExit(Dataset.showCsvErrors))
const [train, test] = pipe(flowers, Dataset.shuffle(Random.key(1)), Dataset.split(100))
const standardise = Dataset.standardise(train)

/** A linear layer that was trained on the training set, all of it in each step. */
const fit = <Out extends number>(
  outputs: Out,
  loss: (scores: T.Tensor<[number, Out]>, labels: T.Tensor<[number]>) => T.Tensor<[]>
): ((features: T.Tensor<[number, 4]>) => T.Tensor<[number, Out]>) => {
  const model = Layer.dense(4, outputs)
  const optimizer = Optimizer.chain(Optimizer.addDecayedWeights(1e-3), Optimizer.sgd(0.1, { momentum: 0.9 }))
  const run = Train.fold(Train.step(Train.objective(model, loss), optimizer))
  const batches = Array.from({ length: 300 }, () => standardise(train))
  const { params, layerState } = pipe(
    run(Train.init(model, optimizer)(Random.key(0)), batches),
    getOrExit((diverged) => diverged.message)
  )
  return Layer.predict(model)(params, layerState)
}

const { features, labels } = standardise(test)
const isVirginica = (which: T.Tensor<[number]>): T.Tensor<[number]> => T.cast(T.equal(which, 2), 'float32')

const logistic = fit(1, (scores, right) =>
  Loss.binaryCrossEntropyWithLogits(T.squeeze(scores, { axis: 1 }), isVirginica(right))
)
const guesses = T.cast(T.greater(T.squeeze(logistic(features), { axis: 1 }), 0), 'float32')
const agreement = T.item(T.mean(T.cast(T.equal(guesses, isVirginica(labels)), 'float32')))
check(
  `logistic regression, virginica or not: ${(100 * agreement).toFixed(0)} % of ${Dataset.size(test)}`,
  agreement >= 0.9
)

const losses: Readonly<Record<string, Loss.Loss>> = {
  'softmax regression': Loss.crossEntropy,
  'multiclass support vector machine': Loss.multiclassHinge
}
for (const [name, loss] of Object.entries(losses)) {
  const scores = fit(3, (found, right) => loss(found, right))(features)
  console.log(`\n${Report.confusion(Metric.confusionMatrix(scores, labels), species)}`)
  const accuracy = Metric.accuracy(scores, labels)
  check(`${name}: ${(100 * accuracy).toFixed(0)} % of ${Dataset.size(test)}`, accuracy >= 0.9)
}
