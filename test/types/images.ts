// What the compiler knows of layers of images and normalisations. This file is compiled, not run.
import * as Layer from 'pullback/Layer'
import * as T from 'pullback/Tensor'
import { typeOf } from './same.js'

type None = Layer.None
type Images<C extends number> = T.Tensor<[number, C, number, number]>

// -----------------------------------------------------------------------------
// convolutions
// -----------------------------------------------------------------------------

typeOf(Layer.conv2d(1, 4, { window: 3, padding: 1 }))<
  Layer.Layer<
    (input: T.Tensor<[number, 1, number, number]>) => T.Tensor<[number, 4, number, number]>,
    Layer.ConvParams<[4, 1, number, number], 4>
  >
>(true)
typeOf(Layer.conv1d(1, 4, { window: 3, bias: false }))<
  Layer.Layer<
    (input: T.Tensor<[number, 1, number]>) => T.Tensor<[number, 4, number]>,
    Layer.ConvWeights<[4, 1, number]>
  >
>(true)
// channels last; the inputs of one group are computed
typeOf(Layer.conv2d(2, 4, { window: 3, dataFormat: 'NHWC', groups: 2 }))<
  Layer.Layer<
    (input: T.Tensor<[number, number, number, 2]>) => T.Tensor<[number, number, number, 4]>,
    Layer.ConvParams<[4, number, number, number], 4>
  >
>(true)
typeOf(Layer.convTranspose3d(2, 4, { window: 3, outputPadding: 0 }))<
  Layer.Layer<
    (input: T.Tensor<[number, 2, number, number, number]>) => T.Tensor<[number, 4, number, number, number]>,
    Layer.ConvParams<[2, 4, number, number, number], 4>
  >
>(true)
typeOf(Layer.depthwiseConv2d(3, { window: 3 }))<
  Layer.Layer<
    (input: T.Tensor<[number, 3, number, number]>) => T.Tensor<[number, 3, number, number]>,
    Layer.ConvParams<[3, 1, number, number], 3>
  >
>(true)
const separable = Layer.separableConv2d(3, 8, { window: 3 })
declare const kernels: Layer.ParamsOf<typeof separable>
typeOf(kernels.depthwise.w)<T.Tensor<[3, 1, number, number]>>(true)
typeOf(kernels.pointwise.b)<T.Tensor<[8]>>(true)

// @ts-expect-error: a window is required
Layer.conv2d(1, 4, { padding: 1 })
// @ts-expect-error: an unknown option
Layer.conv2d(1, 4, { window: 3, pading: 1 })
// @ts-expect-error: rows for one that adds rows behind only
Layer.conv2d(1, 4, { window: 3, outputPadding: 1 })

// -----------------------------------------------------------------------------
// rows of layers
// -----------------------------------------------------------------------------

const network = Layer.sequential(
  Layer.conv2d(1, 4, { window: 3 }),
  Layer.batchNorm(4),
  T.relu,
  Layer.maxPool2d({ window: 2 }),
  Layer.conv2d(4, 8, { window: 3 }),
  Layer.groupNorm(2, 8),
  Layer.adaptiveAvgPool2d(4),
  Layer.globalAvgPool(),
  Layer.dense(8, 3)
)
declare const params: Layer.ParamsOf<typeof network>
declare const state: Layer.StateOf<typeof network>
typeOf(state[1])<Layer.RunningStatistics<4>>(true)
typeOf(params[1].scale)<T.Tensor<[4]>>(true)
const predict = Layer.predict(network)(params, state)
typeOf(predict(T.ones([5, 1, 28, 28])))<T.Tensor<[number, 3]>>(true)
// @ts-expect-error: 3 channels are not 1
predict(T.ones([5, 3, 28, 28]))

// @ts-expect-error: sequential: layer 2 takes [number, 5, number, number]; it is given [number, 4, number, number]
Layer.sequential(Layer.conv2d(1, 4, { window: 3 }), Layer.conv2d(5, 8, { window: 3 }))
// @ts-expect-error: sequential: layer 2 takes [number, 5, ...]; it is given [number, 4, number, number]
Layer.sequential(Layer.conv2d(1, 4, { window: 3 }), Layer.batchNorm(5))
// @ts-expect-error: the same behind a pooling
Layer.sequential(Layer.conv2d(1, 4, { window: 3 }), Layer.maxPool2d({ window: 2 }), Layer.conv2d(5, 8, { window: 3 }))
// @ts-expect-error: sequential: layer 3 takes [..., 5]; it is given [number, 4]
Layer.sequential(Layer.conv2d(1, 4, { window: 3 }), Layer.globalMaxPool(), Layer.dense(5, 2))

