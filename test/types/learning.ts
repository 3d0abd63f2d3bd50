// What the compiler knows of losses, layers and data sets. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
import * as Activation from 'pullback/Activation'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import type { Dim } from 'pullback/Shape'
import type * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { typeOf } from './same.js'

declare const scores: T.Tensor<[4, 3]>
declare const four: T.Tensor<[4]>
declare const five: T.Tensor<[5]>
declare const some: T.Tensor<[number]>
declare const someScores: T.Tensor<[number, 3]>
declare const batch: T.Tensor<[Dim<'batch'>, 3]>
declare const ofBatch: T.Tensor<[Dim<'batch'>]>
declare const unknownRank: T.Tensor

// -----------------------------------------------------------------------------
// losses
// -----------------------------------------------------------------------------

typeOf(Loss.crossEntropy(scores, four))<T.Tensor<[]>>(true)
typeOf(Loss.crossEntropy(scores, scores))<T.Tensor<[]>>(true)
typeOf(Loss.crossEntropy(someScores, four))<T.Tensor<[]>>(true)
typeOf(Loss.crossEntropy(scores, some, { reduction: 'none' }))<T.Tensor>(true)
typeOf(Loss.crossEntropy(batch, ofBatch))<T.Tensor<[]>>(true)
typeOf(Loss.crossEntropy(unknownRank, four))<T.Tensor<[]>>(true)
typeOf(Loss.crossEntropy(scores, unknownRank))<T.Tensor<[]>>(true)
typeOf(pipe(scores, Loss.multiclassHinge(four, { margin: 2 })))<T.Tensor<[]>>(true)
typeOf(Loss.l2(scores, scores, { reduction: 'none' }))<T.Tensor<[4, 3]>>(true)
typeOf(Loss.huber(scores, someScores, { delta: 2, reduction: 'sum' }))<T.Tensor<[]>>(true)
declare const images: T.Tensor<[2, 3, 8, 8]>
declare const pixels: T.Tensor<[2, 8, 8]>
typeOf(Loss.crossEntropy(images, pixels, { axis: 1 }))<T.Tensor<[]>>(true)
typeOf(pipe(images, Loss.nll(pixels, { axis: 1, reduction: 'none' })))<T.Tensor>(true)
typeOf(Loss.crossEntropy(scores, four, { labelSmoothing: 0.1, weights: four }))<T.Tensor<[]>>(true)
typeOf(Loss.gaussianNll(scores, scores, scores))<T.Tensor<[]>>(true)
typeOf(pipe(scores, Loss.triplet(scores, scores, { reduction: 'none' })))<T.Tensor>(true)
typeOf(Activation.prelu(scores, four))<T.Tensor<[4, 3]>>(true)
typeOf(pipe(scores, Activation.celu({ alpha: 2 })))<T.Tensor<[4, 3]>>(true)
typeOf(pipe(scores, Activation.sparsemax))<T.Tensor<[4, 3]>>(true)
// @ts-expect-error: labels of pixels for classes along the last axis
Loss.crossEntropy(images, pixels)
// @ts-expect-error: five labels for four rows
Loss.crossEntropy(scores, five)
// @ts-expect-error: the same, the other way round
pipe(scores, Loss.crossEntropy(five))
// @ts-expect-error: a batch of another name
Loss.crossEntropy(batch, four)
// @ts-expect-error: the multiclass hinge takes no probabilities
Loss.multiclassHinge(scores, scores)
// @ts-expect-error: nothing is broadcast
Loss.meanSquaredError(scores, four)
// @ts-expect-error: no such reduction
Loss.l2(four, four, { reduction: 'median' })

// -----------------------------------------------------------------------------
// layers
// -----------------------------------------------------------------------------

const model = Layer.sequential(Layer.dense(4, 8), Layer.lift(Activation.relu), Layer.dropout(0.5), Layer.dense(8, 3))
typeOf(model)<
  Layer.Layer<
    Layer.Rowwise<4, 3>,
    readonly [Layer.DenseParams<4, 8>, Layer.None, Layer.None, Layer.DenseParams<8, 3>],
    readonly [Layer.None, Layer.None, Layer.None, Layer.None]
  >
>(true)
typeOf(Layer.dense(4, 8, { bias: false }))<Layer.Layer<Layer.Rowwise<4, 8>, Layer.Weights<4, 8>>>(true)
// @ts-expect-error: 8 outputs do not fit 9 inputs
Layer.sequential(Layer.dense(4, 8), Layer.dense(9, 3))
// @ts-expect-error: the same in a composition
pipe(Layer.dense(4, 8), Layer.compose(Layer.dense(9, 3)))

const byName = pipe(model, Layer.named('hidden', 'relu', 'dropout', 'output'))
declare const params: Layer.ParamsOf<typeof byName>
typeOf(params.hidden.w)<T.Tensor<[8, 4]>>(true)
typeOf(params.output.b)<T.Tensor<[3]>>(true)
// @ts-expect-error: three names for four layers
pipe(model, Layer.named('hidden', 'relu', 'output'))

// -----------------------------------------------------------------------------
// training and data
// -----------------------------------------------------------------------------

const features = [Dataset.column('a', Dataset.number), Dataset.column('b', Dataset.number)] as const
const read = Dataset.fromCsvText('', { features, label: Dataset.column('c', Dataset.integer) })
if (read._tag === 'Right') typeOf(read.right)<Dataset.Dataset<[number, 2]>>(true)

declare const data: Dataset.Dataset<[number, 4]>
typeOf(pipe(data, Dataset.batches(10)))<readonly Dataset.Dataset<[number, 4]>[]>(true)
typeOf(pipe(data, Dataset.split(10))[0])<Dataset.Dataset<[number, 4]>>(true)

const fold = Train.fold(Train.step(Train.objective(byName, Loss.crossEntropy), Optimizer.adam(1e-3)))
declare const state: Train.State<Layer.ParamsOf<typeof byName>, Layer.StateOf<typeof byName>>
fold(state, pipe(data, Dataset.batches(10)))
declare const otherData: Dataset.Dataset<[number, 5]>
// @ts-expect-error: five features for a model of four
fold(state, pipe(otherData, Dataset.batches(10)))
