/**
 * Layers: functions with parameters that are drawn, in which a combinator binds the parts as plain functions and tensors.
 */
export { apply, inMode, predict } from './layer/apply.js'
export {
  type AttentionMasks,
  type AttentionParams,
  type Attending,
  type MultiHeadAttentionOptions,
  multiHeadAttention
} from './layer/attention.js'
export { type BatchNormOptions, type RunningStatistics, type ScaleShift, batchNorm } from './layer/batchNorm.js'
export { type BilinearOptions, type BilinearParams, type BilinearWeights, bilinear } from './layer/bilinear.js'
export { type DenseConnectOptions, branch, denseConnect, parallel, residual, when } from './layer/branches.js'
export { type CellOptions, type LstmCellOptions, type RnnCellOptions } from './layer/cellRules.js'
export { type CellParams, type CellWeights, type LstmState, gruCell, lstmCell, rnnCell } from './layer/cells.js'
export { type ConvOptions, type ConvParams, type ConvWeights, conv1d, conv2d, conv3d } from './layer/convolution.js'
export { type DenseOptions, type DenseParams, type Weights, dense } from './layer/dense.js'
export { type EmbeddingOptions, type EmbeddingParams, embedding, oneHot } from './layer/embedding.js'
export type { Part } from './layer/links.js'
export { type Parts, make } from './layer/make.js'
export {
  type AnyLayer,
  type Context,
  type FunctionOf,
  type Layer,
  type Mode,
  type None,
  type ParamsOf,
  type StateOf,
  identity,
  lift,
  stateful,
  stateless
} from './layer/model.js'
export {
  type RreluOptions,
  type SpatialDropoutOptions,
  type StochasticDepthOptions,
  alphaDropout,
  dropConnect,
  dropout,
  gaussianNoise,
  rrelu,
  spatialDropout,
  stochasticDepth
} from './layer/noise.js'
export {
  type NormOptions,
  type Scale,
  groupNorm,
  instanceNorm,
  l2Normalize,
  layerNorm,
  localResponseNorm,
  rmsNorm
} from './layer/normalisation.js'
export {
  fractionalMaxPool1d,
  fractionalMaxPool2d,
  fractionalMaxPool3d,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d
} from './layer/otherPooling.js'
export type { Channelwise, Keeping, Rowwise } from './layer/output.js'
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  globalAvgPool,
  globalMaxPool,
  maxPool1d,
  maxPool2d,
  maxPool3d
} from './layer/pooling.js'
export { type PositionOptions, type PositionParams, learnedPositions, sinusoidalPositions } from './layer/positions.js'
export { type GruOptions, type LstmOptions, type RnnOptions, gru, lstm, rnn } from './layer/recurrence.js'
export { type MaxoutOptions, type PreluOptions, type PreluParams, maxout, prelu } from './layer/rectifiers.js'
export type { Sequence } from './layer/steps.js'
export { freeze, reparametrize, repeat } from './layer/repeat.js'
export { type FlattenOptions, flatten, permute, reshape } from './layer/shapes.js'
export { type Named, compose, named, sequential } from './layer/sequential.js'
export { type DepthwiseOptions, type SeparableParams, depthwiseConv2d, separableConv2d } from './layer/separable.js'
export { parameterCount } from './layer/structure.js'
export { type Fault, type Row, type Spec, check, summary } from './layer/summary.js'
export { type ConvTransposeOptions, convTranspose1d, convTranspose2d, convTranspose3d } from './layer/transposed.js'
export {
  type BlockOptions,
  type DecoderBlockParams,
  type DecoderMasks,
  type Decoding,
  type EncoderBlockParams,
  type Encoding,
  decoderBlock,
  encoderBlock
} from './layer/transformer.js'
export {
  type SpectralOptions,
  type SpectralState,
  type WeightNormOptions,
  type WeightNormed,
  spectralNorm,
  weightNorm
} from './layer/weights.js'
