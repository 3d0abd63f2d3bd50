// A residual network of 20 layers on the digits, and the plain one of the same layers without sums.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import type { Digits } from '../digits/data.js'

type ImageSet = Dataset.Dataset<[number, 1, 8, 8]>

export const imagesOf: (digits: Digits) => ImageSet = Dataset.map((pixels: T.Tensor<[number, 64]>) =>
  T.reshape(pixels, [pixels.shape[0], 1, 8, 8])
)

/** Three stages of three blocks: 18 convolutions between a first one and a dense layer, as in the paper for images of 32 x 32. */
export const networkOf = (shortcuts: boolean) =>
  Model.resnet([3, 3, 3], { channels: 1, classes: 10, stem: 'small', width: 8, shortcuts })

const batchSize = 64

function* batchesOf(train: ImageSet, key: Random.Key, steps: number): Generator<ImageSet> {
  const perEpoch = Math.ceil(Dataset.size(train) / batchSize)
  for (let done = 0; done < steps; done += perEpoch) {
    const shuffled = pipe(train, Dataset.shuffle(Random.foldIn(key, done)), Dataset.batches(batchSize))
    yield* [...shuffled].slice(0, steps - done)
  }
}

/** The losses of so many steps, by gradient descent with momentum, as in the paper; the same digits for both networks. */
export const lossesOf = (
  shortcuts: boolean,
  train: ImageSet,
  steps: number
): E.Either<Train.Diverged<unknown>, readonly number[]> => {
  const optimizer = Optimizer.sgd(0.1, { momentum: 0.9 })
  const model = networkOf(shortcuts)
  const [forInit, forBatches] = Random.split(Random.key(0))
  return pipe(
    Train.scan(Train.step(Train.objective(model, Loss.crossEntropy), optimizer))(
      Train.init(model, optimizer)(forInit),
      batchesOf(train, forBatches, steps)
    ),
    E.map(([, reports]) => reports.map(({ loss }) => loss))
  )
}

/** Means of so many losses in a row. */
export const smoothed = (losses: readonly number[], over: number): readonly number[] =>
  Array.from({ length: Math.floor(losses.length / over) }, (_, i) => {
    const some = losses.slice(i * over, (i + 1) * over)
    return some.reduce((sum, loss) => sum + loss, 0) / over
  })
