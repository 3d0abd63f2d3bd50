// What the compiler knows of attention, its layers and its models. This file is compiled, not run.
import * as Attention from 'pullback/Attention'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as T from 'pullback/Tensor'
import type * as Train from 'pullback/Train'
import { objective } from 'pullback/Train'
import { typeOf } from './same.js'

type None = Layer.None

const x: T.Tensor<[2, 3, 8]> = T.ones([2, 3, 8])
const memory: T.Tensor<[2, 5, 8]> = T.ones([2, 5, 8])
const values: T.Tensor<[2, 5, 4]> = T.ones([2, 5, 4])

typeOf(Attention.scaledDotProductAttention(x, memory, values))<T.Tensor<[2, 3, 4]>>(true)
typeOf(Attention.attentionWeights(x, memory))<T.Tensor<[2, 3, 5]>>(true)
// @ts-expect-error: keys of another rank
Attention.scaledDotProductAttention(x, T.ones([8]), values)
typeOf(Attention.sinusoidal(5, 8))<T.Tensor<[5, 8]>>(true)
typeOf(Attention.rotary(x))<T.Tensor<[2, 3, 8]>>(true)

const attention = Layer.multiHeadAttention(8, 2, { causal: true, dropout: 0.1 })
declare const params: Layer.ParamsOf<typeof attention>
declare const state: Layer.StateOf<typeof attention>
typeOf(params)<Layer.AttentionParams<8>>(true)
typeOf(params.query)<Layer.DenseParams<8, 8>>(true)
const attend = Layer.predict(attention)(params, state)
typeOf(attend(x))<T.Tensor<[2, 3, 8]>>(true)
typeOf(attend(x, memory))<T.Tensor<[2, 3, 8]>>(true)
typeOf(attend(x, memory, memory, { keyMask: T.ones([5], 'bool') }))<T.Tensor<[2, 3, 8]>>(true)
// @ts-expect-error: values of another width
attend(x, memory, values)
// all inputs are there in training, too
const [output, next] = Layer.apply(attention)(params, state, { mode: 'train' })(x, memory, memory, {})
typeOf(next)<Layer.StateOf<typeof attention>>(true)
const ranked: T.Tensor<[...number[], 8]> = output
ranked satisfies T.Tensor

const unbiased = Layer.multiHeadAttention(8, 2, { bias: false })
declare const weights: Layer.ParamsOf<typeof unbiased>
typeOf(weights.key)<Layer.Weights<8, 8>>(true)
// @ts-expect-error: no such option
Layer.multiHeadAttention(8, 2, { casual: true })

typeOf(Layer.sinusoidalPositions(8))<Layer.Layer<Layer.Rowwise<8, 8>>>(true)
typeOf(Layer.learnedPositions(16, 8))<Layer.Layer<Layer.Rowwise<8, 8>, Layer.PositionParams<16, 8>>>(true)

// blocks stand in a row, beside residuals and in stacks
const row = Layer.sequential(Layer.dense(4, 8), Layer.encoderBlock(8, 2, { hidden: 16 }), Layer.dense(8, 3))
declare const ofRow: readonly [Layer.ParamsOf<typeof row>, Layer.StateOf<typeof row>]
typeOf(ofRow[0][1].dense1)<Layer.DenseParams<8, 16>>(true)
typeOf(Layer.predict(row)(...ofRow)(T.ones([2, 3, 4])))<T.Tensor<[2, 3, 3]>>(true)
Layer.residual(Layer.sequential(Layer.layerNorm(8), Layer.multiHeadAttention(8, 2)))
// @ts-expect-error: sequential: layer 2 takes [..., 8]; it is given [..., 6]
Layer.sequential(Layer.dense(4, 6), Layer.encoderBlock(8, 2))
const stack = Layer.repeat(3, Layer.decoderBlock(8, 2))
declare const ofStack: readonly [Layer.ParamsOf<typeof stack>, Layer.StateOf<typeof stack>]
typeOf(ofStack[0].memory.key.w)<T.Tensor<[number, 8, 8]>>(true)
typeOf(Layer.predict(stack)(...ofStack)(x, memory))<T.Tensor<[2, 3, 8]>>(true)
// @ts-expect-error: a decoder has a memory
Layer.predict(stack)(...ofStack)(x)

const gpt = Model.gpt({ vocabulary: 20, width: 8, heads: 2, layers: 3, context: 16 })
declare const ofGpt: readonly [Layer.ParamsOf<typeof gpt>, Layer.StateOf<typeof gpt>]
typeOf(ofGpt[0].tokens.table)<T.Tensor<[20, 8]>>(true)
typeOf(ofGpt[0].positions)<Layer.PositionParams<16, 8>>(true)
typeOf(ofGpt[0].blocks.dense1.b)<T.Tensor<[number, number]>>(true)
typeOf(ofGpt[0].norm)<Layer.ScaleShift<[8]>>(true)
typeOf(Layer.predict(gpt)(...ofGpt)(T.zeros([2, 5], 'int32')))<T.Tensor<[2, 5, 20]>>(true)
declare const batch: Train.Example<T.Tensor<[number, number]>, T.Tensor<[number, number]>>
objective(gpt, Loss.crossEntropy)(...ofGpt, batch, { mode: 'train' })

const encoder = Model.transformerEncoder({
  vocabulary: 20,
  width: 8,
  heads: 2,
  layers: 3,
  context: 16,
  norm: 'post',
  rotary: true
})
declare const ofEncoder: Layer.ParamsOf<typeof encoder>
typeOf(ofEncoder.norm)<None>(true)
typeOf(ofEncoder.positions)<None>(true)
// @ts-expect-error: sizes are required
Model.gpt({ vocabulary: 20, width: 8, heads: 2, layers: 3 })
// @ts-expect-error: no such option
Model.gpt({ vocabulary: 20, width: 8, heads: 2, layers: 3, context: 16, causal: false })
declare const big: Layer.ParamsOf<ReturnType<typeof Model.gpt2>>
typeOf(big.tokens.table)<T.Tensor<[50257, 768]>>(true)
typeOf(big.blocks.dense1.w)<T.Tensor<[number, 3072, 768]>>(true)
