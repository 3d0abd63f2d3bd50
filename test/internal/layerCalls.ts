// How layers and models are called with options, and all else given, for the law of options.
import * as Layer from 'pullback/Layer'
import * as T from 'pullback/Tensor'

export type Plain = (...args: readonly unknown[]) => unknown
export type Call = (f: Plain, options: unknown) => unknown

/** The given options beside those that are required; what is not a record stands for itself in `length`. */
export const fields = (options: unknown): object =>
  typeof options === 'object' && options !== null ? options : { '0': options }

/** Options of fractional maxima with a size, unless they have one. */
export const sized = (options: unknown): object => {
  const given = fields(options)
  return 'outputRatio' in given ? given : { outputSize: 1, ...given }
}

const x = T.ones([2, 2])
const model = Layer.dense(2, 2)

/** Sizes, and options beside them; what is not a record stands for itself. */
const transformer: Call = (f, options) =>
  f({ vocabulary: 2, width: 2, heads: 1, layers: 1, context: 2, ...fields(options) })

const twice: Call = (f, options) => f(2, 2, options)

/** A layer that slides a window. */
const windowed =
  (...sizes: readonly number[]): Call =>
  (f, options) =>
    f(...sizes, { window: 1, ...fields(options) })

export const layerCalls: Readonly<Record<string, Call>> = {
  'Layer.avgPool1d': windowed(),
  'Layer.avgPool2d': windowed(),
  'Layer.avgPool3d': windowed(),
  'Layer.batchNorm': (f, options) => f(2, options),
  'Layer.bilinear': (f, options) => f(2, 2, 2, options),
  'Layer.conv1d': windowed(2, 2),
  'Layer.conv2d': windowed(2, 2),
  'Layer.conv3d': windowed(2, 2),
  'Layer.convTranspose1d': windowed(2, 2),
  'Layer.convTranspose2d': windowed(2, 2),
  'Layer.convTranspose3d': windowed(2, 2),
  'Layer.decoderBlock': twice,
  'Layer.dense': twice,
  'Layer.denseConnect': (f, options) => f(model, options),
  'Layer.depthwiseConv2d': windowed(2),
  'Layer.embedding': twice,
  'Layer.encoderBlock': twice,
  'Layer.flatten': (f, options) => f(options),
  'Layer.fractionalMaxPool1d': (f, options) => f({ window: 1, ...sized(options) }),
  'Layer.fractionalMaxPool2d': (f, options) => f({ window: 1, ...sized(options) }),
  'Layer.fractionalMaxPool3d': (f, options) => f({ window: 1, ...sized(options) }),
  'Layer.globalAvgPool': (f, options) => f(options),
  'Layer.globalMaxPool': (f, options) => f(options),
  'Layer.groupNorm': twice,
  'Layer.gru': twice,
  'Layer.gruCell': twice,
  'Layer.instanceNorm': (f, options) => f(2, options),
  'Layer.l2Normalize': (f, options) => Layer.predict(f(options) as Layer.Layer<Layer.Keeping>)({}, {})(x),
  'Layer.layerNorm': (f, options) => f(2, options),
  'Layer.learnedPositions': twice,
  'Layer.localResponseNorm': (f, options) => f({ size: 1, ...fields(options) }),
  'Layer.lpPool1d': windowed(),
  'Layer.lpPool2d': windowed(),
  'Layer.lpPool3d': windowed(),
  'Layer.lstm': twice,
  'Layer.lstmCell': twice,
  'Layer.maxPool1d': windowed(),
  'Layer.maxPool2d': windowed(),
  'Layer.maxPool3d': windowed(),
  'Layer.maxUnpool1d': windowed(),
  'Layer.maxUnpool2d': windowed(),
  'Layer.maxUnpool3d': windowed(),
  'Layer.maxout': (f, options) => f(2, 2, 2, options),
  'Layer.multiHeadAttention': twice,
  'Layer.prelu': (f, options) => f(2, options),
  'Layer.rmsNorm': (f, options) => f(2, options),
  'Layer.rnn': twice,
  'Layer.rnnCell': twice,
  'Layer.rrelu': (f, options) => f(options),
  'Layer.separableConv2d': windowed(2, 2),
  'Layer.sinusoidalPositions': (f, options) => f(2, options),
  'Layer.spatialDropout': (f, options) => f(0.5, options),
  'Layer.spectralNorm': (f, options) => f(model, options),
  'Layer.stochasticDepth': (f, options) => f(0.5, options),
  'Model.densenet': (f, options) => f([1], options),
  'Model.gpt': transformer,
  'Model.gpt2': (f, options) => f(options),
  'Model.mlp': (f, options) => f([2, 2], options),
  'Model.resnet': (f, options) => f([1], options),
  'Model.transformerEncoder': transformer,
  'Model.wired': (f, options) => f({ nodes: 1, edges: [] }, 2, 2, options)
}