// rows of normalisations and poolings alone
typeOf(Layer.sequential(Layer.batchNorm(4), T.relu, Layer.conv2d(4, 2, { window: 1 })))<
  Layer.Layer<
    (input: T.Tensor<[number, 4, number, number]>) => T.Tensor<[number, 2, number, number]>,
    readonly [Layer.ScaleShift<[4]>, None, Layer.ConvParams<[2, 4, number, number], 2>],
    readonly [Layer.RunningStatistics<4>, None, None]
  >
>(true)
Layer.sequential(Layer.dense(4, 8), Layer.layerNorm(8), Layer.batchNorm(8, { axis: -1 }), Layer.dense(8, 2))
// @ts-expect-error: 8 are not 9
Layer.sequential(Layer.dense(4, 8), Layer.layerNorm(9))

// -----------------------------------------------------------------------------
// normalisations
// -----------------------------------------------------------------------------

typeOf(Layer.batchNorm(4))<Layer.Layer<Layer.Channelwise<4>, Layer.ScaleShift<[4]>, Layer.RunningStatistics<4>>>(true)
typeOf(Layer.batchNorm(4, { affine: false, track: false, axis: -1 }))<Layer.Layer<Layer.Rowwise<4, 4>>>(true)
declare const statistics: Layer.RunningStatistics<4>
const [normed] = Layer.apply(Layer.batchNorm(4, { affine: false }))({}, statistics, { mode: 'eval' })(
  T.ones([2, 4, 8, 8])
)
typeOf(normed)<T.Tensor<[2, 4, 8, 8]>>(true)
typeOf(Layer.layerNorm(4))<Layer.Layer<Layer.Rowwise<4, 4>, Layer.ScaleShift<[4]>>>(true)
typeOf(Layer.rmsNorm([2, 3]).init)<Layer.Layer<unknown, Layer.Scale<[2, 3]>>['init']>(true)
typeOf(Layer.instanceNorm(4, { affine: false }))<Layer.Layer<Layer.Channelwise<4>>>(true)
typeOf(Layer.l2Normalize({ axis: 1 }))<Layer.Layer<Layer.Keeping>>(true)

const polar = Layer.weightNorm(Layer.conv2d(1, 4, { window: 3 }))
declare const polarParams: Layer.ParamsOf<typeof polar>
typeOf(polarParams)<{
  readonly g: T.Tensor<[4]>
  readonly v: T.Tensor<[4, 1, number, number]>
  readonly b: T.Tensor<[4]>
}>(true)
const spectral = Layer.spectralNorm(Layer.dense(2, 3))
declare const spectralState: Layer.StateOf<typeof spectral>
typeOf(spectralState.u)<T.Tensor<[3]>>(true)
Layer.sequential(polar, T.relu, Layer.globalAvgPool(), Layer.dense(4, 2), spectral)
const across = Layer.weightNorm(Layer.convTranspose2d(1, 4, { window: 3 }), { axis: 1 })
declare const acrossParams: Layer.ParamsOf<typeof across>
typeOf(acrossParams.g)<T.Tensor<[4]>>(true)
const spectralAcross = Layer.spectralNorm(Layer.dense(2, 3), { axis: 1 })
declare const acrossState: Layer.StateOf<typeof spectralAcross>
typeOf(acrossState.u)<T.Tensor<[2]>>(true)
// an axis from behind, or that is computed
const fromBehind = Layer.weightNorm(Layer.dense(2, 3), { axis: -1 })
declare const behindParams: Layer.ParamsOf<typeof fromBehind>
typeOf(behindParams.g)<T.Tensor<[number]>>(true)
// @ts-expect-error: an unknown option
Layer.weightNorm(Layer.dense(2, 3), { dim: 1 })
// @ts-expect-error: nothing to normalise
Layer.weightNorm(Layer.layerNorm(4))

// a layer of one's own, generic in its channels
export const residual = <C extends number>(channels: C) =>
  Layer.make(
    { conv: Layer.conv2d(channels, channels, { window: 3, padding: 1 }), norm: Layer.batchNorm(channels) },
    ({ conv, norm }) =>
      (x: Images<C>): Images<C> =>
        T.add(x, T.relu(norm(conv(x))))
  )
Layer.sequential(Layer.conv2d(1, 4, { window: 3 }), residual(4), Layer.globalAvgPool(), Layer.dense(4, 2))
