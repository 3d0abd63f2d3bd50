// What the compiler knows of embeddings, dense connections and recurrent layers. This file is compiled, not run.
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { isType, typeOf } from './same.js'

type None = Layer.None

// -----------------------------------------------------------------------------
// tokens
// -----------------------------------------------------------------------------

const embedding = Layer.embedding(20, 8, { padding: 0 })
isType<Layer.ParamsOf<typeof embedding>, Layer.EmbeddingParams<20, 8>>(true)
const embed = Layer.predict(embedding)({ table: T.zeros([20, 8]) }, {})
typeOf(embed(T.zeros([2, 7], 'int32')))<T.Tensor<[2, 7, 8]>>(true)
typeOf(embed(T.scalar(1, 'int32')))<T.Tensor<[8]>>(true)
typeOf(Layer.predict(Layer.oneHot(5))({}, {})(T.zeros([2, 7], 'int32')))<T.Tensor<[2, 7, 5]>>(true)
// @ts-expect-error: an option that there is not
Layer.embedding(20, 8, { paddings: 0 })

// -----------------------------------------------------------------------------
// dense connections
// -----------------------------------------------------------------------------

const grow = Layer.denseConnect(Layer.conv2d(3, 2, { window: 3, padding: 1 }))
declare const kernel: Layer.ParamsOf<typeof grow>
typeOf(kernel)<Layer.ConvParams<[2, 3, number, number], 2>>(true)
typeOf(Layer.predict(grow)(kernel, {})(T.zeros([5, 3, 8, 8])))<T.Tensor<[number, number, number, number]>>(true)
typeOf(Layer.denseConnect(Layer.dense(4, 3), { axis: -1 }))<
  Layer.Layer<(input: T.Tensor<[number, 4]>) => T.Tensor<[number, number]>, Layer.DenseParams<4, 3>>
>(true)
Layer.sequential(grow, Layer.batchNorm(5), T.relu, Layer.denseConnect(Layer.conv2d(5, 2, { window: 1 })))
// @ts-expect-error: sequential: layer 2 takes [number, 5, ...]; it is given [number, 4, ...]
Layer.sequential(Layer.conv2d(3, 4, { window: 3 }), Layer.batchNorm(5))
// @ts-expect-error: images of another number of channels
Layer.predict(grow)(kernel, {})(T.zeros([5, 4, 8, 8]))
// @ts-expect-error: an option that there is not
Layer.denseConnect(T.neg, { axes: 1 })

// -----------------------------------------------------------------------------
// cells
// -----------------------------------------------------------------------------

const cell = Layer.gruCell(3, 5)
declare const own: Layer.ParamsOf<typeof cell>
typeOf(own)<Layer.CellParams<3, 5>>(true)
typeOf(Layer.predict(cell)(own, {})(T.zeros([2, 3]), T.zeros([2, 5])))<T.Tensor<[2, 5]>>(true)
const elman = Layer.rnnCell(3, 5, { bias: false })
isType<Layer.ParamsOf<typeof elman>, Layer.CellWeights<3, 5, 5>>(true)
const memory = Layer.lstmCell(3, 5)
declare const state: Layer.LstmState<[2, 5]>
typeOf(Layer.predict(memory)(memory.init(Random.key(0))[0].params, {})(T.zeros([2, 3]), state))<
  Layer.LstmState<[2, 5]>
>(true)
// @ts-expect-error: a state of another size
Layer.predict(cell)(own, {})(T.zeros([2, 3]), T.zeros([2, 4]))
// @ts-expect-error: the state of another cell
Layer.predict(memory)(own, {})(T.zeros([2, 3]), T.zeros([2, 5]))

// -----------------------------------------------------------------------------
// sequences
// -----------------------------------------------------------------------------

const gru = Layer.gru(3, 5)
isType<Layer.ParamsOf<typeof gru>, Layer.CellParams<3, 5>>(true)
typeOf(Layer.predict(gru)(own, {})(T.zeros([2, 7, 3])))<T.Tensor<[2, 7, 5]>>(true)
const f = Layer.predict(gru)(own, {})
f(T.zeros([2, 7, 3]), { lengths: T.zeros([2], 'int32'), initial: T.zeros([2, 5]) })
// @ts-expect-error: an input of another size
f(T.zeros([2, 7, 4]))
// @ts-expect-error: an initial state of another size
f(T.zeros([2, 7, 3]), { initial: T.zeros([2, 4]) })
// @ts-expect-error: a name that there is not
f(T.zeros([2, 7, 3]), { masks: T.zeros([2, 7]) })

