// A linear classifier of the digits, and its templates as pictures.
import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import type * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import type { Digits } from '../digits/data.js'
import { type Picture, ink, mosaic, scaled, signed } from '../support/picture.js'

export const model = Model.linearClassifier(64, 10)

export type Params = Layer.ParamsOf<typeof model>

/** Softmax regression by steps on all digits at once, with a little weight decay. */
export const fit = (digits: Digits, steps: number): E.Either<Train.Diverged<unknown>, Params> => {
  const optimizer = Optimizer.chain(Optimizer.addDecayedWeights(1e-3), Optimizer.adam(0.05))
  const train = Train.fold(Train.step(Train.objective(model, Loss.crossEntropy), optimizer))
  const start = Train.init(model, optimizer)(Random.key(0))
  return pipe(
    train(
      start,
      Array.from({ length: steps }, () => digits)
    ),
    E.map(({ params }) => params)
  )
}

/** The mean image of each class: [classes, pixels]. */
export const meanImages = ({ features, labels }: Digits): T.Tensor<[10, 64]> => {
  const members = T.oneHot(labels, 10)
  const counts = T.sum(members, { axis: 0 })
  return T.ensure(T.div(T.matmul(T.transpose(members), features), T.expandDims(counts, 1)), [10, 64])
}

/**
 * The mean image of each class over its template: the row of weights by which the classifier multiplies the pixels. Ink on red pixels speaks for the class,
 * on blue ones against it.
 */
export const templatesPicture = (means: T.Tensor<[10, 64]>, { w }: Params): Picture => {
  const images = (rows: T.Tensor): T.Tensor => T.reshape(rows, [10, 8, 8])
  const both = T.concat([ink(images(means)), signed(images(scaled(w)))])
  return mosaic(T.upsample(both, { scale: 8 }), 10)
}