const deep = Layer.lstm(3, 5, { layers: 2, bidirectional: true, returns: 'state' })
const [{ params }] = deep.init(Random.key(0))
typeOf(params[0].forward)<Layer.CellParams<3, 5>>(true)
typeOf(params[1]!.backward)<Layer.CellParams<10, 5>>(true)
const [outputs, last] = Layer.predict(deep)(params, {})(T.zeros([2, 7, 3]))
typeOf(outputs)<T.Tensor<[2, 7, 10]>>(true)
declare const hidden: number
Layer.sequential(Layer.gru(3, 64, { bidirectional: true }), Layer.dense(128, 2))
Layer.sequential(Layer.lstm(3, 16, { bidirectional: true, returns: 'last' }), Layer.dense(32, 2))
// @ts-expect-error: sequential: layer 2 takes [..., 33]; it is given [number, 32]
Layer.sequential(Layer.lstm(3, 16, { bidirectional: true, returns: 'last' }), Layer.dense(33, 2))
Layer.sequential(Layer.gru(3, 1999, { bidirectional: true }), Layer.dense(3998, 2))
Layer.sequential(Layer.gru(3, hidden, { bidirectional: true }), Layer.dense(9, 2))
// @ts-expect-error: sequential: layer 2 takes [..., 64]; it is given [number, number, 128]
Layer.sequential(Layer.gru(3, 64, { bidirectional: true }), Layer.dense(64, 2))
typeOf(last[0].forward)<Layer.LstmState<[2, 5]>>(true)
Layer.predict(deep)(params, {})(T.zeros([2, 7, 3]), { initial: last })
const stacked = Layer.rnn(3, 5, { layers: 2, activation: T.relu })
isType<Layer.ParamsOf<typeof stacked>, readonly [Layer.CellParams<3, 5, 5>, ...Layer.CellParams<5, 5, 5>[]]>(true)
const short = Layer.rnn(3, 5, { returns: 'last', bias: false })
isType<Layer.ParamsOf<typeof short>, Layer.CellWeights<3, 5, 5>>(true)
declare const weightsOfShort: Layer.ParamsOf<typeof short>
typeOf(Layer.predict(short)(weightsOfShort, {})(T.zeros([2, 7, 3])))<T.Tensor<[2, 5]>>(true)
// @ts-expect-error: an option that there is not
Layer.gru(3, 5, { layer: 2 })

// in a row
const classifier = Layer.sequential(Layer.embedding(20, 8), Layer.lstm(8, 16, { returns: 'last' }), Layer.dense(16, 2))
const [{ params: weights, state: none }] = classifier.init(Random.key(0))
typeOf(Layer.predict(classifier)(weights, none)(T.zeros([4, 9], 'int32')))<T.Tensor<[number, 2]>>(true)
const tagger = Layer.sequential(Layer.gru(8, 16), Layer.dropout(0.5), Layer.dense(16, 2))
typeOf(Layer.predict(tagger)(tagger.init(Random.key(0))[0].params, [{}, {}, {}])(T.zeros([4, 9, 8])))<
  T.Tensor<[number, number, 2]>
>(true)
// @ts-expect-error: sequential: layer 2 takes [..., 8]; it is given [..., 16]
Layer.sequential(Layer.gru(8, 16), Layer.dense(8, 2))
// @ts-expect-error: sequential: layer 3 takes [number, number, 8]; it is given [..., 16]
Layer.sequential(Layer.gru(8, 16), T.tanh, Layer.gru(8, 2))
// beside one another, around one another, and to be trained
Layer.residual(Layer.gru(8, 8))
declare const weightsOfRnn: () => Layer.CellParams<3, 4, 4>
typeOf(
  Layer.predict(Layer.branch(gru, Layer.rnn(3, 4, { reverse: true })))([own, weightsOfRnn()], [{}, {}])(
    T.zeros([2, 7, 3])
  )
)<readonly [T.Tensor<[2, 7, 5]>, T.Tensor<[2, 7, 4]>]>(true)
// @ts-expect-error: residual: the layer takes [number, number, 3]; it gives [number, number, 5]
Layer.residual(gru)
typeOf(Train.objective(tagger, Loss.meanSquaredError))<
  Train.Objective<
    Layer.ParamsOf<typeof tagger>,
    Layer.StateOf<typeof tagger>,
    Train.Example<T.Tensor<[number, number, 8]>, T.Tensor>
  >
>(true)
